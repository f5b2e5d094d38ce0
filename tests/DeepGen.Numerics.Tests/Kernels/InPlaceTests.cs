using System.Runtime.InteropServices;
using DeepGen.Kernels;

namespace DeepGen.Numerics.Tests.Kernels;

/// <summary>
/// The memory plan lets a result take the place of an operand of its own epilogue. So every kernel must give the same bits whether the residual that its
/// epilogue reads stands in a buffer of its own or in the result's, at sizes that need several blocks of every loop.
/// </summary>
public sealed unsafe class InPlaceTests
{
    private static float* Random(int count, int seed)
    {
        var p = (float*)NativeMemory.AlignedAlloc((nuint)(count * 4 + 256), 64);
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
            p[i] = (float)(random.NextDouble() * 2 - 1);
        return p;
    }

    private delegate void Run(float* y, Everything epilogue);

    private static void SameBits(int rows, int count, Run run)
    {
        var scale = Random(rows, 1);
        var residual = Random(count, 2);
        var inPlace = Random(count, 2);
        var apart = Random(count, 3);
        run(apart, new Everything(scale, residual));
        run(inPlace, new Everything(scale, inPlace));
        for (var i = 0; i < count; i++)
            Assert.True(BitConverter.SingleToInt32Bits(apart[i]) == BitConverter.SingleToInt32Bits(inPlace[i]), $"element {i}: {apart[i]} apart, {inPlace[i]} in place");
        foreach (var p in (nint[])[(nint)scale, (nint)residual, (nint)inPlace, (nint)apart])
            NativeMemory.AlignedFree((void*)p);
    }

    [Theory]
    [InlineData(1, 10, 84, false)]
    [InlineData(1, 300, 2000, true)]
    [InlineData(7, 33, 1500, false)]
    [InlineData(64, 84, 120, true)]
    [InlineData(65, 200, 3000, true)]
    public void MatMul_in_place(int m, int n, int k, bool transposed)
    {
        using var workers = new Workers(2);
        var a = Random(m * k, 4);
        var b = Random(k * n, 5);
        SameBits(m, m * n, (y, e) => MatMul.Run(workers, a, k, 1, b, transposed ? 1 : n, transposed ? k : 1, y, m, n, k, e));
        NativeMemory.AlignedFree(a);
        NativeMemory.AlignedFree(b);
    }

    [Theory]
    [InlineData(1, 28, 6, 5, 1, 2, 1, 1, 2)]
    [InlineData(6, 14, 16, 5, 1, 0, 1, 1, 3)]
    [InlineData(300, 7, 40, 3, 1, 1, 1, 1, 2)]
    [InlineData(64, 15, 64, 1, 2, 0, 1, 1, 1)]
    [InlineData(8, 17, 12, 3, 2, 1, 2, 4, 2)]
    [InlineData(512, 7, 512, 3, 1, 1, 1, 1, 1)]
    [InlineData(8, 50, 16, 3, 1, 1, 1, 8, 2)]
    [InlineData(8, 51, 8, 3, 2, 1, 1, 8, 2)]
    public void Convolution_in_place(int channels, int size, int outChannels, int kernel, int stride, int padding, int dilation, int groups, int batch)
    {
        var output = ((size + (2 * padding) - ((kernel - 1) * dilation) - 1) / stride) + 1;
        var shape = new ConvShape(channels, size, size, outChannels, output, output, kernel, kernel, stride, stride, padding, padding, dilation, dilation, groups);
        using var workers = new Workers(2);
        var x = Random(batch * channels * size * size, 4);
        var w = Random(outChannels * channels / groups * kernel * kernel, 5);
        var dy = Random(batch * outChannels * output * output, 6);
        SameBits(outChannels, batch * outChannels * output * output, (y, e) => Convolution.Forward(workers, in shape, batch, x, w, y, e));
        SameBits(channels, batch * channels * size * size, (dx, e) => Convolution.GradInput(workers, in shape, batch, dy, w, dx, e));
        NativeMemory.AlignedFree(x);
        NativeMemory.AlignedFree(w);
        NativeMemory.AlignedFree(dy);
    }

    [Theory]
    [InlineData(6, 28, 2, 2, 0)]
    [InlineData(3, 15, 3, 2, 1)]
    [InlineData(2, 9, 2, 3, 0)]
    [InlineData(2, 33, 3, 1, 1)]
    public void Pooling_in_place(int channels, int size, int kernel, int stride, int padding)
    {
        const int batch = 3;
        var output = ((size + (2 * padding) - kernel) / stride) + 1;
        var shape = new PoolShape(channels, size, size, output, output, kernel, kernel, stride, stride, padding, padding, true);
        using var workers = new Workers(2);
        var x = Random(batch * channels * size * size, 4);
        var dy = Random(batch * channels * output * output, 5);
        int outputs = batch * channels * output * output, inputs = batch * channels * size * size;
        SameBits(channels, outputs, (y, e) => Pooling.Max(workers, in shape, batch, x, y, e));
        SameBits(channels, outputs, (y, e) => Pooling.Average(workers, in shape, batch, x, y, e));
        SameBits(channels, inputs, (dx, e) => Pooling.MaxGrad(workers, in shape, batch, x, dy, dx, e));
        SameBits(channels, inputs, (dx, e) => Pooling.AverageGrad(workers, in shape, batch, dy, dx, e));
        NativeMemory.AlignedFree(x);
        NativeMemory.AlignedFree(dy);
    }
}
