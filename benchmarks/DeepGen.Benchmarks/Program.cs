using DeepGen.Benchmarks.Kernels;

return args switch
{
    ["roofline", .. var rest] => Roofline.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: DeepGen.Benchmarks <command> [options]

          roofline [threads]   FMA peak and copy bandwidth of this machine, and kernels as a share of the peak
        """);
    return 2;
}
