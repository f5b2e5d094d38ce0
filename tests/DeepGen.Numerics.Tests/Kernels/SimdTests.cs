using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen.Numerics.Tests.Kernels;

/// <summary>The vector types agree with each other and with scalar arithmetic, and loops keep to their bounds.</summary>
public sealed unsafe class SimdTests
{
    private static readonly float[] Values =
    [
        0, -0f, 1, -1, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 3.25f, -7.75f, 1e-20f, 1e20f, float.Epsilon, float.MaxValue, float.MinValue,
        float.NaN, float.PositiveInfinity, float.NegativeInfinity, 8388609, -8388609, 0.49999997f, 100.001f, -1e-39f,
    ];

    [Fact]
    public void Operations_agree_with_scalars()
    {
        Operations<F1>();
        Operations<F128>();
        if (Simd.Level >= 256)
            Operations<F256>();
        if (Simd.Level >= 512)
            Operations<F512>();
    }

    [Fact]
    public void Strided_loads_read_their_elements_only()
    {
        Strided<F1>();
        Strided<F128>();
        if (Simd.Level >= 256)
            Strided<F256>();
        if (Simd.Level >= 512)
            Strided<F512>();
    }

    [Fact]
    public void Gathers_read_what_the_indices_say()
    {
        Gathered<F1>();
        Gathered<F128>();
        if (Simd.Level >= 256)
            Gathered<F256>();
        if (Simd.Level >= 512)
            Gathered<F512>();
    }

