using BenchmarkDotNet.Running;

namespace DeepGen.Benchmarks.Bdn;

/// <summary>The benchmarks of this folder under BenchmarkDotNet.</summary>
internal static class BdnCommand
{
    /// <summary>The command; arguments are BenchmarkDotNet's (all benchmarks when there are none).</summary>
    public static int Run(string[] args)
    {
        BenchmarkSwitcher.FromAssembly(typeof(BdnCommand).Assembly).Run(args.Length > 0 ? args : ["--filter", "*"]);
        return 0;
    }
}
