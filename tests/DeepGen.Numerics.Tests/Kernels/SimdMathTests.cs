using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen.Numerics.Tests.Kernels;

/// <summary>Elementary functions against double, over bit patterns of every magnitude, at every width.</summary>
public sealed unsafe class SimdMathTests
{
    private interface IFunction
    {
        static abstract V Apply<V>(V x, V y)
            where V : unmanaged, ISimd<V>;
    }

    [Fact]
    public void Exp_is_within_2_ulp() => Check<Exp>(Math.Exp, 2, -104, 89);

    [Fact]
    public void Log_is_within_2_ulp() => Check<Log>(Math.Log, 2, 0, 10, float.MaxValue);

    [Fact]
    public void Tanh_is_within_3_ulp() => Check<Tanh>(Math.Tanh, 3, -10, 10);

    [Fact]
    public void Sigmoid_is_within_3_ulp() => Check<Sigmoid>(x => 1 / (1 + Math.Exp(-x)), 3, -105, 40);

    [Fact]
    public void Erf_is_within_3_ulp() => Check<Erf>(ErrorFunction.Of, 3, -5, 5);

    [Fact]
    public void Expm1_is_within_3_ulp() => Check<Expm1>(ReferenceExpm1, 3, -20, 89);

    [Fact]
    public void Log1p_is_within_4_ulp() => Check<Log1p>(ReferenceLog1p, 4, -1, 10, float.MaxValue);

    [Fact]
    public void Sin_and_Cos_are_within_2_ulp_or_2e_minus_7()
    {
        // Near the zeros of sine the relative error is bounded by the reduction of the argument, so small values get an absolute bound.
        Check<Sin>(Math.Sin, 2, -30, 30, 3000, 1e-7);
        Check<Cos>(Math.Cos, 2, -30, 30, 3000, 1e-7);
    }

    [Theory]
    [InlineData(1e4f)]
    [InlineData(123456.7f)]
    [InlineData(1e10f)]
    [InlineData(8.1e20f)]
    [InlineData(1e30f)]
    [InlineData(3.4e38f)]
    public void Sin_and_Cos_of_large_arguments(float x)
    {
        // Neighbours in the vector are small: they must not be disturbed.
        float[] input = [.. Enumerable.Range(0, 16).Select(i => i % 3 == 0 ? (i % 2 == 0 ? x : -x) : i * 0.37f)];
        foreach (var (name, sin, cos) in new[] { ("all", Run<Sin>(input, input), Run<Cos>(input, input)) })
        {
            for (var i = 0; i < input.Length; i++)
            {
                Assert.True(Math.Abs(sin[i] - Math.Sin(input[i])) < 2e-7, $"sin {input[i]} = {sin[i]} ({name})");
                Assert.True(Math.Abs(cos[i] - Math.Cos(input[i])) < 2e-7, $"cos {input[i]} = {cos[i]}");
            }
        }
    }

    [Fact]
    public void Pow_is_within_3_ulp()
    {
        var random = new Random(1);
        var x = new float[100_000];
        var y = new float[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = i % 4 == 0 ? 1 + ((random.NextSingle() - 0.5f) / (1 << (i % 12))) : MathF.Pow(2, (random.NextSingle() * 250) - 125);
            var limit = 127 / Math.Max(1e-3f, Math.Abs(MathF.Log2(x[i])));
            y[i] = ((random.NextSingle() * 2) - 1) * Math.Min(limit, 1e6f);
            if (i % 10 == 0)
                (x[i], y[i]) = (-x[i], MathF.Round(y[i]));
        }
        var actual = Run<Pow>(x, y);
        for (var i = 0; i < x.Length; i++)
            Close(Math.Pow(x[i], y[i]), actual[i], 3, 1e-40, $"{x[i]:r} ^ {y[i]:r}");
    }

    [Fact]
    public void Pow_of_special_cases_is_IEEE()
    {
        float[] values = [0, -0f, 1, -1, 2, -2, 0.5f, -0.5f, 3, -3, 2.5f, -2.5f, 1e30f, -1e30f, 1e-30f, 1e-40f, 16777217, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, 1 + 6e-8f];
        var x = values.SelectMany(a => values.Select(_ => a)).ToArray();
        var y = values.SelectMany(_ => values).ToArray();
        var actual = Run<Pow>(x, y);
        for (var i = 0; i < x.Length; i++)
        {
            // The sign of a zero or an infinity from an odd power of ±0 is not promised.
            var expected = (float)Math.Pow(x[i], y[i]);
            if (x[i] == 0)
                (expected, actual[i]) = (Math.Abs(expected), Math.Abs(actual[i]));
            Close(expected, actual[i], 4, 1e-40, $"{x[i]:r} ^ {y[i]:r}");
        }
    }

    [Fact]
    public void Special_values()
    {
        float[] x = [0, -0f, 1, -1, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, 1e-39f, float.MaxValue, float.MinValue];
        Every<Exp>(x, Math.Exp);
        Every<Log>(x, Math.Log);
        Every<Tanh>(x, Math.Tanh);
        Every<Sigmoid>(x, v => 1 / (1 + Math.Exp(-v)));
        Every<Erf>(x, ErrorFunction.Of);
        Every<Expm1>(x, ReferenceExpm1);
        Every<Log1p>(x, ReferenceLog1p);
        Every<Sin>(x, Math.Sin);
        Every<Cos>(x, Math.Cos);
    }

    private static void Every<F>(float[] x, Func<double, double> reference)
        where F : struct, IFunction
    {
        var actual = Run<F>(x, x);
        for (var i = 0; i < x.Length; i++)
            Close(reference(x[i]), actual[i], 4, 1e-44, $"{typeof(F).Name}({x[i]:r})");
    }

