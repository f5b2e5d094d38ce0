using DeepGen.Kernels;

namespace DeepGen.Numerics.Tests.Kernels;

/// <summary>Permutations, resampling, rows by index and products of many: against naive loops in double, with an epilogue that depends on everything and without.</summary>
public sealed unsafe class MovementKernelTests
{
    public static TheoryData<int[], int[]> Permutations()
    {
        var data = new TheoryData<int[], int[]>
        {
            { [5, 7], [1, 0] },
            { [64, 64], [1, 0] },
            { [33, 129], [1, 0] },
            { [3, 17, 70], [1, 2, 0] },
            { [70, 17, 3], [2, 0, 1] },
            { [4, 9, 21], [1, 0, 2] },
            { [3, 1, 4, 1], [2, 3, 1, 0] },
            { [2, 3, 4, 5, 6], [4, 2, 0, 3, 1] },
            { [1, 6], [1, 0] },
            { [3, 4], [0, 1] },
        };
        var random = new Random(3);
        while (data.Count < 40)
        {
            // One extent of its own, so that no two are the same.
            var shape = Enumerable.Range(0, random.Next(2, 6)).Select(_ => random.Next(1, random.Next(2, 40))).ToArray();
            shape[0] = 1 + data.Count;
            if (shape.Aggregate(1, (n, e) => n * e) < 20_000)
                data.Add(shape, Enumerable.Range(0, shape.Length).OrderBy(_ => random.Next()).ToArray());
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Permutations))]
    public void Permutation_moves_every_element_to_its_place(int[] extents, int[] axes)
    {
        const int batch = 3;
        var s = new PermuteShape(extents, axes);
        var output = axes.Select(a => extents[a]).ToArray();
        var size = extents.Aggregate(1, (n, e) => n * e);
        using var workers = new Workers(3);
        using var x = GuardedBuffer.Random(batch * size, new Random(1));
        using var y = GuardedBuffer.Random(batch * size, new Random(2));
        using var scale = GuardedBuffer.Random(output[0], new Random(3));
        var plain = new float[y.Count];
        var through = new double[y.Count];
        for (var i = 0; i < plain.Length; i++)
        {
            var rest = i % size;
            var from = 0;
            for (var k = output.Length - 1; k >= 0; k--)
            {
                from += rest % output[k] * extents.Skip(axes[k] + 1).Aggregate(1, (n, e) => n * e);
                rest /= output[k];
            }
            plain[i] = x.Span[(i / size * size) + from];
            var plane = size / output[0];
            through[i] = Everything.Reference(plain[i], scale.Span[i % size / plane], i % plane, y.Span[i]);
        }
        Permutation.Run(workers, s, batch, x.Pointer, y.Pointer, new Everything(scale.Pointer, y.Pointer));
        Compare.Close(through, y.Span, "with an epilogue");
        Permutation.Run(workers, s, batch, x.Pointer, y.Pointer, default(Identity));
        Assert.Equal(plain, y.Span.ToArray());
    }

    private static readonly (string Name, Func<int, AxisMap> Map, Func<int, int, IEnumerable<(int At, double Weight)>> Taps)[] Maps =
    [
        ("zero", n => AxisMap.Zero(n, 2, 3), (i, n) => i >= 2 && i < n + 2 ? [(i - 2, 1)] : []),
        ("crop", n => AxisMap.Zero(n - 2, 1, 1).Transposed(), (i, n) => [(i + 1, 1)]),
        ("reflect", n => AxisMap.Reflect(n, 1, 2), (i, n) => [(i == 0 ? 1 : i <= n ? i - 1 : (2 * n) - 1 - i, 1)]),
        ("replicate", n => AxisMap.Replicate(n, 4, 20), (i, n) => [(Math.Clamp(i - 4, 0, n - 1), 1)]),
        ("nearest", n => AxisMap.Nearest(n, 3), (i, n) => [(i / 3, 1)]),
        ("linear", n => AxisMap.Linear(n, 2, false), (i, n) => Around(Math.Max(0, ((i + 0.5) / 2) - 0.5), n)),
        ("corners", n => AxisMap.Linear(n, 4, true), (i, n) => Around(i * (n - 1.0) / ((4 * n) - 1), n)),
        ("identity", n => AxisMap.Zero(n, 0, 0), (i, n) => [(i, 1)]),
    ];

    private static IEnumerable<(int, double)> Around(double place, int size)
    {
        yield return ((int)place, 1 - (place - (int)place));
        yield return (Math.Min((int)place + 1, size - 1), place - (int)place);
    }

    public static TheoryData<string, string, int, int> Resamplings()
    {
        var data = new TheoryData<string, string, int, int>();
        foreach (var (rows, i) in Maps.Select((m, i) => (m.Name, i)))
        {
            foreach (var columns in Maps.Select(m => m.Name))
                data.Add(rows, columns, 3 + (i % 4), 3 + (7 * i % 60));
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Resamplings))]
    public void Resampling_and_its_gradient_match_double(string rows, string columns, int height, int width)
    {
        const int batch = 2, channels = 3;
        var (r, c) = (Maps.Single(m => m.Name == rows), Maps.Single(m => m.Name == columns));
        var s = new ResampleShape(channels, r.Map(height), c.Map(width));
        int outHeight = s.Rows.Out, outWidth = s.Columns.Out, small = height * width, large = outHeight * outWidth;
        using var workers = new Workers(3);
        using var x = GuardedBuffer.Random(batch * channels * small, new Random(1));
        using var y = GuardedBuffer.Random(batch * channels * large, new Random(2));
        using var scale = GuardedBuffer.Random(channels, new Random(3));
        var terms = (from p in Enumerable.Range(0, outHeight)
                     from q in Enumerable.Range(0, outWidth)
                     from row in r.Taps(p, height)
                     from column in c.Taps(q, width)
                     select (X: (row.At * width) + column.At, Y: (p * outWidth) + q, Weight: row.Weight * column.Weight)).ToArray();
        var expected = new double[y.Count];
        var gradient = new double[x.Count];
        for (var plane = 0; plane < batch * channels; plane++)
        {
            foreach (var t in terms)
                expected[(plane * large) + t.Y] += t.Weight * x.Span[(plane * small) + t.X];
        }
        using var plain = new GuardedBuffer(y.Count);
        Resampling.Run(workers, s, batch, x.Pointer, plain.Pointer, default(Identity));
        Compare.Close(expected, plain.Span, "without an epilogue");
        for (var i = 0; i < expected.Length; i++)
            expected[i] = Everything.Reference(expected[i], scale.Span[i / large % channels], i % large, y.Span[i]);
        Resampling.Run(workers, s, batch, x.Pointer, y.Pointer, new Everything(scale.Pointer, y.Pointer));
        Compare.Close(expected, y.Span, "forward");

        for (var plane = 0; plane < batch * channels; plane++)
        {
            foreach (var t in terms)
                gradient[(plane * small) + t.X] += t.Weight * y.Span[(plane * large) + t.Y];
        }
        Resampling.Run(workers, new ResampleShape(channels, s.Rows.Transposed(), s.Columns.Transposed()), batch, y.Pointer, x.Pointer, default(Identity));
        Compare.Close(gradient, x.Span, "gradient");
    }

    [Fact]
    public void A_border_of_zeros_hides_what_is_not_finite()
    {
        using var workers = new Workers(1);
        var s = new ResampleShape(1, AxisMap.Zero(3, 1, 1), AxisMap.Zero(40, 2, 2));
        using var x = new GuardedBuffer(120);
        using var y = new GuardedBuffer(5 * 44);
        x.Span.Fill(float.NaN);
        y.Span.Fill(7);
        Resampling.Run(workers, s, 1, x.Pointer, y.Pointer, default(Identity));
        for (var i = 0; i < y.Count; i++)
            Assert.Equal(i / 44 is 0 or 4 || i % 44 is < 2 or > 41 ? 0 : float.NaN, y.Span[i]);
    }

    [Theory]
    [InlineData(1, 1, 1, 1, -1)]
    [InlineData(7, 19, 5, 3, -1)]
    [InlineData(50, 33, 40, 20, 4)]
    [InlineData(3, 128, 200, 30, 0)]
    public void Rows_by_index_match_double(int rows, int width, int count, int batch, int padding)
    {
        var random = new Random(4);
        var indices = Enumerable.Range(0, batch * count).Select(_ => random.Next(rows)).ToArray();
        foreach (var perSample in new[] { false, true })
        {
            var sets = perSample ? batch : 1;
            using var x = GuardedBuffer.Random(sets * rows * width, random);
            using var y = GuardedBuffer.Random(batch * count * width, random);
            using var scale = GuardedBuffer.Random(batch * count, random);
            var first = x.Span.ToArray();
            float[]? bits = null;
            foreach (var threads in new[] { 1, 2, 4 })
            {
                using var workers = new Workers(threads);
                fixed (int* at = indices)
                {
                    var expected = new double[y.Count];
                    int Row(int k) => (perSample ? k / count * rows : 0) + indices[k];
                    for (var i = 0; i < expected.Length; i++)
                    {
                        var k = i / width;
                        expected[i] = Everything.Reference(indices[k] == padding ? 0 : x.Span[(Row(k) * width) + (i % width)], scale.Span[k], i % width, y.Span[i]);
                    }
                    Indexing.Gather(workers, x.Pointer, rows, width, perSample, at, count, batch, padding, y.Pointer, new Everything(scale.Pointer, y.Pointer));
                    Compare.Close(expected, y.Span, "gather");

                    var dy = new Random(9);
                    foreach (ref var v in y.Span)
                        v = dy.NextSingle() - 0.5f;
                    foreach (var accumulate in new[] { false, true })
                    {
                        var sums = x.Span.ToArray().Select(v => accumulate ? (double)v : 0).ToArray();
                        for (var i = 0; i < y.Count; i++)
                        {
                            if (indices[i / width] != padding)
                                sums[(Row(i / width) * width) + (i % width)] += y.Span[i];
                        }
                        Indexing.ScatterAdd(workers, y.Pointer, rows, width, perSample, at, count, batch, padding, x.Pointer, accumulate);
                        Compare.Close(sums, x.Span, $"scatter-add, accumulate {accumulate}");
                    }
                    bits ??= x.Span.ToArray();
                    Assert.True(bits.AsSpan().SequenceEqual(x.Span), $"{threads} threads");
                    first.CopyTo(x.Span);
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 5, 7, 9)]
    [InlineData(6, 1, 1, 1)]
    [InlineData(7, 3, 40, 65)]
    [InlineData(40, 17, 33, 12)]
    [InlineData(5, 64, 70, 1030)]
    public void Products_of_many_match_double(int count, int m, int n, int k)
    {
        for (var variant = 0; variant < 4; variant++)
        {
            var random = new Random(variant);
            using var a = GuardedBuffer.Random(count * m * k, random);
            using var b = GuardedBuffer.Random(count * k * n, random);
            using var c = GuardedBuffer.Random(count * m * n, random);
            using var scale = GuardedBuffer.Random(count * m, random);
            var (aRow, aCol) = variant % 2 == 0 ? (k, 1) : (1, m);
            var (bRow, bCol) = variant / 2 == 0 ? (n, 1) : (1, k);
            var plain = new double[c.Count];
            var through = new double[c.Count];
            for (var i = 0; i < plain.Length; i++)
            {
                int each = i / (m * n), row = i / n % m, column = i % n;
                for (var l = 0; l < k; l++)
                    plain[i] += (double)a.Span[(each * m * k) + (row * aRow) + (l * aCol)] * b.Span[(each * k * n) + (l * bRow) + (column * bCol)];
                through[i] = Everything.Reference(plain[i], scale.Span[i / n], column, c.Span[i]);
            }
            var start = c.Span.ToArray();
            float[]? bits = null;
            foreach (var threads in new[] { 1, 2, 4 })
            {
                using var workers = new Workers(threads);
                start.CopyTo(c.Span);
                MatMul.RunEach(workers, count, a.Pointer, m * k, aRow, aCol, b.Pointer, k * n, bRow, bCol, c.Pointer, m, n, k, new Everything(scale.Pointer, c.Pointer));
                Compare.Close(through, c.Span, $"variant {variant} with an epilogue");
                bits ??= c.Span.ToArray();
                Assert.True(bits.AsSpan().SequenceEqual(c.Span), $"{threads} threads");
                MatMul.RunEach(workers, count, a.Pointer, m * k, aRow, aCol, b.Pointer, k * n, bRow, bCol, c.Pointer, m, n, k, default(Identity));
                Compare.Close(plain, c.Span, $"variant {variant}");
            }
        }
    }
}
