using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepGen.Kernels;

/// <summary>Copies parts of matrices into the order in which the tiles read them.</summary>
internal static unsafe class Packing
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>target[i·step + j] = source[i·sourceStep + j·sourceUnit] for i &lt; count and j &lt; width; zeros for width ≤ j &lt; padded.</summary>
    public static void Panel(float* source, nint sourceStep, nint sourceUnit, nint count, nint width, float* target, nint step, nint padded)
    {
        if (padded > width)
        {
            for (nint i = 0; i < count; i++)
                Zero(target + i * step + width, padded - width);
        }
        if (sourceUnit == 1)
            Contiguous(source, sourceStep, count, width, target, step);
        else if (sourceStep == 1)
            Transposed(source, sourceUnit, count, width, target, step);
        else
            Strided(source, sourceStep, sourceUnit, count, width, target, step);
    }

    /// <summary>Copies exactly count floats.</summary>
    [MethodImpl(Inline)]
    public static void Copy(float* source, float* target, nint count)
    {
        nint i = 0;
        if (Simd.Level >= 512)
        {
            for (; i <= count - 16; i += 16)
                F512.Store(target + i, F512.Load(source + i));
        }
        if (Simd.Level >= 256)
        {
            for (; i <= count - 8; i += 8)
                F256.Store(target + i, F256.Load(source + i));
        }
        for (; i <= count - 4; i += 4)
            F128.Store(target + i, F128.Load(source + i));
        for (; i < count; i++)
            target[i] = source[i];
    }

    /// <summary>Copies source[0], source[stride], …, exactly count of them.</summary>
    [MethodImpl(Inline)]
    public static void CopyStrided(float* source, nint stride, float* target, nint count)
    {
        nint i = 0;
        if (Simd.Level >= 512)
        {
            for (; i <= count - 16; i += 16)
                F512.Store(target + i, F512.LoadStrided(source + i * stride, stride));
        }
        if (Simd.Level >= 256)
        {
            for (; i <= count - 8; i += 8)
                F256.Store(target + i, F256.LoadStrided(source + i * stride, stride));
        }
        for (; i < count; i++)
            target[i] = source[i * stride];
    }

    /// <summary>Writes exactly count zeros.</summary>
    [MethodImpl(Inline)]
    public static void Zero(float* target, nint count)
    {
        nint i = 0;
        if (Simd.Level >= 512)
        {
            for (; i <= count - 16; i += 16)
                F512.Store(target + i, F512.Broadcast(0));
        }
        for (; i <= count - 4; i += 4)
            F128.Store(target + i, F128.Broadcast(0));
        for (; i < count; i++)
            target[i] = 0;
    }

    /// <summary>
    /// Rows of a padded image: target[r·step + j] = source[r·sourceStep + j − left] for left ≤ j &lt; right, zero for the other j &lt; step. In whole vectors as far as
    /// the source's tensor goes: what a row writes too much is overwritten by the next, and up to a vector is written beyond the last.
    /// </summary>
    public static void Rows(float* source, nint sourceStep, float* tensorEnd, nint rows, float* target, nint step, nint left, nint right)
    {
        if (Simd.Level >= 512)
            Rows<F512>(source, sourceStep, tensorEnd, rows, target, step, left, right);
        else if (Simd.Level >= 256)
            Rows<F256>(source, sourceStep, tensorEnd, rows, target, step, left, right);
        else
            Rows<F128>(source, sourceStep, tensorEnd, rows, target, step, left, right);
    }

    [MethodImpl(Optimize)]
    private static void Rows<V>(float* source, nint sourceStep, float* tensorEnd, nint rows, float* target, nint step, nint left, nint right)
        where V : unmanaged, ISimd<V>
    {
        var zero = V.Broadcast(0);
        var width = right - left;
        var covered = (width + V.Width - 1) / V.Width * V.Width;
        for (nint r = 0; r < rows; r++, source += sourceStep, target += step)
        {
            for (nint j = 0; j < left; j += V.Width)
                V.Store(target + j, zero);
            var inner = target + left;
            if (source + covered <= tensorEnd)
            {
                for (nint j = 0; j < width; j += V.Width)
                    V.Store(inner + j, V.Load(source + j));
            }
            else
            {
                Copy(source, inner, width);
            }
            for (var j = right; j < step; j += V.Width)
                V.Store(target + j, zero);
        }
    }

    /// <summary>Neighbouring panels of whole rows: a row of all of them is read at a time, for what lies far apart in memory is dear to reach.</summary>
    /// <param name="source">The first row.</param>
    /// <param name="sourceStep">Floats between rows.</param>
    /// <param name="count">Rows.</param>
    /// <param name="panels">Panels.</param>
    /// <param name="width">Floats of a row in one of them.</param>
    /// <param name="target">The panels, one behind the other.</param>
    [MethodImpl(Optimize)]
    public static void Panels(float* source, nint sourceStep, nint count, nint panels, nint width, float* target)
    {
        for (nint i = 0; i < count; i++, source += sourceStep)
        {
            for (nint p = 0; p < panels; p++)
                Copy(source + p * width, target + (p * count + i) * width, width);
        }
    }

    /// <summary>
    /// As <see cref="Rows"/>, rows taken apart into two: their columns 0, 2, 4, … go to even, their columns 1, 3, 5, … to odd, left of which and right of which there are zeros. The last rows
    /// are written exactly, because the targets may be neighbours.
    /// </summary>
    public static void RowPairs(float* source, nint sourceStep, float* tensorEnd, nint rows, float* even, (nint Left, nint Right) evens, float* odd, (nint Left, nint Right) odds, nint step)
    {
        if (Simd.Level >= 512 && step > 8)
            RowPairs<F512>(source, sourceStep, tensorEnd, rows, even, evens, odd, odds, step);
        else if (Simd.Level >= 256 && step > 4)
            RowPairs<F256>(source, sourceStep, tensorEnd, rows, even, evens, odd, odds, step);
        else
            RowPairs<F128>(source, sourceStep, tensorEnd, rows, even, evens, odd, odds, step);
    }

    [MethodImpl(Optimize)]
    private static void RowPairs<V>(float* source, nint sourceStep, float* tensorEnd, nint rows, float* even, (nint Left, nint Right) evens, float* odd, (nint Left, nint Right) odds, nint step)
        where V : unmanaged, ISimd<V>
    {
        var zero = V.Broadcast(0);
        var width = Math.Max(evens.Right - evens.Left, odds.Right - odds.Left);
        var covered = 2 * ((width + V.Width - 1) / V.Width * V.Width);
        for (nint r = 0; r < rows; r++, source += sourceStep, even += step, odd += step)
        {
            if ((rows - 1 - r) * step < V.Width || source + covered > tensorEnd)
            {
                Apart(source, even, evens, step);
                Apart(source + 1, odd, odds, step);
                continue;
            }
            for (nint j = 0; j < evens.Left; j += V.Width)
                V.Store(even + j, zero);
            for (nint j = 0; j < odds.Left; j += V.Width)
                V.Store(odd + j, zero);
            for (nint j = 0; j < width; j += V.Width)
            {
                var (low, high) = V.Deinterleave(V.Load(source + 2 * j), V.Load(source + 2 * j + V.Width));
                V.Store(even + evens.Left + j, low);
                V.Store(odd + odds.Left + j, high);
            }
            for (var j = evens.Right; j < step; j += V.Width)
                V.Store(even + j, zero);
            for (var j = odds.Right; j < step; j += V.Width)
                V.Store(odd + j, zero);
        }
    }

    private static void Apart(float* source, float* target, (nint Left, nint Right) inside, nint step)
    {
        Zero(target, inside.Left);
        CopyStrided(source, 2, target + inside.Left, inside.Right - inside.Left);
        Zero(target + inside.Right, step - inside.Right);
    }

    [MethodImpl(Optimize)]
    private static void Contiguous(float* source, nint sourceStep, nint count, nint width, float* target, nint step)
    {
        for (nint i = 0; i < count; i++)
            Copy(source + i * sourceStep, target + i * step, width);
    }

    [MethodImpl(Optimize)]
    private static void Strided(float* source, nint sourceStep, nint sourceUnit, nint count, nint width, float* target, nint step)
    {
        for (nint i = 0; i < count; i++)
        {
            for (nint j = 0; j < width; j++)
                target[i * step + j] = source[i * sourceStep + j * sourceUnit];
        }
    }

    /// <summary>target[i·step + j] = source[j·sourceUnit + i], in blocks of 8 × 8 and 4 × 4 that are transposed in registers.</summary>
    [MethodImpl(Optimize)]
    private static void Transposed(float* source, nint sourceUnit, nint count, nint width, float* target, nint step)
    {
        nint j = 0;
        if (Avx.IsSupported)
        {
            for (; j <= width - 8; j += 8)
            {
                var from = source + j * sourceUnit;
                nint i = 0;
                for (; i <= count - 8; i += 8)
                    Transpose8(from + i, sourceUnit, target + i * step + j, step);
                for (; i < count; i++)
                {
                    for (nint r = 0; r < 8; r++)
                        target[i * step + j + r] = from[r * sourceUnit + i];
                }
            }
        }
        // The last four rows overlap those before: their elements are written twice.
        for (; j < width && width >= 4; j += 4)
        {
            j = Math.Min(j, width - 4);
            var from = source + j * sourceUnit;
            nint i = 0;
            if (Sse.IsSupported)
            {
                for (; i <= count - 4; i += 4)
                    Transpose4(from + i, sourceUnit, target + i * step + j, step);
            }
            for (; i < count; i++)
            {
                for (nint r = 0; r < 4; r++)
                    target[i * step + j + r] = from[r * sourceUnit + i];
            }
        }
        for (; j < width; j++)
        {
            for (nint i = 0; i < count; i++)
                target[i * step + j] = source[j * sourceUnit + i];
        }
    }

    /// <summary>target[i·step + j] = source[offsets[j] + i] for i &lt; count and j &lt; width; what else a row of step floats holds is undefined.</summary>
    /// <param name="source">Where the offsets count from.</param>
    /// <param name="offsets">Start of every run.</param>
    /// <param name="count">Length of a run.</param>
    /// <param name="width">Runs.</param>
    /// <param name="target">Rows of one element of each run.</param>
    /// <param name="step">Floats of a row, a multiple of 4 and at least width.</param>
    /// <param name="mayReadOn">Whether seven floats may be read behind a run.</param>
    [MethodImpl(Optimize)]
    public static void Gathered(float* source, nint* offsets, nint count, nint width, float* target, nint step, bool mayReadOn)
    {
        nint j = 0;
        if (Avx.IsSupported)
        {
            var rest = stackalloc float[64];
            for (; j <= width - 8; j += 8)
            {
                nint i = 0;
                for (; i <= count - 8; i += 8)
                    Transpose8(source + i, offsets + j, target + i * step + j, step);
                if (i == count)
                    continue;
                if (mayReadOn)
                {
                    Transpose8(source + i, offsets + j, rest, 8);
                    for (nint r = 0; i + r < count; r++)
                        Vector256.Load(rest + 8 * r).Store(target + (i + r) * step + j);
                    continue;
                }
                for (; i < count; i++)
                {
                    for (nint r = 0; r < 8; r++)
                        target[i * step + j + r] = source[offsets[j + r] + i];
                }
            }
        }
        for (; j < width; j++)
        {
            var from = source + offsets[j];
            for (nint i = 0; i < count; i++)
                target[i * step + j] = from[i];
        }
    }

    /// <summary>As the other overload, rows at any distance.</summary>
    [MethodImpl(Inline)]
    private static void Transpose8(float* source, nint* rows, float* target, nint step)
    {
        for (nint half = 0; half < 8; half += 4, source += 4, target += 4 * step)
        {
            var r04 = Vector256.Create(Vector128.Load(source + rows[0]), Vector128.Load(source + rows[4]));
            var r15 = Vector256.Create(Vector128.Load(source + rows[1]), Vector128.Load(source + rows[5]));
            var r26 = Vector256.Create(Vector128.Load(source + rows[2]), Vector128.Load(source + rows[6]));
            var r37 = Vector256.Create(Vector128.Load(source + rows[3]), Vector128.Load(source + rows[7]));
            Quarter(r04, r15, r26, r37, target, step);
        }
    }

    [MethodImpl(Inline)]
    private static void Transpose4(float* source, nint sourceStep, float* target, nint step)
    {
        var r0 = Vector128.Load(source);
        var r1 = Vector128.Load(source + sourceStep);
        var r2 = Vector128.Load(source + 2 * sourceStep);
        var r3 = Vector128.Load(source + 3 * sourceStep);
        var low01 = Sse.UnpackLow(r0, r1);
        var low23 = Sse.UnpackLow(r2, r3);
        var high01 = Sse.UnpackHigh(r0, r1);
        var high23 = Sse.UnpackHigh(r2, r3);
        Sse.MoveLowToHigh(low01, low23).Store(target);
        Sse.MoveHighToLow(low23, low01).Store(target + step);
        Sse.MoveLowToHigh(high01, high23).Store(target + 2 * step);
        Sse.MoveHighToLow(high23, high01).Store(target + 3 * step);
    }

    [MethodImpl(Inline)]
    private static void Transpose8(float* source, nint sourceStep, float* target, nint step)
    {
        // Rows r and r + 4 share a register, so that the transposition stays within 128-bit lanes.
        var r04 = Pair(source, 4 * sourceStep);
        var r15 = Pair(source + sourceStep, 4 * sourceStep);
        var r26 = Pair(source + 2 * sourceStep, 4 * sourceStep);
        var r37 = Pair(source + 3 * sourceStep, 4 * sourceStep);
        Quarter(r04, r15, r26, r37, target, step);
        r04 = Pair(source + 4, 4 * sourceStep);
        r15 = Pair(source + sourceStep + 4, 4 * sourceStep);
        r26 = Pair(source + 2 * sourceStep + 4, 4 * sourceStep);
        r37 = Pair(source + 3 * sourceStep + 4, 4 * sourceStep);
        Quarter(r04, r15, r26, r37, target + 4 * step, step);
    }

    [MethodImpl(Inline)]
    private static Vector256<float> Pair(float* source, nint distance) => Vector256.Create(Vector128.Load(source), Vector128.Load(source + distance));

    [MethodImpl(Inline)]
    private static void Quarter(Vector256<float> r04, Vector256<float> r15, Vector256<float> r26, Vector256<float> r37, float* target, nint step)
    {
        var low01 = Avx.UnpackLow(r04, r15).AsDouble();
        var low23 = Avx.UnpackLow(r26, r37).AsDouble();
        var high01 = Avx.UnpackHigh(r04, r15).AsDouble();
        var high23 = Avx.UnpackHigh(r26, r37).AsDouble();
        Avx.UnpackLow(low01, low23).AsSingle().Store(target);
        Avx.UnpackHigh(low01, low23).AsSingle().Store(target + step);
        Avx.UnpackLow(high01, high23).AsSingle().Store(target + 2 * step);
        Avx.UnpackHigh(high01, high23).AsSingle().Store(target + 3 * step);
    }
}
