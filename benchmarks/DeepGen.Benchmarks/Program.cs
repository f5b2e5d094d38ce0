using DeepGen.Benchmarks.Generator;
using DeepGen.Benchmarks.Kernels;

return args switch
{
    ["roofline", .. var rest] => Roofline.Run(rest),
    ["generator", .. var rest] => GeneratorBenchmark.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: DeepGen.Benchmarks <command> [options]

          roofline [threads]   FMA peak and copy bandwidth of this machine, and kernels as a share of the peak
          generator [networks] [runs]   what the generator and the analyzer cost the compiler, for ResNet-50 and in a project of 40 such networks
        """);
    return 2;
}
