using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>The body of a reduction.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IReduce
{
    /// <summary>The values of elements i … i + V.Width − 1. Mark it for aggressive inlining.</summary>
    /// <typeparam name="V">Vector type of this step.</typeparam>
    /// <param name="i">First element.</param>
    V At<V>(nint i)
        where V : unmanaged, ISimd<V>;
}

/// <summary>The body of two or three sums over the same elements.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IReduceTogether
{
    /// <summary>Adds the values of elements i … i + V.Width − 1. Mark it for aggressive inlining.</summary>
    /// <typeparam name="V">Vector type of this step.</typeparam>
    /// <param name="i">First element.</param>
    /// <param name="a">The first sum.</param>
    /// <param name="b">The second sum.</param>
    /// <param name="c">The third sum, which may stay as it is.</param>
    void At<V>(nint i, ref V a, ref V b, ref V c)
        where V : unmanaged, ISimd<V>;
}

/// <summary>Sums over the same elements.</summary>
/// <param name="A">The first.</param>
/// <param name="B">The second.</param>
/// <param name="C">The third.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct Sums(double A, double B, double C)
{
    /// <summary>The sums over the elements of both.</summary>
    public static Sums operator +(Sums x, Sums y) => new(x.A + y.A, x.B + y.B, x.C + y.C);
}

/// <summary>Count, sum and squared deviations of some values, so that those of others can join: T. Chan, G. Golub and R. LeVeque 1979.</summary>
/// <param name="Count">The number of values.</param>
/// <param name="Sum">Σx, the same bits as a sum alone gives.</param>
/// <param name="SquaredDeviations">Σ(x − mean)².</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct Moments(double Count, double Sum, double SquaredDeviations)
{
    /// <summary>The moments of the values of both.</summary>
    public static Moments operator +(Moments x, Moments y)
    {
        if (x.Count == 0) return y;
        if (y.Count == 0) return x;
        var count = x.Count + y.Count;
        var apart = (y.Sum / y.Count) - (x.Sum / x.Count);
        return new Moments(count, x.Sum + y.Sum, x.SquaredDeviations + y.SquaredDeviations + (apart * apart * x.Count * y.Count / count));
    }
}

/// <content>
/// Reductions. Elements are a row, or rows of the same length whose beginnings lie <c>step</c> elements apart, such as a channel of all samples. Blocks of about 1024
/// elements are reduced in float in a fixed tree and their results joined in double, so that digits are not lost however many there are.
/// </content>
public static partial class Simd
{
    /// <summary>Elements that are summed in float; sums of such blocks are added in double.</summary>
    private const nint Block = 1024;

    /// <summary>Σ of the body's values over elements 0 … count − 1; zero when there are none.</summary>
    /// <typeparam name="B">Type of the body.</typeparam>
    /// <param name="body">The body.</param>
    /// <param name="count">Number of elements.</param>
    public static float Sum<B>(ref readonly B body, nint count)
        where B : struct, IReduce => (float)SumDouble(in body, count);

    /// <summary>Σ of the body's values over elements 0 … count − 1.</summary>
    /// <typeparam name="B">Type of the body.</typeparam>
    /// <param name="body">The body.</param>
    /// <param name="count">Number of elements.</param>
    public static double SumDouble<B>(ref readonly B body, nint count)
        where B : struct, IReduce => SumDouble(in body, 1, 0, count);

    /// <summary>Σ of the body's values over rows.</summary>
    /// <typeparam name="B">Type of the body.</typeparam>
    /// <param name="body">The body.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="step">Elements from the beginning of a row to that of the next.</param>
    /// <param name="count">Elements of a row.</param>
    public static double SumDouble<B>(ref readonly B body, nint rows, nint step, nint count)
        where B : struct, IReduce
    {
        ref var b = ref Unsafe.AsRef(in body);
        var total = 0d;
        for (var blocks = new Blocks(rows, step, count); blocks.Next();)
            total += SumOf(ref b, in blocks);
        return total;
    }

    /// <summary>Two or three sums over rows, in one walk.</summary>
    /// <typeparam name="B">Type of the body.</typeparam>
    /// <param name="body">The body.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="step">Elements from the beginning of a row to that of the next.</param>
    /// <param name="count">Elements of a row.</param>
    public static Sums SumsDouble<B>(ref readonly B body, nint rows, nint step, nint count)
        where B : struct, IReduceTogether
    {
        ref var b = ref Unsafe.AsRef(in body);
        var total = default(Sums);
        for (var blocks = new Blocks(rows, step, count); blocks.Next();)
        {
            total += Level >= 512 ? SumsRun<F512, B>(ref b, in blocks)
                : Level >= 256 ? SumsRun<F256, B>(ref b, in blocks)
                : SumsRun<F128, B>(ref b, in blocks);
        }
        return total;
    }

    /// <summary>Mean and squared deviations of the body's values over rows: each block is read from memory once, and once more from the cache.</summary>
    /// <typeparam name="B">Type of the body.</typeparam>
    /// <param name="body">The body.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="step">Elements from the beginning of a row to that of the next.</param>
    /// <param name="count">Elements of a row.</param>
    public static Moments MomentsDouble<B>(ref readonly B body, nint rows, nint step, nint count)
        where B : struct, IReduce
    {
        ref var b = ref Unsafe.AsRef(in body);
        var total = default(Moments);
        for (var blocks = new Blocks(rows, step, count); blocks.Next();)
        {
            double elements = blocks.Rows * blocks.Count;
            var sum = SumOf(ref b, in blocks);
            var mean = sum / elements;
            var deviations = new SquaredDeviations<B>(b, (float)mean);
            // The float next to the mean is not the mean: what that adds is known.
            var rounded = mean - (float)mean;
            total += new Moments(elements, sum, Math.Max(0, SumOf(ref deviations, in blocks) - (elements * rounded * rounded)));
        }
        return total;
    }

