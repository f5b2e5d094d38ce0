using DeepGen.Benchmarks.Kernels;
using DeepGen.Kernels;

namespace DeepGen.Benchmarks.Compare;

/// <summary>A product of two matrices, of m × k and k × n.</summary>
internal sealed unsafe class ProductSide(int m, int n, int k, int threads) : ISide
{
    private readonly Workers _workers = new(threads);
    private readonly Floats _a = new(m * k);
    private readonly Floats _b = new(k * n);
    private readonly Floats _c = new(m * n);

    public long Parameters => 0;

    public void Export(Exchange files)
    {
        files.AddInput(new ReadOnlySpan<float>(_a.Pointer, m * k), "float", [m, k]);
        files.AddInput(new ReadOnlySpan<float>(_b.Pointer, k * n), "float", [k, n]);
    }

    public float[] Outputs()
    {
        Run();
        return new ReadOnlySpan<float>(_c.Pointer, m * n).ToArray();
    }

    public float Run()
    {
        MatMul.Run(_workers, _a.Pointer, k, 1, _b.Pointer, n, 1, _c.Pointer, m, n, k, default(Identity));
        return 0;
    }

    public void Restart()
    {
    }

    public void Dispose()
    {
        _workers.Dispose();
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
    }
}
