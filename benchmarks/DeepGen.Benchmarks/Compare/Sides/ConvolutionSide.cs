using DeepGen.Benchmarks.Kernels;
using DeepGen.Kernels;

namespace DeepGen.Benchmarks.Compare;

/// <summary>A padded 3x3 convolution that keeps the number of channels, as inference runs it.</summary>
internal sealed unsafe class ConvolutionSide(int batch, int channels, int size, int threads) : ISide
{
    private readonly Workers _workers = new(threads);
    private readonly WeightForms _forms = new(4);
    private readonly int _values = batch * channels * size * size;
    private readonly Floats _x = new(batch * channels * size * size);
    private readonly Floats _weight = new(channels * channels * 9);
    private readonly Floats _y = new(batch * channels * size * size);

    public long Parameters => 0;

    public void Export(Exchange files)
    {
        files.AddInput(new ReadOnlySpan<float>(_x.Pointer, _values), "float", [batch, channels, size, size]);
        files.AddInput(new ReadOnlySpan<float>(_weight.Pointer, channels * channels * 9), "float", [channels, channels, 3, 3]);
    }

    public float[] Outputs()
    {
        Run();
        return new ReadOnlySpan<float>(_y.Pointer, _values).ToArray();
    }

    public float Run()
    {
        var shape = new ConvShape(channels, size, size, channels, size, size, 3, 3, 1, 1, 1, 1, 1, 1, 1);
        Convolution.Forward(_workers, shape, batch, _x.Pointer, _weight.Pointer, _y.Pointer, default(Identity), _forms, 0);
        return 0;
    }

    public void Restart()
    {
    }

    public void Dispose()
    {
        _workers.Dispose();
        _forms.Dispose();
        _x.Dispose();
        _weight.Dispose();
        _y.Dispose();
    }
}