    [Fact]
    public void Reductions_across_lanes()
    {
        Across<F1>();
        Across<F128>();
        if (Simd.Level >= 256)
            Across<F256>();
        if (Simd.Level >= 512)
            Across<F512>();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(257)]
    [InlineData(10_007)]
    public void Loops_cover_exactly_their_range(int count)
    {
        var random = new Random(count);
        using var x = GuardedBuffer.Random(count, random);
        using var y = GuardedBuffer.Random(count, random, guardBefore: true);
        var map = new Squares(x.Pointer, y.Pointer);
        Simd.Map(in map, count);
        var sum = 0d;
        var max = float.NegativeInfinity;
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(x.Span[i] * x.Span[i], y.Span[i]);
            sum += x.Span[i];
            max = Math.Max(max, x.Span[i]);
        }
        var values = new Elements(x.Pointer);
        Assert.Equal(sum, Simd.Sum(in values, count), 1e-3);
        Assert.Equal(sum, Simd.SumDouble(in values, count), 1e-3);
        Assert.Equal(max, Simd.Max(in values, count));
        if (count == 0)
            return;
        x.Span[count / 2] = float.NaN;
        Assert.True(float.IsNaN(Simd.Max(in values, count)));
    }

    [Fact]
    public void A_long_sum_keeps_its_digits()
    {
        using var x = new GuardedBuffer(5_000_000);
        x.Span.Fill(0.1f);
        var values = new Elements(x.Pointer);
        Assert.Equal(5_000_000 * (double)0.1f, Simd.SumDouble(in values, x.Count), 1e-6 * 500_000);
    }

    [Theory]
    [InlineData(1, 0, 5)]
    [InlineData(7, 49, 49)]
    [InlineData(40, 70, 49)]
    [InlineData(3, 3000, 2500)]
    [InlineData(100, 1, 1)]
    [InlineData(0, 8, 8)]
    [InlineData(8, 8, 0)]
    public void Reductions_over_rows_agree_with_doubles(int rows, int step, int count)
    {
        var random = new Random(rows + count);
        // Nothing beyond the last row's end may be read.
        using var x = GuardedBuffer.Random(rows == 0 || count == 0 ? 0 : (rows - 1) * step + count, random);
        var values = new List<double>();
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < count; i++)
            {
                // Far from zero, where squares would lose the digits that deviations keep.
                x.Span[(row * step) + i] += 100;
                values.Add(x.Span[(row * step) + i]);
            }
        }

        double sum = values.Sum(), mean = values.Count == 0 ? 0 : sum / values.Count, squares = values.Sum(v => (v - mean) * (v - mean));
        var body = new Elements(x.Pointer);
        var together = new ThreeSums(x.Pointer);
        var one = Simd.SumDouble(in body, rows, step, count);
        var three = Simd.SumsDouble(in together, rows, step, count);
        var moments = Simd.MomentsDouble(in body, rows, step, count);
        Assert.Equal(sum, one, 1e-6 * Math.Abs(sum) + 1e-9);
        Assert.Equal(values.Count, moments.Count);
        Assert.Equal(squares, moments.SquaredDeviations, 1e-6 * squares + 1e-9);
        Assert.Equal(values.Sum(v => v * v), three.C, 1e-6 * sum * 100 + 1e-9);
        // Whatever it is computed with, a sum has the same bits.
        Assert.Equal(one, moments.Sum);
        Assert.Equal(one, three.A);
        Assert.Equal(-one, three.B);
    }

    [Fact]
    public void Philox_gives_the_published_vectors()
    {
        // kat_vectors of Random123 (D. E. Shaw Research), philox4x32 with 10 rounds.
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox.Block(0, 0, 0, 0, 0, 0));
        Assert.Equal(
            (0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu),
            Philox.Block(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue));
        Assert.Equal(
            (0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u),
            Philox.Block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    [Fact]
    public void Uniform_numbers_are_the_same_at_every_width()
    {
        foreach (var start in new[] { 0, 1, 7, 1000, unchecked((nint)uint.MaxValue) - 5, unchecked((nint)(5L << 32)) - 3 })
        {
            foreach (var (step, sample) in new[] { (0ul, 0ul), (3ul, 17ul), (1ul << 40, (9ul << 33) + 1) })
            {
                Uniform<F128>(start, step, sample);
                if (Simd.Level >= 256)
                    Uniform<F256>(start, step, sample);
                if (Simd.Level >= 512)
                    Uniform<F512>(start, step, sample);
            }
        }
    }

    [Fact]
    public void Uniform_numbers_are_uniform()
    {
        const int Count = 1 << 18;
        double sum = 0, squares = 0;
        for (nint i = 0; i < Count; i++)
        {
            var u = Philox.Uniform(1, 2, 3, 4, 5, i);
            Assert.InRange(u, 0, 0.99999994f);
            sum += u;
            squares += u * u;
        }
        Assert.Equal(0.5, sum / Count, 0.003);
        Assert.Equal(1 / 3d, squares / Count, 0.003);
    }

    private static void Uniform<V>(nint start, ulong step, ulong sample)
        where V : unmanaged, ISimd<V>
    {
        var lanes = stackalloc float[16];
        V.Store(lanes, V.Uniform(11, 22, 33, step, sample, start));
        for (var i = 0; i < V.Width; i++)
            Assert.Equal(Philox.Uniform(11, 22, 33, step, sample, start + i), lanes[i]);
    }

    private static void Operations<V>()
        where V : unmanaged, ISimd<V>
    {
        foreach (var a in Values)
        {
            foreach (var b in Values)
            {
                V x = V.Broadcast(a), y = V.Broadcast(b);
                Same(a + b, x + y);
                Same(a - b, x - y);
                Same(a * b, x * y);
                Same(a / b, x / y);
                Same(-a, -x);
                Same(MathF.Min(a, b), V.Min(x, y));
                Same(MathF.Max(a, b), V.Max(x, y));
                Same(MathF.Abs(a), V.Abs(x));
                Same(MathF.Sqrt(a), V.Sqrt(x));
                Same(MathF.Floor(a), V.Floor(x));
                Same(MathF.Round(a), V.Round(x));
                Same(MathF.CopySign(a, b), V.CopySign(x, y));
                Same(Simd.HasFusedMultiplyAdd ? MathF.FusedMultiplyAdd(a, b, a) : (a * b) + a, V.MultiplyAdd(x, y, x));
                Same(a > b ? 1 : 2, V.Select(V.GreaterThan(x, y), V.Broadcast(1), V.Broadcast(2)));
                Same(a >= b ? 1 : 2, V.Select(V.GreaterThanOrEqual(x, y), V.Broadcast(1), V.Broadcast(2)));
                Same(a == b ? 1 : 2, V.Select(V.Equal(x, y), V.Broadcast(1), V.Broadcast(2)));
                Same(a == b ? 2 : 1, V.Select(V.Not(V.Equal(x, y)), V.Broadcast(1), V.Broadcast(2)));
                Same(a > b && b > 0 ? 1 : 2, V.Select(V.And(V.GreaterThan(x, y), V.GreaterThan(y, V.Broadcast(0))), V.Broadcast(1), V.Broadcast(2)));
                Same(a > b || b > 0 ? 1 : 2, V.Select(V.Or(V.GreaterThan(x, y), V.GreaterThan(y, V.Broadcast(0))), V.Broadcast(1), V.Broadcast(2)));
            }
            if (a > 1e-37f && float.IsFinite(a))
            {
                Same(MathF.ILogB(a), V.Exponent(V.Broadcast(a)));
                Same(MathF.ScaleB(a, -MathF.ILogB(a)), V.Significand(V.Broadcast(a)));
            }
        }
        for (var n = -126; n <= 127; n++)
            Same(MathF.ScaleB(1, n), V.PowerOfTwo(V.Broadcast(n)));
        var lanes = stackalloc float[16];
        var integers = stackalloc int[16];
        for (var i = 0; i < 16; i++)
            integers[i] = (i * 1_000_003) - 7;
        V.Store(lanes, V.LoadInt32(integers));
        for (var i = 0; i < V.Width; i++)
            Assert.Equal(integers[i], lanes[i]);
        V.Store(lanes, V.Iota(100));
        for (var i = 0; i < V.Width; i++)
            Assert.Equal(100 + i, lanes[i]);
    }

    private static void Same<V>(float expected, V actual, [CallerArgumentExpression(nameof(actual))] string? what = null)
        where V : unmanaged, ISimd<V>
    {
        var lanes = stackalloc float[16];
        V.Store(lanes, actual);
        for (var i = 0; i < V.Width; i++)
        {
            if (!(float.IsNaN(expected) && float.IsNaN(lanes[i])))
                Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(lanes[i]), $"{typeof(V).Name} {what}: {lanes[i]:r} instead of {expected:r}");
        }
    }

    private static void Strided<V>()
        where V : unmanaged, ISimd<V>
    {
        var lanes = stackalloc float[16];
        for (var stride = 1; stride < 6; stride++)
        {
            foreach (var before in new[] { false, true })
            {
                using var x = GuardedBuffer.Random(((V.Width - 1) * stride) + 1, new Random(stride), before);
                V.Store(lanes, V.LoadStrided(x.Pointer, stride));
                for (var i = 0; i < V.Width; i++)
                    Assert.Equal(x.Span[i * stride], lanes[i]);
            }
        }
    }

    private static void Gathered<V>()
        where V : unmanaged, ISimd<V>
    {
        var lanes = stackalloc float[16];
        var random = new Random(8);
        using var x = GuardedBuffer.Random(50, random);
        var index = stackalloc int[16];
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < V.Width; i++)
                index[i] = i == 0 && round < 2 ? 49 * round : random.Next(50);
            V.Store(lanes, V.Gather(x.Pointer, index));
            for (var i = 0; i < V.Width; i++)
                Assert.Equal(x.Span[index[i]], lanes[i]);
        }
    }

    private static void Across<V>()
        where V : unmanaged, ISimd<V>
    {
        var lanes = stackalloc float[16];
        for (var i = 0; i < 16; i++)
            lanes[i] = i % 3 == 0 ? -i : i * i;
        var sum = 0f;
        var max = float.NegativeInfinity;
        for (var i = 0; i < V.Width; i++)
        {
            sum += lanes[i];
            max = MathF.Max(max, lanes[i]);
        }
        Assert.Equal(sum, V.Sum(V.Load(lanes)));
        Assert.Equal(max, V.MaxAcross(V.Load(lanes)));
        lanes[V.Width - 1] = float.NaN;
        Assert.True(float.IsNaN(V.MaxAcross(V.Load(lanes))));
    }

    private readonly struct Squares(float* x, float* y) : IMap
    {
        private readonly float* x = x;
        private readonly float* y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Store(y + i, V.Load(x + i) * V.Load(x + i));
    }

    private readonly struct ThreeSums(float* x) : IReduceTogether
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(nint i, ref V a, ref V b, ref V c)
            where V : unmanaged, ISimd<V>
        {
            var v = V.Load(x + i);
            a += v;
            b -= v;
            c += v * v;
        }
    }

    private readonly struct Elements(float* x) : IReduce
    {
        private readonly float* x = x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Load(x + i);
    }
}
