using DeepGen.Kernels;

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
        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_matches_double(int[] numbers)
    {
        using var workers = new Workers(2);
        var (s, batch) = (Shape(numbers), numbers[0]);
        using var t = new Tensors(s, batch);
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
        using var t = new Tensors(s, batch);
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
            using var t = new Tensors(s, batch);
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
    public void Same_bits_for_every_thread_count(int batch, int channels, int size, int outputs, int kernel, int pad, int depth = 0)
    {
        int[] numbers = [batch, channels, size, size, outputs, kernel, kernel, 1, 1, pad, pad, pad, pad, 1, 1, 1];
        var s = Shape(depth == 0 ? numbers : [.. numbers, depth, kernel, 1, pad, pad, 1]);
        float[]? first = null;
        foreach (var threads in new[] { 1, 2, 4, 7 })
        {
            using var workers = new Workers(threads);
            using var t = new Tensors(s, batch);
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

    [Fact]
    public void Kernels_allocate_nothing_once_warm()
    {
        // One thread, whose own count is not disturbed by other tests; what other threads do is tested with the pool.
        using var workers = new Workers(1);
        var s = Shape([8, 6, 14, 14, 16, 5, 5, 1, 1, 0, 0, 0, 0, 1, 1, 1]);
        using var t = new Tensors(s, 8);
        using var dx = new GuardedBuffer(t.X.Count);
        using var dw = new GuardedBuffer(t.W.Count);
        var pool = new PoolShape(16, 10, 10, 5, 5, 2, 2, 2, 2, 0, 0, true);
        long before = 0;
        for (var round = 0; round < 100; round++)
        {
            if (round == 50)
                before = GC.GetAllocatedBytesForCurrentThread();
            Convolution.Forward(workers, s, 8, t.X.Pointer, t.W.Pointer, t.Y.Pointer, default(Identity));
            Convolution.GradInput(workers, s, 8, t.Y.Pointer, t.W.Pointer, dx.Pointer, default(Identity));
            Convolution.GradWeight(workers, s, 8, t.X.Pointer, t.Y.Pointer, dw.Pointer, false, t.B.Pointer);
            Pooling.Average(workers, pool, 8, t.Y.Pointer, dx.Pointer, default(Identity));
            Pooling.AverageGrad(workers, pool, 8, dx.Pointer, t.Y.Pointer, default(Identity));
            Pooling.MaxGrad(workers, pool, 8, t.Y.Pointer, dx.Pointer, t.Y.Pointer, default(Identity));
            MatMul.Run(workers, t.X.Pointer, 400, 1, t.W.Pointer, 1, 20, dx.Pointer, 8, 20, 20, default(Identity));
            MatMul.Accumulate(workers, t.X.Pointer, 1, 16, t.W.Pointer, 20, 1, dx.Pointer, 16, 20, 8, true, t.B.Pointer);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static ConvShape Shape(int[] n)
    {
        int Out(int size, int kernel, int stride, int before, int after, int dilation)
        {
            var room = size + before + after - ((kernel - 1) * dilation) - 1;
            return room < 0 ? 0 : (room / stride) + 1;
        }

        return new ConvShape(n[1], n[2], n[3], n[4], Out(n[2], n[5], n[7], n[9], n[11], n[13]), Out(n[3], n[6], n[8], n[10], n[12], n[14]), n[5], n[6], n[7], n[8], n[9], n[10], n[13], n[14], n[15])
            is var plane && n.Length == 16 ? plane : plane with { Depth = n[16], OutDepth = Out(n[16], n[17], n[18], n[19], n[20], n[21]), KernelDepth = n[17], StrideDepth = n[18], PadFront = n[19], DilationDepth = n[21] };
    }

    private static int Positions(ConvShape s) => s.OutDepth * s.OutHeight * s.OutWidth;

    /// <summary>Calls with the flat indices (x, weight, y) of every product that a convolution sums.</summary>
    private static void EachTerm(ConvShape s, int batch, Action<int, int, int> term)
    {
        int inputs = s.Channels / s.Groups, outputs = s.OutChannels / s.Groups;
        for (var n = 0; n < batch; n++)
        {
            for (var o = 0; o < s.OutChannels; o++)
            {
                for (var c = 0; c < inputs; c++)
                {
                    var channel = (o / outputs * inputs) + c;
                    for (var tap = 0; tap < s.KernelDepth * s.KernelHeight * s.KernelWidth; tap++)
                    {
                        int k = tap / s.KernelWidth / s.KernelHeight, i = tap / s.KernelWidth % s.KernelHeight, j = tap % s.KernelWidth;
                        for (var position = 0; position < Positions(s); position++)
                        {
                            var slice = (position / s.OutWidth / s.OutHeight * s.StrideDepth) - s.PadFront + (k * s.DilationDepth);
                            var row = (position / s.OutWidth % s.OutHeight * s.StrideHeight) - s.PadTop + (i * s.DilationHeight);
                            var column = (position % s.OutWidth * s.StrideWidth) - s.PadLeft + (j * s.DilationWidth);
                            if (slice < 0 || slice >= s.Depth || row < 0 || row >= s.Height || column < 0 || column >= s.Width)
                                continue;
                            term(
                                (((((((n * s.Channels) + channel) * s.Depth) + slice) * s.Height) + row) * s.Width) + column,
                                (((o * inputs) + c) * s.KernelDepth * s.KernelHeight * s.KernelWidth) + tap,
                                (((n * s.OutChannels) + o) * Positions(s)) + position);
                        }
                    }
                }
            }
        }
    }

    private sealed class Tensors : IDisposable
    {
        public Tensors(ConvShape s, int batch)
        {
            var random = new Random(batch);
            X = GuardedBuffer.Random(batch * s.Channels * s.Depth * s.Height * s.Width, random);
            W = GuardedBuffer.Random(s.OutChannels * s.Channels / s.Groups * s.KernelDepth * s.KernelHeight * s.KernelWidth, random, guardBefore: true);
            Y = GuardedBuffer.Random(batch * s.OutChannels * Positions(s), random);
            B = GuardedBuffer.Random(s.OutChannels, random);
            Scale = GuardedBuffer.Random(Math.Max(s.Channels, s.OutChannels), random);
        }

        public GuardedBuffer X { get; }

        public GuardedBuffer W { get; }

        public GuardedBuffer Y { get; }

        public GuardedBuffer B { get; }

        public GuardedBuffer Scale { get; }

        public void Dispose()
        {
            X.Dispose();
            W.Dispose();
            Y.Dispose();
            B.Dispose();
            Scale.Dispose();
        }
    }
}
