using DeepGen.Kernels;

namespace DeepGen.Numerics.Tests.Kernels;

public sealed unsafe class PoolingTests
{
    /// <summary>(batch, C, H, W, kh, kw, sh, sw, top, left, extra rows and columns, count padding: 2 where the extra ones overhang it).</summary>
    public static TheoryData<int[]> Shapes()
    {
        var data = new TheoryData<int[]>
        {
            new[] { 3, 6, 28, 28, 2, 2, 2, 2, 0, 0, 0, 1 },
            new[] { 1, 16, 10, 10, 2, 2, 2, 2, 0, 0, 0, 1 },
            new[] { 2, 3, 33, 35, 3, 3, 2, 2, 1, 1, 0, 0 },
            new[] { 2, 3, 33, 70, 3, 3, 1, 1, 1, 1, 0, 1 },
            new[] { 1, 2, 7, 7, 7, 7, 1, 1, 0, 0, 0, 1 },
            new[] { 1, 2, 9, 9, 2, 2, 3, 3, 0, 0, 0, 0 },
            new[] { 2, 2, 5, 7, 2, 2, 2, 2, 0, 0, 1, 0 },
            new[] { 2, 2, 6, 36, 3, 3, 2, 2, 1, 1, 1, 2 },
            new[] { 2, 2, 9, 25, 2, 2, 2, 2, 0, 0, 1, 2 },
            new[] { 2, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1 },
            new[] { 2, 2, 17, 64, 2, 2, 2, 2, 0, 0, 0, 1 },
        };
        var random = new Random(11);
        while (data.Count < 35)
        {
            int kh = random.Next(1, 5), kw = random.Next(1, 5);
            int[] s = [random.Next(1, 4), random.Next(1, 5), random.Next(1, 30), random.Next(1, 80), kh, kw, random.Next(1, 5), random.Next(1, 5), random.Next(0, (kh / 2) + 1), random.Next(0, (kw / 2) + 1), 0, random.Next(2)];
            if (Shape(s) is { OutHeight: > 0, OutWidth: > 0 })
                data.Add(s);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Pools_match_double(int[] numbers)
    {
        using var workers = new Workers(2);
        var (s, batch) = (Shape(numbers), numbers[0]);
        var random = new Random(5);
        using var x = GuardedBuffer.Random(batch * s.Channels * s.Height * s.Width, random);
        using var y = GuardedBuffer.Random(batch * s.Channels * s.OutHeight * s.OutWidth, random);
        using var scale = GuardedBuffer.Random(s.Channels, random);
        foreach (var isMax in new[] { true, false })
        {
            var expected = new double[y.Count];
            Each(s, batch, (plane, channel, output, pixel, elements, divisor) =>
            {
                var value = isMax ? double.NegativeInfinity : 0;
                foreach (var i in elements)
                    value = isMax ? Math.Max(value, x.Span[plane + i]) : value + x.Span[plane + i];
                expected[output] = Everything.Reference(isMax ? value : value / divisor, scale.Span[channel], pixel, y.Span[output]);
            });
            if (isMax)
                Pooling.Max(workers, s, batch, x.Pointer, y.Pointer, new Everything(scale.Pointer, y.Pointer));
            else
                Pooling.Average(workers, s, batch, x.Pointer, y.Pointer, new Everything(scale.Pointer, y.Pointer));
            Compare.Close(expected, y.Span, isMax ? "max" : "average");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gradients_match_double(int[] numbers)
    {
        using var workers = new Workers(2);
        var (s, batch) = (Shape(numbers), numbers[0]);
        var random = new Random(5);
        using var x = GuardedBuffer.Random(batch * s.Channels * s.Height * s.Width, random);
        using var dy = GuardedBuffer.Random(batch * s.Channels * s.OutHeight * s.OutWidth, random);
        using var dx = GuardedBuffer.Random(x.Count, random);
        using var scale = GuardedBuffer.Random(s.Channels, random);
        // Equal numbers, so that the rule for ties shows.
        foreach (ref var v in x.Span)
            v = MathF.Round(v * 2);
        foreach (var isMax in new[] { true, false })
        {
            var sums = new double[x.Count];
            Each(s, batch, (plane, channel, output, pixel, elements, divisor) =>
            {
                if (!isMax)
                {
                    foreach (var i in elements)
                        sums[plane + i] += (double)dy.Span[output] / divisor;
                    return;
                }
                var best = elements[0];
                foreach (var i in elements)
                {
                    if (x.Span[plane + i] > x.Span[plane + best])
                        best = i;
                }
                sums[plane + best] += dy.Span[output];
            });
            var size = s.Height * s.Width;
            for (var i = 0; i < sums.Length; i++)
                sums[i] = Everything.Reference(sums[i], scale.Span[i / size % s.Channels], i % size, dx.Span[i]);
            if (isMax)
            {
                // The other way: what a gradient is added to is what a value is read from.
                var picked = new double[dy.Count];
                Each(s, batch, (plane, channel, output, pixel, elements, divisor) =>
                    picked[output] = Everything.Reference(dx.Span[plane + elements.MaxBy(i => x.Span[plane + i])], scale.Span[channel], pixel, dy.Span[output]));
                using var y = new GuardedBuffer(dy.Count);
                dy.Span.CopyTo(y.Span);
                Pooling.MaxPick(workers, s, batch, x.Pointer, dx.Pointer, y.Pointer, new Everything(scale.Pointer, y.Pointer));
                Compare.Close(picked, y.Span, "pick");
                Pooling.MaxGrad(workers, s, batch, x.Pointer, dy.Pointer, dx.Pointer, new Everything(scale.Pointer, dx.Pointer));
            }
            else
                Pooling.AverageGrad(workers, s, batch, dy.Pointer, dx.Pointer, new Everything(scale.Pointer, dx.Pointer));
            Compare.Close(sums, dx.Span, isMax ? "max" : "average");
        }
    }

    [Fact]
    public void NaN_is_the_maximum_and_takes_the_gradient()
    {
        using var workers = new Workers(1);
        var s = new PoolShape(1, 2, 40, 1, 20, 2, 2, 2, 2, 0, 0, true);
        using var x = new GuardedBuffer(80);
        using var y = new GuardedBuffer(20);
        using var dy = new GuardedBuffer(20);
        using var dx = new GuardedBuffer(80);
        dy.Span.Fill(1);
        x.Span[40 + 6] = float.NaN;
        x.Span[39] = float.NaN;
        Pooling.Max(workers, s, 1, x.Pointer, y.Pointer, default(Identity));
        Pooling.MaxGrad(workers, s, 1, x.Pointer, dy.Pointer, dx.Pointer, default(Identity));
        for (var q = 0; q < 20; q++)
            Assert.Equal(q is 3 or 19, float.IsNaN(y.Span[q]));
        Assert.Equal(1, dx.Span[46]);
        Assert.Equal(0, dx.Span[6]);
        Assert.Equal(1, dx.Span[39]);
        Assert.Equal(0, dx.Span[38]);
        Assert.Equal(1, dx.Span[0]);
    }

    private static PoolShape Shape(int[] n)
    {
        int Out(int size, int kernel, int stride, int pad, int extra)
        {
            var room = size + (2 * pad) - kernel;
            return room < 0 ? 0 : (room / stride) + 1 + extra;
        }

        return new PoolShape(n[1], n[2], n[3], Out(n[2], n[4], n[6], n[8], n[10]), Out(n[3], n[5], n[7], n[9], n[10]), n[4], n[5], n[6], n[7], n[8], n[9], n[11] != 0, n[11] == 2 ? n[8] : -1, n[11] == 2 ? n[9] : -1);
    }

    private delegate void Window(int plane, int channel, int output, int pixel, List<int> elements, int divisor);

    private static void Each(PoolShape s, int batch, Window window)
    {
        for (var item = 0; item < batch * s.Channels; item++)
        {
            for (var p = 0; p < s.OutHeight; p++)
            {
                for (var q = 0; q < s.OutWidth; q++)
                {
                    var elements = new List<int>();
                    var counted = 0;
                    for (var i = 0; i < s.KernelHeight; i++)
                    {
                        for (var j = 0; j < s.KernelWidth; j++)
                        {
                            var row = (p * s.StrideHeight) - s.PadTop + i;
                            var column = (q * s.StrideWidth) - s.PadLeft + j;
                            if (row >= 0 && row < s.Height && column >= 0 && column < s.Width)
                                elements.Add((row * s.Width) + column);
                            if (s.PadBottom < 0 || (row < s.Height + s.PadBottom && column < s.Width + s.PadRight))
                                counted++;
                        }
                    }
                    var pixel = (p * s.OutWidth) + q;
                    window(item * s.Height * s.Width, item % s.Channels, (item * s.OutHeight * s.OutWidth) + pixel, pixel, elements, s.CountPadding ? counted : elements.Count);
                }
            }
        }
    }
}
