using DeepGen.Kernels;
using static DeepGen.Numerics.Tests.Kernels.ConvCases;

namespace DeepGen.Numerics.Tests.Kernels;

public sealed unsafe class ConvolutionTests
{
    /// <summary>(batch, C, H, W, O, kh, kw, sh, sw, top, left, bottom, right, dh, dw, groups), and in three dimensions (D, kd, sd, front, back, dd).</summary>
    public static TheoryData<int[]> Shapes()
    {
        var data = new TheoryData<int[]>
        {
            new[] { 1, 1, 28, 28, 6, 5, 5, 1, 1, 2, 2, 2, 2, 1, 1, 1 },
            new[] { 5, 6, 14, 14, 16, 5, 5, 1, 1, 0, 0, 0, 0, 1, 1, 1 },
            new[] { 1, 6, 14, 14, 16, 5, 5, 1, 1, 0, 0, 0, 0, 1, 1, 1 },
            new[] { 2, 64, 9, 9, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1 },
            new[] { 3, 64, 7, 7, 50, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1 },
            new[] { 1, 16, 40, 33, 130, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1 },
            new[] { 2, 3, 32, 32, 8, 7, 7, 2, 2, 3, 3, 3, 3, 1, 1, 1 },
            new[] { 2, 60, 8, 8, 70, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1 },
            new[] { 2, 60, 8, 8, 70, 1, 1, 2, 2, 0, 0, 0, 0, 1, 1, 1 },
            new[] { 2, 5, 7, 9, 4, 1, 2, 3, 4, 0, 0, 0, 0, 1, 1, 1 },
            new[] { 2, 8, 11, 11, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 8 },
            new[] { 2, 8, 11, 11, 16, 3, 3, 2, 1, 1, 1, 1, 1, 1, 2, 4 },
            new[] { 1, 2, 13, 12, 3, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2, 1 },
            new[] { 1, 2, 13, 12, 3, 3, 2, 3, 2, 1, 0, 2, 3, 2, 3, 1 },
            new[] { 2, 3, 1, 1, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1 },
            new[] { 2, 2, 4, 4, 2, 2, 2, 1, 1, 3, 3, 3, 3, 1, 1, 1 },
            new[] { 3, 10, 30, 31, 130, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1 },
            new[] { 2, 20, 50, 50, 60, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 2 },
            new[] { 1, 5, 70, 40, 40, 3, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1 },
            new[] { 2, 100, 3, 3, 64, 2, 2, 2, 2, 1, 0, 0, 1, 1, 1, 1 },
            new[] { 2, 3, 6, 8, 4, 2, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1 },
            new[] { 2, 3, 6, 16, 50, 3, 1, 1, 1, 0, 0, 2, 0, 1, 1, 1 },
            new[] { 1, 3, 4, 13, 3, 3, 1, 3, 4, 3, 0, 3, 1, 2, 3, 3 },
            new[] { 2, 3, 9, 8, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5, 3, 1, 1, 1, 1 },
            new[] { 1, 5, 7, 7, 50, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 3, 1, 1, 1, 1 },
            new[] { 2, 4, 6, 9, 52, 2, 2, 2, 2, 0, 0, 0, 0, 1, 1, 2, 6, 2, 2, 0, 0, 1 },
            new[] { 2, 3, 5, 6, 4, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 3, 1, 1, 0, 0, 1 },
            new[] { 1, 64, 5, 5, 20, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 7, 4, 3, 2, 1, 2 },
            new[] { 3, 2, 4, 5, 3, 2, 3, 1, 2, 1, 1, 0, 1, 1, 1, 1, 1, 3, 2, 1, 1, 1 },
        };
        var random = new Random(7);
        while (data.Count < 73)
        {
            var groups = random.Next(4) == 0 ? random.Next(2, 4) : 1;
            int[] s =
            [
                random.Next(1, 4), groups * random.Next(1, 9), random.Next(1, 20), random.Next(1, 40), groups * random.Next(1, random.Next(4) == 0 ? 60 : 14),
                random.Next(1, 6), random.Next(1, 6), random.Next(1, 4), random.Next(1, 4), random.Next(0, 3), random.Next(0, 3), random.Next(0, 3), random.Next(0, 3),
                random.Next(1, 3), random.Next(1, 3), groups,
            ];
            if (data.Count >= 53)
                s = [.. s, random.Next(1, 9), random.Next(1, 5), random.Next(1, 4), random.Next(0, 3), random.Next(0, 3), random.Next(1, 3)];
            if (Shape(s) is { OutHeight: > 0, OutWidth: > 0, OutDepth: > 0 })
                data.Add(s);
        }
        foreach (var depthwise in Depthwise)
            data.Add(depthwise);
        // With any kernel, stride, padding and dilation: one channel to a group.
        for (var count = 0; count < 24;)
        {
            int channels = random.Next(1, 6), border = random.Next(0, 3);
            int[] s =
            [
                random.Next(1, 4), channels, random.Next(1, 30), random.Next(1, 50), channels * random.Next(1, 4),
                random.Next(1, 6), random.Next(1, 6), random.Next(1, 4), random.Next(1, 4), border, random.Next(0, 3), border, random.Next(0, 3),
                random.Next(1, 3), random.Next(1, 3), channels,
            ];
            if (Shape(s) is not { OutHeight: > 0, OutWidth: > 0 })
                continue;
            data.Add(s);
            count++;
        }
        return data;
    }

