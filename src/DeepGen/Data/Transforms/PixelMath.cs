using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>Loops over pixels.</summary>
internal static unsafe class PixelMath
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;

    /// <summary>Weights of red, green and blue in grey, as torchvision has them.</summary>
    public const float RedShare = 0.2989f, GreenShare = 0.587f, BlueShare = 0.114f;

    /// <summary>p / 255, rounded as the division is.</summary>
    [MethodImpl(Optimize)]
    public static void FromBytes(byte* from, float* to, int count)
    {
        var i = 0;
        for (; i + 16 <= count; i += 16)
        {
            var (low, high) = Vector256.Widen(Vector256.Widen(Vector256.Create(Vector128.Load(from + i), Vector128<byte>.Zero)).Lower);
            Vector256.Store(Divide(low), to + i);
            Vector256.Store(Divide(high), to + i + 8);
        }

        for (; i < count; i++) to[i] = from[i] / 255f;
    }

    /// <summary>A quotient by multiplication, with its error found and added (P. Markstein 1990).</summary>
    [MethodImpl(Inline)]
    private static Vector256<float> Divide(Vector256<uint> bytes)
    {
        var p = Vector256.ConvertToSingle(bytes.AsInt32());
        if (!Fma.IsSupported) return p / Vector256.Create(255f);
        var inverse = Vector256.Create(1 / 255f);
        var q = p * inverse;
        return Fma.MultiplyAdd(Fma.MultiplyAddNegated(q, Vector256.Create(255f), p), inverse, q);
    }

    /// <summary>The places (xx · i + x0, yx · i + y0), also behind the last up to a multiple of eight.</summary>
    [MethodImpl(Optimize)]
    public static void Line(float* xs, float* ys, int count, double xx, double x0, double yx, double y0)
    {
        Vector256<float> stepX = Vector256.Create((float)xx), firstX = Vector256.Create((float)x0), stepY = Vector256.Create((float)yx), firstY = Vector256.Create((float)y0);
        var i = Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);
        for (var at = 0; at < count; at += 8)
        {
            Vector256.Store((stepX * i) + firstX, xs + at);
            Vector256.Store((stepY * i) + firstY, ys + at);
            i += Vector256.Create(8f);
        }
    }

    /// <summary>Maps places, also behind the last up to a multiple of eight.</summary>
    [MethodImpl(Optimize)]
    public static void Map(float* xs, float* ys, int count, Affine map)
    {
        Vector256<float> xx = Vector256.Create((float)map.XX), xy = Vector256.Create((float)map.XY), x0 = Vector256.Create((float)map.X0);
        Vector256<float> yx = Vector256.Create((float)map.YX), yy = Vector256.Create((float)map.YY), y0 = Vector256.Create((float)map.Y0);
        for (var i = 0; i < count; i += 8)
        {
            Vector256<float> x = Vector256.Load(xs + i), y = Vector256.Load(ys + i);
            Vector256.Store((xx * x) + (xy * y) + x0, xs + i);
            Vector256.Store((yx * x) + (yy * y) + y0, ys + i);
        }
    }

    /// <summary>Three rows to one of pixels of four floats, the last of them zero.</summary>
    [MethodImpl(Optimize)]
    public static void Join(float* red, float* green, float* blue, float* to, int count)
    {
        var i = 0;
        if (Sse.IsSupported)
        {
            for (; i + 4 <= count; i += 4, to += 16)
            {
                Vector128<float> r = Vector128.Load(red + i), g = Vector128.Load(green + i), b = Vector128.Load(blue + i), zero = Vector128<float>.Zero;
                Vector128<float> redGreen = Sse.UnpackLow(r, g), blueZero = Sse.UnpackLow(b, zero), redGreenHigh = Sse.UnpackHigh(r, g), blueZeroHigh = Sse.UnpackHigh(b, zero);
                Vector128.Store(Sse.MoveLowToHigh(redGreen, blueZero), to);
                Vector128.Store(Sse.MoveHighToLow(blueZero, redGreen), to + 4);
                Vector128.Store(Sse.MoveLowToHigh(redGreenHigh, blueZeroHigh), to + 8);
                Vector128.Store(Sse.MoveHighToLow(blueZeroHigh, redGreenHigh), to + 12);
            }
        }

        for (; i < count; i++, to += 4) (to[0], to[1], to[2], to[3]) = (red[i], green[i], blue[i], 0);
    }

    /// <summary>Pixels of four floats to three rows.</summary>
    [MethodImpl(Optimize)]
    public static void Part(float* from, float* red, float* green, float* blue, int count)
    {
        var i = 0;
        if (Sse.IsSupported)
        {
            for (; i + 4 <= count; i += 4, from += 16)
            {
                Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + 4), c = Vector128.Load(from + 8), d = Vector128.Load(from + 12);
                Vector128<float> redGreen = Sse.UnpackLow(a, b), redGreenNext = Sse.UnpackLow(c, d);
                Vector128.Store(Sse.MoveLowToHigh(redGreen, redGreenNext), red + i);
                Vector128.Store(Sse.MoveHighToLow(redGreenNext, redGreen), green + i);
                Vector128.Store(Sse.MoveLowToHigh(Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d)), blue + i);
            }
        }

        for (; i < count; i++, from += 4) (red[i], green[i], blue[i]) = (from[0], from[1], from[2]);
    }

    /// <summary>x · factor + shift.</summary>
    public static void Scale(float* x, int count, float factor, float shift)
    {
        var body = new ScaleMap(x, factor, shift);
        Simd.Map(in body, count);
    }

    /// <summary>x += factor · other.</summary>
    public static void AddScaled(float* x, float* other, int count, float factor)
    {
        var body = new AddScaledMap(x, other, factor);
        Simd.Map(in body, count);
    }

    /// <summary>x · factor + shift, cut to 0 to 1.</summary>
    public static void Blend(float* x, int count, float factor, float shift)
    {
        var body = new BlendMap(x, factor, shift);
        Simd.Map(in body, count);
    }

    /// <summary>Each colour moved to or from the grey of its pixel, cut to 0 to 1.</summary>
    public static void Saturate(float* red, int size, float factor)
    {
        var body = new SaturateMap(red, red + size, red + (2 * size), factor);
        Simd.Map(in body, size);
    }

    /// <summary>Colours turned around the circle by a share of it, in HSV.</summary>
    public static void TurnHue(float* red, int size, float turn)
    {
        var body = new HueMap(red, red + size, red + (2 * size), turn);
        Simd.Map(in body, size);
    }

    /// <summary>The mean grey of a picture of three planes, or the mean of one of any other number.</summary>
    public static float MeanGrey(float* x, int channels, int size)
    {
        if (channels != 3) return (float)(Sum(x, channels * size) / (channels * size));
        return (float)(((RedShare * Sum(x, size)) + (GreenShare * Sum(x + size, size)) + (BlueShare * Sum(x + (2 * size), size))) / size);
    }

    public static void Add(float* x, int count, float value)
    {
        var body = new AddMap(x, value);
        Simd.Map(in body, count);
    }

    /// <summary>x += other.</summary>
    public static void Add(float* x, float* other, int count)
    {
        var body = new SumMap(x, other);
        Simd.Map(in body, count);
    }

    /// <summary>Adds noise: two numbers uniform in [0, 1) become two normal ones (G. Box and M. Muller 1958).</summary>
    /// <param name="x">The values.</param>
    /// <param name="count">Their number.</param>
    /// <param name="deviation">The deviation.</param>
    /// <param name="uniform">Two halves, each of half the count rounded up, uniform numbers.</param>
    public static void AddNormal(float* x, int count, float deviation, float* uniform)
    {
        var half = (count + 1) / 2;
        var body = new NormalMap(uniform, uniform + half, deviation);
        Simd.Map(in body, half);
        Add(x, uniform, count);
    }

    /// <summary>x = (x − mean) · scale.</summary>
    public static void Standardize(float* x, nint count, float mean, float scale)
    {
        var body = new StandardizeMap(x, mean, scale);
        Simd.Map(in body, count);
    }

    /// <summary>x[i] = (x[i] − mean[i]) · scale[i].</summary>
    public static void Standardize(float* x, nint count, float* mean, float* scale)
    {
        var body = new StandardizeEachMap(x, mean, scale);
        Simd.Map(in body, count);
    }

    /// <summary>x = weight · x + (1 − weight) · other.</summary>
    public static void Mix(float* x, float* other, nint count, float weight)
    {
        var body = new MixMap(x, other, weight);
        Simd.Map(in body, count);
    }

    private static double Sum(float* x, int count)
    {
        var body = new Values(x);
        return Simd.SumDouble(in body, count);
    }

    private readonly struct Values(float* x) : IReduce
    {
        [MethodImpl(Inline)]
        public V At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Load(x + i);
    }

    private readonly struct BlendMap(float* x, float factor, float shift) : IMap
    {
        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Store(x + i, Cut(V.MultiplyAdd(V.Load(x + i), V.Broadcast(factor), V.Broadcast(shift))));
    }

    private readonly struct ScaleMap(float* x, float factor, float shift) : IMap
    {
        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Store(x + i, V.MultiplyAdd(V.Load(x + i), V.Broadcast(factor), V.Broadcast(shift)));
    }

    private readonly struct AddScaledMap(float* x, float* other, float factor) : IMap
    {
        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Store(x + i, V.MultiplyAdd(V.Load(other + i), V.Broadcast(factor), V.Load(x + i)));
    }

    private readonly struct AddMap(float* x, float value) : IMap
    {
        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Store(x + i, V.Load(x + i) + V.Broadcast(value));
    }

    private readonly struct SumMap(float* x, float* other) : IMap
    {
        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Store(x + i, V.Load(x + i) + V.Load(other + i));
    }

    private readonly struct StandardizeMap(float* x, float mean, float scale) : IMap
    {
        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Store(x + i, (V.Load(x + i) - V.Broadcast(mean)) * V.Broadcast(scale));
    }

    private readonly struct StandardizeEachMap(float* x, float* mean, float* scale) : IMap
    {
        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Store(x + i, (V.Load(x + i) - V.Load(mean + i)) * V.Load(scale + i));
    }

    private readonly struct MixMap(float* x, float* other, float weight) : IMap
    {
        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Store(x + i, (V.Load(x + i) * V.Broadcast(weight)) + (V.Load(other + i) * V.Broadcast(1 - weight)));
    }

    private readonly struct NormalMap(float* first, float* second, float deviation) : IMap
    {
        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V>
        {
            // 1 − u is above 0, and 2π(u − 1/2) anywhere on the circle.
            var radius = V.Sqrt(Log(V.Broadcast(1f) - V.Load(first + i)) * V.Broadcast(-2 * deviation * deviation));
            var x = (V.Load(second + i) - V.Broadcast(0.5f)) * V.Broadcast(2 * MathF.PI);
            var square = x * x;
            V.Store(first + i, radius * Series(square, -1 / 2f, 1 / 24f, -1 / 720f, 1 / 40320f, -1 / 3628800f, 1 / 479001600f, -1 / 87178291200f));
            V.Store(second + i, radius * x * Series(square, -1 / 6f, 1 / 120f, -1 / 5040f, 1 / 362880f, -1 / 39916800f, 1 / 6227020800f, -1 / 1307674368000f));
        }

        /// <summary>ln u for u in (0, 1], to 1e-6: with u = 2ᵉm and t = (m − 1)/(m + 1) it is e ln 2 + 2(t + t³/3 + t⁵/5 + …).</summary>
        [MethodImpl(Inline)]
        private static V Log<V>(V u)
            where V : unmanaged, ISimd<V>
        {
            V m = V.Significand(u), one = V.Broadcast(1), t = (m - one) / (m + one);
            return V.MultiplyAdd(V.Exponent(u), V.Broadcast(0.693147181f), (t + t) * Series(t * t, 1 / 3f, 1 / 5f, 1 / 7f, V.Broadcast(1 / 9f)));
        }

        /// <summary>1 + x(a + x(b + …)). Of the cosine and the sine up to π seven terms leave an error of 4e-6.</summary>
        [MethodImpl(Inline)]
        private static V Series<V>(V x, float a, float b, float c, float d, float e, float f, float g)
            where V : unmanaged, ISimd<V>
        {
            var sum = V.MultiplyAdd(V.MultiplyAdd(V.Broadcast(g), x, V.Broadcast(f)), x, V.Broadcast(e));
            return Series(x, a, b, c, V.MultiplyAdd(sum, x, V.Broadcast(d)));
        }

        [MethodImpl(Inline)]
        private static V Series<V>(V x, float a, float b, float c, V rest)
            where V : unmanaged, ISimd<V>
        {
            var sum = V.MultiplyAdd(V.MultiplyAdd(rest, x, V.Broadcast(c)), x, V.Broadcast(b));
            return V.MultiplyAdd(V.MultiplyAdd(sum, x, V.Broadcast(a)), x, V.Broadcast(1f));
        }
    }

    private readonly struct SaturateMap(float* red, float* green, float* blue, float factor) : IMap
    {
        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V>
        {
            V r = V.Load(red + i), g = V.Load(green + i), b = V.Load(blue + i);
            var grey = (V.Broadcast(RedShare) * r) + (V.Broadcast(GreenShare) * g) + (V.Broadcast(BlueShare) * b);
            var rest = grey * V.Broadcast(1 - factor);
            V.Store(red + i, Cut(V.MultiplyAdd(r, V.Broadcast(factor), rest)));
            V.Store(green + i, Cut(V.MultiplyAdd(g, V.Broadcast(factor), rest)));
            V.Store(blue + i, Cut(V.MultiplyAdd(b, V.Broadcast(factor), rest)));
        }
    }

    /// <summary>A. R. Smith 1978, with the circle in six parts.</summary>
    private readonly struct HueMap(float* red, float* green, float* blue, float turn) : IMap
    {
        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V>
        {
            V r = V.Load(red + i), g = V.Load(green + i), b = V.Load(blue + i), zero = V.Broadcast(0), one = V.Broadcast(1), six = V.Broadcast(6);
            var high = V.MaxNative(V.MaxNative(r, g), b);
            var range = high - V.MinNative(V.MinNative(r, g), b);
            var part = one / V.Select(V.Equal(range, zero), one, range);
            var hue = V.Select(
                V.Equal(high, r),
                (g - b) * part,
                V.Select(V.Equal(high, g), V.MultiplyAdd(b - r, part, V.Broadcast(2)), V.MultiplyAdd(r - g, part, V.Broadcast(4))));

            // −1 to 5, and up to three more or less: into 0 to 6.
            hue += V.Broadcast(6 * turn);
            hue -= six * V.Floor(hue * V.Broadcast(1 / 6f));
            V.Store(red + i, Color(hue, V.Broadcast(5), high, range));
            V.Store(green + i, Color(hue, V.Broadcast(3), high, range));
            V.Store(blue + i, Color(hue, one, high, range));
        }

        /// <summary>high − range · max(0, min(k, 4 − k, 1)), k = (hue + offset) mod 6.</summary>
        [MethodImpl(Inline)]
        private static V Color<V>(V hue, V offset, V high, V range)
            where V : unmanaged, ISimd<V>
        {
            V six = V.Broadcast(6), k = hue + offset;
            k = V.Select(V.GreaterThanOrEqual(k, six), k - six, k);
            return high - (range * V.MaxNative(V.Broadcast(0), V.MinNative(V.MinNative(k, V.Broadcast(4) - k), V.Broadcast(1))));
        }
    }

    [MethodImpl(Inline)]
    private static V Cut<V>(V x)
        where V : unmanaged, ISimd<V> => V.MinNative(V.MaxNative(x, V.Broadcast(0)), V.Broadcast(1));
}
