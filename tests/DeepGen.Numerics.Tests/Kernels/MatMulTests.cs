using DeepGen.Kernels;

namespace DeepGen.Numerics.Tests.Kernels;

public sealed unsafe class MatMulTests
{
    public static TheoryData<int, int, int> Shapes()
    {
        var data = new TheoryData<int, int, int>
        {
            { 1, 1, 1 }, { 1, 10, 84 }, { 1, 120, 400 }, { 2, 5, 3 }, { 3, 120, 400 }, { 5, 1, 33 }, { 64, 10, 84 }, { 64, 120, 400 },
            { 12, 32, 256 }, { 13, 33, 257 }, { 24, 17, 300 }, { 25, 16, 513 }, { 100, 70, 1 }, { 47, 129, 31 }, { 7, 600, 9 }, { 300, 3, 40 },
        };
        var random = new Random(1);
        for (var i = 0; i < 12; i++)
            data.Add(random.Next(1, 90), random.Next(1, 140), random.Next(1, 600));
        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Run_matches_double(int m, int n, int k)
    {
        using var workers = new Workers(2);
        for (var layout = 0; layout < 9; layout++)
        {
            var random = new Random(m * 1000 + n * 10 + layout);
            // Rows contiguous, columns contiguous, or neither (every second element).
            var (aRow, aCol) = Strides(layout % 3, m, k);
            var (bRow, bCol) = Strides(layout / 3, k, n);
            using var a = GuardedBuffer.Random(((m - 1) * aRow) + ((k - 1) * aCol) + 1, random);
            using var b = GuardedBuffer.Random(((k - 1) * bRow) + ((n - 1) * bCol) + 1, random);
            using var c = GuardedBuffer.Random(m * n, random);
            using var scale = GuardedBuffer.Random(m, random);
            var expected = new double[m * n];
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    var sum = 0d;
                    for (var l = 0; l < k; l++)
                        sum += (double)a.Pointer[(i * aRow) + (l * aCol)] * b.Pointer[(l * bRow) + (j * bCol)];
                    expected[(i * n) + j] = Everything.Reference(sum, scale.Span[i], j, c.Span[(i * n) + j]);
                }
            }
            // The residual stands in c itself: a residual added in place.
            MatMul.Run(workers, a.Pointer, aRow, aCol, b.Pointer, bRow, bCol, c.Pointer, m, n, k, new Everything(scale.Pointer, c.Pointer));
            Compare.Close(expected, c.Span, $"layout {layout}");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_kept_right_factor_gives_the_same_bits(int m, int n, int k)
    {
        using var workers = new Workers(2);
        for (var layout = 0; layout < 3; layout++)
        {
            var random = new Random((m * 1000) + (n * 10) + layout);
            var (bRow, bCol) = Strides(layout, k, n);
            using var a = GuardedBuffer.Random(m * k, random);
            using var b = GuardedBuffer.Random(((k - 1) * bRow) + ((n - 1) * bCol) + 1, random);
            using var scale = GuardedBuffer.Random(m, random);
            using var residual = GuardedBuffer.Random(m * n, random);
            using GuardedBuffer packed = new(m * n), kept = new(m * n);
            using var forms = new WeightForms(0);
            for (var version = 0; version < 2; version++)
            {
                MatMul.Run(workers, a.Pointer, k, 1, b.Pointer, bRow, bCol, packed.Pointer, m, n, k, new Everything(scale.Pointer, residual.Pointer));
                // Made, and found again; by fewer rows as well.
                foreach (var rows in new[] { m, m, (m + 1) / 2 })
                {
                    MatMul.Run(workers, a.Pointer, k, 1, b.Pointer, bRow, bCol, kept.Pointer, rows, n, k, new Everything(scale.Pointer, residual.Pointer), forms, 3);
                    if (rows == m || rows >= 4)
                        Assert.True(packed.Span[..(rows * n)].SequenceEqual(kept.Span[..(rows * n)]), $"layout {layout}, {rows} rows");
                }
                b.Span.Reverse();
                forms.Changed();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Accumulate_matches_double(int m, int n, int k)
    {
        using var workers = new Workers(2);
        for (var variant = 0; variant < 8; variant++)
        {
            var random = new Random(m * 1000 + n * 10 + variant);
            var (aRow, aCol) = Strides(variant & 1, m, k);
            var (bRow, bCol) = Strides((variant >> 1) & 1, k, n);
            var accumulate = variant >= 4;
            using var a = GuardedBuffer.Random(m * k, random);
            using var b = GuardedBuffer.Random(k * n, random);
            using var c = GuardedBuffer.Random(m * n, random);
            using var sums = GuardedBuffer.Random(m, random);
            var expected = new double[m * n];
            var expectedSums = new double[m];
            for (var i = 0; i < m; i++)
            {
                expectedSums[i] = accumulate ? sums.Span[i] : 0;
                for (var l = 0; l < k; l++)
                    expectedSums[i] += a.Pointer[(i * aRow) + (l * aCol)];
                for (var j = 0; j < n; j++)
                {
                    var sum = accumulate ? c.Span[(i * n) + j] : 0d;
                    for (var l = 0; l < k; l++)
                        sum += (double)a.Pointer[(i * aRow) + (l * aCol)] * b.Pointer[(l * bRow) + (j * bCol)];
                    expected[(i * n) + j] = sum;
                }
            }
            MatMul.Accumulate(workers, a.Pointer, aRow, aCol, b.Pointer, bRow, bCol, c.Pointer, m, n, k, accumulate, sums.Pointer);
            Compare.Close(expected, c.Span, $"variant {variant}");
            Compare.Close(expectedSums, sums.Span, $"row sums of variant {variant}");
        }
    }

    [Theory]
    [InlineData(1, 400, 1200)]
    [InlineData(3, 1200, 400)]
    [InlineData(64, 120, 400)]
    [InlineData(65, 333, 700)]
    public void Same_bits_for_every_thread_count(int m, int n, int k)
    {
        var random = new Random(3);
        using var a = GuardedBuffer.Random(m * k, random);
        using var b = GuardedBuffer.Random(k * n, random);
        using var scale = GuardedBuffer.Random(m, random);
        using var residual = GuardedBuffer.Random(m * n, random);
        float[]? first = null;
        foreach (var threads in new[] { 1, 2, 4, 7 })
        {
            using var workers = new Workers(threads);
            foreach (var (row, col) in new[] { (n, 1), (1, k) })
            {
                using var c = new GuardedBuffer(m * n);
                MatMul.Run(workers, a.Pointer, k, 1, b.Pointer, n, 1, c.Pointer, m, n, k, new Everything(scale.Pointer, residual.Pointer));
                first ??= c.Span.ToArray();
                Assert.True(first.AsSpan().SequenceEqual(c.Span), $"{threads} threads");
            }
        }
    }

    [Fact]
    public void An_empty_sum_still_passes_the_epilogue()
    {
        using var workers = new Workers(1);
        using var c = new GuardedBuffer(6);
        using var scale = new GuardedBuffer(2);
        using var residual = GuardedBuffer.Random(6, new Random(1));
        MatMul.Run(workers, null, 0, 1, null, 3, 1, c.Pointer, 2, 3, 0, new Everything(scale.Pointer, residual.Pointer));
        for (var i = 0; i < 6; i++)
            Assert.Equal(residual.Span[i] + (0.001f * (i % 3)), c.Span[i], 6);
    }

    private static (int Row, int Column) Strides(int kind, int rows, int columns) => kind switch
    {
        0 => (columns, 1),
        1 => (1, rows),
        _ => (2 * columns, 2),
    };
}