    private static void Check<F>(Func<double, double> reference, double ulps, float low, float high, float widest = 0, double absolute = 1e-43)
        where F : struct, IFunction
    {
        var random = new Random(2);
        var x = new float[400_000];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = (i % 4) switch
            {
                // Every magnitude, denormals included.
                0 => Math.Clamp(BitConverter.Int32BitsToSingle(random.Next()) * (low < 0 && i % 8 == 0 ? -1 : 1), widest > 0 ? Math.Min(low, low < 0 ? -widest : low) : low, Math.Max(high, widest)),
                _ => low + ((high - low) * random.NextSingle()),
            };
            if (float.IsNaN(x[i]))
                x[i] = 0.5f;
        }
        var actual = Run<F>(x, x);
        double worst = 0;
        var at = 0f;
        for (var i = 0; i < x.Length; i++)
        {
            var expected = reference(x[i]);
            if (Math.Abs(expected - actual[i]) <= absolute || (float.IsInfinity(actual[i]) && Math.Abs(expected) > float.MaxValue))
                continue;
            var error = Math.Abs(expected - actual[i]) / Ulp(expected);
            if (!(error <= worst))
                (worst, at) = (error, x[i]);
        }
        Assert.True(worst <= ulps, $"{typeof(F).Name}: {worst:f2} ulp at {at:r}");
    }

    private static void Close(double expected, float actual, double ulps, double absolute, string what)
    {
        if (double.IsNaN(expected))
        {
            Assert.True(float.IsNaN(actual), $"{what} = {actual}, expected NaN");
            return;
        }
        if (Math.Abs(expected) > float.MaxValue)
        {
            Assert.True(actual == (expected > 0 ? float.PositiveInfinity : float.NegativeInfinity), $"{what} = {actual}, expected {expected}");
            return;
        }
        Assert.True(Math.Abs(expected - actual) <= Math.Max(absolute, ulps * Ulp(expected)), $"{what} = {actual:r}, expected {expected:r}");
    }

    /// <summary>Distance between neighbouring floats at a number.</summary>
    private static double Ulp(double x) => Math.Max(Math.ScaleB(1, Math.ILogB(x == 0 ? double.Epsilon : x) - 23), float.Epsilon);

    /// <summary>Runs a function at every width and asserts that the bits agree.</summary>
    private static float[] Run<F>(float[] x, float[] y)
        where F : struct, IFunction
    {
        var scalar = Run<F, F1>(x, y);
        AssertSame(scalar, Run<F, F128>(x, y));
        if (Simd.Level >= 256)
            AssertSame(scalar, Run<F, F256>(x, y));
        if (Simd.Level >= 512)
            AssertSame(scalar, Run<F, F512>(x, y));
        return scalar;
    }

    private static float[] Run<F, V>(float[] x, float[] y)
        where F : struct, IFunction
        where V : unmanaged, ISimd<V>
    {
        var result = new float[x.Length];
        fixed (float* px = x, py = y, pr = result)
        {
            var i = 0;
            for (; i <= x.Length - V.Width; i += V.Width)
                V.Store(pr + i, F.Apply(V.Load(px + i), V.Load(py + i)));
            for (; i < x.Length; i++)
                F1.Store(pr + i, F.Apply(F1.Load(px + i), F1.Load(py + i)));
        }
        return result;
    }

    private static void AssertSame(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            if (!float.IsNaN(expected[i]) || !float.IsNaN(actual[i]))
                Assert.Equal(BitConverter.SingleToInt32Bits(expected[i]), BitConverter.SingleToInt32Bits(actual[i]));
        }
    }

    internal static double ReferenceExpm1(double x) => Math.Abs(x) < 1e-5 ? x + (x * x / 2) + (x * x * x / 6) : Math.Exp(x) - 1;

    internal static double ReferenceLog1p(double x) => Math.Abs(x) < 1e-5 ? x - (x * x / 2) + (x * x * x / 3) : Math.Log(1 + x);

    private readonly struct Expm1 : IFunction
    {
        public static V Apply<V>(V x, V y)
            where V : unmanaged, ISimd<V> => SimdMath.Expm1(x);
    }

    private readonly struct Log1p : IFunction
    {
        public static V Apply<V>(V x, V y)
            where V : unmanaged, ISimd<V> => SimdMath.Log1p(x);
    }

    private readonly struct Exp : IFunction
    {
        public static V Apply<V>(V x, V y)
            where V : unmanaged, ISimd<V> => SimdMath.Exp(x);
    }

    private readonly struct Log : IFunction
    {
        public static V Apply<V>(V x, V y)
            where V : unmanaged, ISimd<V> => SimdMath.Log(x);
    }

    private readonly struct Tanh : IFunction
    {
        public static V Apply<V>(V x, V y)
            where V : unmanaged, ISimd<V> => SimdMath.Tanh(x);
    }

    private readonly struct Sigmoid : IFunction
    {
        public static V Apply<V>(V x, V y)
            where V : unmanaged, ISimd<V> => SimdMath.Sigmoid(x);
    }

    private readonly struct Erf : IFunction
    {
        public static V Apply<V>(V x, V y)
            where V : unmanaged, ISimd<V> => SimdMath.Erf(x);
    }

    private readonly struct Sin : IFunction
    {
        public static V Apply<V>(V x, V y)
            where V : unmanaged, ISimd<V> => SimdMath.Sin(x);
    }

    private readonly struct Cos : IFunction
    {
        public static V Apply<V>(V x, V y)
            where V : unmanaged, ISimd<V> => SimdMath.Cos(x);
    }

    private readonly struct Pow : IFunction
    {
        public static V Apply<V>(V x, V y)
            where V : unmanaged, ISimd<V> => SimdMath.Pow(x, y);
    }
}
