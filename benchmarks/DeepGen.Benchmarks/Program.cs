using System.Globalization;
using DeepGen.Benchmarks.Bdn;
using DeepGen.Benchmarks.Compare;
using DeepGen.Benchmarks.Generator;
using DeepGen.Benchmarks.Kernels;
using DeepGen.Benchmarks.Loader;
using DeepGen.Benchmarks.Memory;
using DeepGen.Benchmarks.Profile;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return args switch
{
    ["compare", .. var rest] => CompareCommand.Run(rest),
    ["memory", .. var rest] => MemoryCommand.Run(rest),
    ["profile", .. var rest] => ProfileCommand.Run(rest),
    ["roofline", .. var rest] => Roofline.Run(rest),
    ["model", .. var rest] => CostModel.Run(rest),
    ["loader", .. var rest] => LoaderCommand.Run(rest),
    ["bdn", .. var rest] => BdnCommand.Run(rest),
    ["generator", .. var rest] => GeneratorBenchmark.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: DeepGen.Benchmarks <command> [options]

          compare [filter]     networks and kernels beside PyTorch and ONNX Runtime: a ratio a line (--help for options)
          memory [filter]      memory of a training step beside PyTorch, and seconds of the first step, each in a fresh process
          profile [threads]    LeNet-5's training step, kernel by kernel
          roofline [threads]   FMA peak and copy bandwidth of this machine, and kernels as a share of the peak
          model [threads]      what the chosen algorithm of 3x3 convolutions takes beside the fastest
          loader [seconds]     what reading and augmenting samples ahead costs ResNet-20's training step
          bdn [arguments]      the main kernels under BenchmarkDotNet, which takes the arguments
          generator [networks] [runs]   what the generator and the analyzer cost the compiler, for ResNet-50 and in a project of 40 such networks
        """);
    return 2;
}