    /// <summary>Depthwise, in order: multipliers, strides, no padding, more than one band, narrow images, dilation, one dimension, a kernel that does not cover its stride, many outputs to a channel.</summary>
    private static readonly int[][] Depthwise =
    [
        [1, 6, 14, 14, 6, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 6],
        [3, 5, 15, 17, 10, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 5],
        [3, 5, 15, 17, 10, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 5],
        [3, 4, 28, 28, 4, 3, 3, 2, 2, 0, 0, 1, 1, 1, 1, 4],
        [1, 3, 19, 23, 3, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 3],
        [2, 4, 20, 36, 4, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 4],
        [2, 3, 33, 40, 6, 5, 5, 1, 1, 0, 0, 0, 0, 1, 1, 3],
        [1, 3, 130, 90, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 3],
        [1, 2, 100, 130, 2, 5, 5, 2, 2, 2, 2, 2, 2, 1, 1, 2],
        [2, 2, 130, 70, 2, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 2],
        [3, 8, 7, 7, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 8],
        [3, 8, 4, 3, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 8],
        [1, 2, 1, 1, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2],
        [2, 3, 21, 31, 3, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2, 3],
        [2, 3, 21, 31, 6, 3, 3, 2, 2, 2, 2, 2, 2, 2, 3, 3],
        [3, 4, 1, 101, 4, 1, 5, 1, 1, 0, 2, 0, 2, 1, 1, 4],
        [3, 4, 1, 101, 8, 1, 3, 1, 2, 0, 1, 0, 1, 1, 1, 4],
        [2, 3, 3, 60, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 3],
        [2, 3, 22, 25, 3, 2, 1, 3, 4, 0, 0, 0, 0, 1, 1, 3],
        [2, 3, 12, 19, 3, 3, 3, 2, 1, 1, 1, 1, 1, 1, 1, 3],
        [2, 3, 12, 19, 3, 3, 3, 1, 2, 1, 1, 1, 1, 1, 1, 3],
        [2, 3, 9, 7, 3, 3, 3, 2, 2, 0, 0, 0, 2, 1, 1, 3],
        [2, 3, 9, 3, 3, 3, 5, 2, 2, 2, 4, 2, 3, 1, 1, 3],
        [2, 3, 7, 9, 4, 3, 2, 2, 2, 1, 1, 2, 6, 1, 1, 1],
        [2, 3, 12, 19, 36, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 3],
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_matches_double(int[] numbers)
    {
        using var workers = new Workers(2);
        var (s, batch) = (Shape(numbers), numbers[0]);
        using var t = new ConvTensors(s, batch);
        var expected = new double[t.Y.Count];
        EachTerm(s, batch, (x, w, y) => expected[y] += (double)t.X.Span[x] * t.W.Span[w]);
        for (var i = 0; i < expected.Length; i++)
            expected[i] = Everything.Reference(expected[i], t.Scale.Span[i / Positions(s) % s.OutChannels], i % Positions(s), t.Y.Span[i]);
        Convolution.Forward(workers, s, batch, t.X.Pointer, t.W.Pointer, t.Y.Pointer, new Everything(t.Scale.Pointer, t.Y.Pointer));
        Compare.Close(expected, t.Y.Span, "y");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void GradInput_matches_double(int[] numbers)
    {
        using var workers = new Workers(2);
        var (s, batch) = (Shape(numbers), numbers[0]);
        using var t = new ConvTensors(s, batch);
        var expected = new double[t.X.Count];
        EachTerm(s, batch, (x, w, y) => expected[x] += (double)t.Y.Span[y] * t.W.Span[w]);
        for (var i = 0; i < expected.Length; i++)
            expected[i] = Everything.Reference(expected[i], t.Scale.Span[i / (s.Depth * s.Height * s.Width) % s.Channels], i % (s.Depth * s.Height * s.Width), t.X.Span[i]);
        Convolution.GradInput(workers, s, batch, t.Y.Pointer, t.W.Pointer, t.X.Pointer, new Everything(t.Scale.Pointer, t.X.Pointer));
        Compare.Close(expected, t.X.Span, "dx");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void GradWeight_matches_double(int[] numbers)
    {
        using var workers = new Workers(2);
        var (s, batch) = (Shape(numbers), numbers[0]);
        foreach (var accumulate in new[] { false, true })
        {
            using var t = new ConvTensors(s, batch);
            var expected = accumulate ? Array.ConvertAll(t.W.Span.ToArray(), x => (double)x) : new double[t.W.Count];
            var bias = accumulate ? Array.ConvertAll(t.B.Span.ToArray(), x => (double)x) : new double[t.B.Count];
            EachTerm(s, batch, (x, w, y) => expected[w] += (double)t.Y.Span[y] * t.X.Span[x]);
            for (var i = 0; i < t.Y.Count; i++)
                bias[i / Positions(s) % s.OutChannels] += t.Y.Span[i];
            Convolution.GradWeight(workers, s, batch, t.X.Pointer, t.Y.Pointer, t.W.Pointer, accumulate, t.B.Pointer);
            Compare.Close(expected, t.W.Span, "dw");
            Compare.Close(bias, t.B.Span, "db");
            Convolution.GradWeight(workers, s, batch, t.X.Pointer, t.Y.Pointer, t.W.Pointer, false, null);
        }
    }

    [Theory]
    [InlineData(64, 1, 28, 6, 5, 2)]
    [InlineData(64, 6, 14, 16, 5, 0)]
    [InlineData(1, 64, 14, 64, 3, 1)]
    [InlineData(3, 128, 7, 96, 3, 1)]
    [InlineData(2, 16, 9, 20, 3, 1, 6)]
    [InlineData(2, 20, 6, 64, 3, 1, 5)]
    [InlineData(3, 20, 14, 40, 3, 1, 0, 20)]
    [InlineData(3, 20, 31, 20, 3, 1, 0, 20, 2)]
    [InlineData(1, 3, 130, 3, 3, 1, 0, 3)]
    [InlineData(20, 5, 30, 5, 5, 2, 0, 5)]
    public void Same_bits_for_every_thread_count(int batch, int channels, int size, int outputs, int kernel, int pad, int depth = 0, int groups = 1, int stride = 1)
    {
        int[] numbers = [batch, channels, size, size, outputs, kernel, kernel, stride, stride, pad, pad, pad, pad, 1, 1, groups];
        var s = Shape(depth == 0 ? numbers : [.. numbers, depth, kernel, 1, pad, pad, 1]);
        float[]? first = null;
        foreach (var threads in new[] { 1, 2, 4, 7 })
        {
            using var workers = new Workers(threads);
            using var t = new ConvTensors(s, batch);
            using var dx = new GuardedBuffer(t.X.Count);
            using var dw = new GuardedBuffer(t.W.Count);
            Convolution.GradInput(workers, s, batch, t.Y.Pointer, t.W.Pointer, dx.Pointer, default(Identity));
            Convolution.GradWeight(workers, s, batch, t.X.Pointer, t.Y.Pointer, dw.Pointer, false, t.B.Pointer);
            Convolution.Forward(workers, s, batch, t.X.Pointer, t.W.Pointer, t.Y.Pointer, new Everything(t.Scale.Pointer, t.Y.Pointer));
            float[] all = [.. dx.Span, .. dw.Span, .. t.B.Span, .. t.Y.Span];
            first ??= all;
            Assert.True(first.AsSpan().SequenceEqual(all), $"{threads} threads");
        }
    }
}
