using BenchmarkDotNet.Attributes;
using DeepGen.Benchmarks.Kernels;
using DeepGen.Kernels;

namespace DeepGen.Benchmarks.Bdn;

/// <summary>The kernels that networks spend their time in, on one thread.</summary>
public unsafe class KernelBenchmarks
{
    private static readonly ConvShape Shape = new(64, 28, 28, 64, 28, 28, 3, 3, 1, 1, 1, 1, 1, 1, 1);
    private static readonly PoolShape Window = new(64, 28, 28, 14, 14, 2, 2, 2, 2, 0, 0, true);

    private readonly Workers _workers = new(1);
    private readonly Floats _a = new(1024 * 1024);
    private readonly Floats _b = new(1024 * 1024);
    private readonly Floats _c = new(1024 * 1024);

    /// <summary>1024³.</summary>
    [Benchmark]
    public void Product() => MatMul.Run(_workers, _a.Pointer, 1024, 1, _b.Pointer, 1024, 1, _c.Pointer, 1024, 1024, 1024, default(Identity));

    /// <summary>3 × 3, 64 channels of 28 × 28.</summary>
    [Benchmark]
    public void ConvolutionForward() => Convolution.Forward(_workers, Shape, 4, _a.Pointer, _b.Pointer, _c.Pointer, default(Identity));

    /// <summary>Its input gradient.</summary>
    [Benchmark]
    public void ConvolutionInputGradient() => Convolution.GradInput(_workers, Shape, 4, _a.Pointer, _b.Pointer, _c.Pointer, default(Identity));

    /// <summary>Its weight gradient.</summary>
    [Benchmark]
    public void ConvolutionWeightGradient() => Convolution.GradWeight(_workers, Shape, 4, _a.Pointer, _b.Pointer, _c.Pointer, false, null);

    /// <summary>2 × 2 with stride 2.</summary>
    [Benchmark]
    public void MaxPool() => Pooling.Max(_workers, Window, 4, _a.Pointer, _c.Pointer, default(Identity));
}