    /// <summary>Greatest of the body's values over elements 0 … count − 1; −∞ when there are none, NaN when any is NaN.</summary>
    /// <typeparam name="B">Type of the body.</typeparam>
    /// <param name="body">The body.</param>
    /// <param name="count">Number of elements.</param>
    public static float Max<B>(ref readonly B body, nint count)
        where B : struct, IReduce
    {
        ref var b = ref Unsafe.AsRef(in body);
        nint i = 0;
        var max = Level >= 512 ? MaxRun<F512, B>(ref b, ref i, count)
            : Level >= 256 ? MaxRun<F256, B>(ref b, ref i, count)
            : MaxRun<F128, B>(ref b, ref i, count);
        return i < count ? MathF.Max(max, MaxRun<F1, B>(ref b, ref i, count)) : max;
    }

    private static double SumOf<B>(ref B body, ref readonly Blocks block)
        where B : struct, IReduce =>
        Level >= 512 ? SumRun<F512, B>(ref body, in block)
        : Level >= 256 ? SumRun<F256, B>(ref body, in block)
        : SumRun<F128, B>(ref body, in block);

    [MethodImpl(Alone)]
    private static double SumRun<V, B>(ref B body, ref readonly Blocks block)
        where V : unmanaged, ISimd<V>
        where B : struct, IReduce
    {
        // A copy, so that its pointers stay in registers. As many accumulators as SumsRun has: so a sum has the same bits, alone or with others.
        var b = body;
        V s0 = V.Broadcast(0), s1 = s0;
        var rest = F1.Broadcast(0);
        var i = block.First;
        for (var row = block.Rows; row > 0; row--)
        {
            var end = i + block.Count;
            var next = i + block.Step;
            for (; i <= end - 2 * V.Width; i += 2 * V.Width)
            {
                s0 += b.At<V>(i);
                s1 += b.At<V>(i + V.Width);
            }
            for (; i <= end - V.Width; i += V.Width)
                s0 += b.At<V>(i);
            for (; i < end; i++)
                rest += b.At<F1>(i);
            i = next;
        }
        return (double)V.Sum(s0 + s1) + F1.Sum(rest);
    }

    [MethodImpl(Alone)]
    private static Sums SumsRun<V, B>(ref B body, ref readonly Blocks block)
        where V : unmanaged, ISimd<V>
        where B : struct, IReduceTogether
    {
        // Two accumulators a sum hide most of the latency of the addition: three times two, and what a body computes, are the registers of AVX2.
        var body1 = body;
        V a0 = V.Broadcast(0), b0 = a0, c0 = a0, a1 = a0, b1 = a0, c1 = a0;
        F1 a = F1.Broadcast(0), b = a, c = a;
        var i = block.First;
        for (var row = block.Rows; row > 0; row--)
        {
            var end = i + block.Count;
            var next = i + block.Step;
            for (; i <= end - 2 * V.Width; i += 2 * V.Width)
            {
                body1.At(i, ref a0, ref b0, ref c0);
                body1.At(i + V.Width, ref a1, ref b1, ref c1);
            }
            for (; i <= end - V.Width; i += V.Width)
                body1.At(i, ref a0, ref b0, ref c0);
            for (; i < end; i++)
                body1.At(i, ref a, ref b, ref c);
            i = next;
        }
        return new Sums((double)V.Sum(a0 + a1) + F1.Sum(a), (double)V.Sum(b0 + b1) + F1.Sum(b), (double)V.Sum(c0 + c1) + F1.Sum(c));
    }

    [MethodImpl(Alone)]
    private static float MaxRun<V, B>(ref B body, ref nint start, nint end)
        where V : unmanaged, ISimd<V>
        where B : struct, IReduce
    {
        var b = body;
        var i = start;
        var max = V.Broadcast(float.NegativeInfinity);
        for (; i <= end - V.Width; i += V.Width)
            max = V.Max(max, b.At<V>(i));
        start = i;
        return V.MaxAcross(max);
    }

    /// <summary>Cuts rows into blocks: parts of a long row, or several short rows.</summary>
    private struct Blocks(nint rows, nint step, nint count)
    {
        private nint row;
        private nint column;

        public nint Step { get; } = step;

        /// <summary>First element of the block's first row.</summary>
        public nint First { get; private set; }

        public nint Rows { get; private set; }

        /// <summary>Elements of each of its rows.</summary>
        public nint Count { get; private set; }

        public bool Next()
        {
            if (row >= rows || count == 0) return false;
            First = row * Step + column;
            Count = Math.Min(Block, count - column);
            Rows = count > Block ? 1 : Math.Min(Block / count, rows - row);
            column += Count;
            if (column >= count)
            {
                column = 0;
                row += Rows;
            }
            return true;
        }
    }

    private readonly struct SquaredDeviations<B>(B body, float mean) : IReduce
        where B : struct, IReduce
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V At<V>(nint i)
            where V : unmanaged, ISimd<V>
        {
            var deviation = body.At<V>(i) - V.Broadcast(mean);
            return deviation * deviation;
        }
    }
}
