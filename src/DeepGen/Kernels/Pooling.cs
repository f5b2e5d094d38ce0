using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>Two-dimensional maximum and average pools of NCHW tensors and their gradients. The epilogue's row is the channel.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Pooling
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const int PlaneSlot = 15;

    /// <summary>y = epilogue(greatest element of every window). NaN counts as greatest; a window without any element gives −∞.</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="s">Geometry.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="x">Input [batch, C, H, W].</param>
    /// <param name="y">Output [batch, C, OH, OW].</param>
    /// <param name="epilogue">Applied to every maximum.</param>
    public static void Max<E>(Workers w, in PoolShape s, nint batch, float* x, float* y, in E epilogue)
        where E : struct, IEpilogue => Start(w, s, batch, x, null, y, epilogue, &Planes<Maximum, E>);

    /// <summary>y = epilogue(mean of every window).</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="s">Geometry.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="x">Input [batch, C, H, W].</param>
    /// <param name="y">Output [batch, C, OH, OW].</param>
    /// <param name="epilogue">Applied to every mean.</param>
    public static void Average<E>(Workers w, in PoolShape s, nint batch, float* x, float* y, in E epilogue)
        where E : struct, IEpilogue => Start(w, s, batch, x, null, y, epilogue, &Planes<Mean, E>);

    /// <summary>dx = epilogue(Σ dy of the windows whose maximum the element is). The first maximum of a window in row-major order gets the gradient; NaN counts as maximum.</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="s">Geometry of the forward pool.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="x">Input of the forward pool [batch, C, H, W].</param>
    /// <param name="dy">Gradient of the output [batch, C, OH, OW].</param>
    /// <param name="dx">Gradient of the input [batch, C, H, W].</param>
    /// <param name="epilogue">Applied to every finished sum.</param>
    public static void MaxGrad<E>(Workers w, in PoolShape s, nint batch, float* x, float* dy, float* dx, in E epilogue)
        where E : struct, IEpilogue => Start(w, s, batch, x, dy, dx, epilogue, &MaxGradPlanes<E>);

    /// <summary>dx = epilogue(Σ dy / window size over the windows that saw the element).</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="s">Geometry of the forward pool.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="dy">Gradient of the output [batch, C, OH, OW].</param>
    /// <param name="dx">Gradient of the input [batch, C, H, W].</param>
    /// <param name="epilogue">Applied to every finished sum.</param>
    public static void AverageGrad<E>(Workers w, in PoolShape s, nint batch, float* dy, float* dx, in E epilogue)
        where E : struct, IEpilogue => Start(w, s, batch, null, dy, dx, epilogue, &AverageGradPlanes<E>);

    private static void Start<E>(Workers w, in PoolShape s, nint batch, float* x, float* dy, float* result, in E epilogue, delegate*<void*, nint, nint, void> body)
        where E : struct, IEpilogue
    {
        var e = epilogue;
        var job = new Job { S = s, X = x, Dy = dy, Result = result, Epilogue = Unsafe.AsPointer(ref e) };
        w.For(batch * s.Channels, 2d * s.OutHeight * s.OutWidth * s.KernelHeight * s.KernelWidth, &job, body);
    }

    [MethodImpl(Optimize)]
    private static void Planes<K, E>(void* args, nint begin, nint end)
        where K : struct, IWindow
        where E : struct, IEpilogue
    {
        var job = (Job*)args;
        ref var s = ref job->S;
        // Columns whose windows lie wholly inside the image, so that a vector of them needs no test.
        var first = (s.PadLeft + s.StrideWidth - 1) / s.StrideWidth;
        var last = s.Width + s.PadLeft >= s.KernelWidth ? Math.Min(s.OutWidth, (s.Width + s.PadLeft - s.KernelWidth) / s.StrideWidth + 1) : 0;
        first = Math.Min(first, s.OutWidth);
        last = Math.Max(last, first);
        for (var plane = begin; plane < end; plane++)
        {
            for (var p = 0; p < s.OutHeight; p++)
            {
                var q = 0;
                Columns<F1, K, E>(job, plane, p, ref q, first);
                if (Simd.Level >= 512)
                    Columns<F512, K, E>(job, plane, p, ref q, last);
                if (Simd.Level >= 256)
                    Columns<F256, K, E>(job, plane, p, ref q, last);
                Columns<F128, K, E>(job, plane, p, ref q, last);
                Columns<F1, K, E>(job, plane, p, ref q, s.OutWidth);
            }
        }
    }

    [MethodImpl(Inline)]
    private static void Columns<V, K, E>(Job* job, nint plane, int p, ref int q, int end)
        where V : unmanaged, ISimd<V>
        where K : struct, IWindow
        where E : struct, IEpilogue
    {
        ref var s = ref job->S;
        ref var e = ref Unsafe.AsRef<E>(job->Epilogue);
        var x = job->X + plane * s.Height * s.Width;
        var top = p * s.StrideHeight - s.PadTop;
        var rows = Clip(top, s.KernelHeight, s.Height);
        for (; q <= end - V.Width; q += V.Width)
        {
            var left = q * s.StrideWidth - s.PadLeft;
            // A vector's windows are inside; a single one may overhang.
            var columns = V.Width == 1 ? Clip(left, s.KernelWidth, s.Width) : (Begin: 0, End: s.KernelWidth);
            var acc = V.Broadcast(K.Start);
            for (var i = rows.Begin; i < rows.End; i++)
            {
                var row = x + (nint)(top + i) * s.Width + left;
                for (var j = columns.Begin; j < columns.End; j++)
                    acc = K.Add(acc, V.LoadStrided(row + j, s.StrideWidth));
            }
            var seen = s.CountPadding ? s.KernelHeight * s.KernelWidth : Math.Max(0, rows.End - rows.Begin) * Math.Max(0, columns.End - columns.Begin);
            var pixel = (nint)p * s.OutWidth + q;
            var index = plane * s.OutHeight * s.OutWidth + pixel;
            V.Store(job->Result + index, e.Apply(K.Finish(acc, seen), plane % s.Channels, pixel, index));
        }
    }

    [MethodImpl(Optimize)]
    private static void MaxGradPlanes<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var job = (Job*)args;
        ref var s = ref job->S;
        var size = (nint)s.Height * s.Width;
        var sums = Workers.Scratch(PlaneSlot, size);
        for (var plane = begin; plane < end; plane++)
        {
            new Span<float>(sums, (int)size).Clear();
            var x = job->X + plane * size;
            var dy = job->Dy + plane * s.OutHeight * s.OutWidth;
            for (var p = 0; p < s.OutHeight; p++)
            {
                var rows = Clip(p * s.StrideHeight - s.PadTop, s.KernelHeight, s.Height);
                for (var q = 0; q < s.OutWidth; q++)
                {
                    var columns = Clip(q * s.StrideWidth - s.PadLeft, s.KernelWidth, s.Width);
                    nint best = -1;
                    for (var i = rows.Begin; i < rows.End; i++)
                    {
                        var offset = (nint)(p * s.StrideHeight - s.PadTop + i) * s.Width + q * s.StrideWidth - s.PadLeft;
                        for (var j = columns.Begin; j < columns.End; j++)
                        {
                            // Not "greater than": a NaN wins over every number, and the last NaN of a window over earlier ones, as in PyTorch.
                            if (best < 0 || x[offset + j] > x[best] || float.IsNaN(x[offset + j]))
                                best = offset + j;
                        }
                    }
                    if (best >= 0)
                        sums[best] += dy[(nint)p * s.OutWidth + q];
                }
            }
            Finish<E>(job, plane, sums, size);
        }
    }

    [MethodImpl(Optimize)]
    private static void AverageGradPlanes<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var job = (Job*)args;
        ref var s = ref job->S;
        var size = (nint)s.Height * s.Width;
        var sums = Workers.Scratch(PlaneSlot, size);
        for (var plane = begin; plane < end; plane++)
        {
            new Span<float>(sums, (int)size).Clear();
            var dy = job->Dy + plane * s.OutHeight * s.OutWidth;
            for (var p = 0; p < s.OutHeight; p++)
            {
                var rows = Clip(p * s.StrideHeight - s.PadTop, s.KernelHeight, s.Height);
                for (var q = 0; q < s.OutWidth; q++)
                {
                    var columns = Clip(q * s.StrideWidth - s.PadLeft, s.KernelWidth, s.Width);
                    var seen = s.CountPadding ? s.KernelHeight * s.KernelWidth : Math.Max(0, rows.End - rows.Begin) * Math.Max(0, columns.End - columns.Begin);
                    var share = dy[(nint)p * s.OutWidth + q] / seen;
                    for (var i = rows.Begin; i < rows.End; i++)
                    {
                        var row = sums + (nint)(p * s.StrideHeight - s.PadTop + i) * s.Width + q * s.StrideWidth - s.PadLeft;
                        for (var j = columns.Begin; j < columns.End; j++)
                            row[j] += share;
                    }
                }
            }
            Finish<E>(job, plane, sums, size);
        }
    }

    /// <summary>Stores one finished plane of a gradient through the epilogue.</summary>
    [MethodImpl(Inline)]
    private static void Finish<E>(Job* job, nint plane, float* sums, nint size)
        where E : struct, IEpilogue
    {
        var body = new Through<E>(ref Unsafe.AsRef<E>(job->Epilogue), sums, job->Result, plane % job->S.Channels, 0, plane * size);
        Simd.Map(in body, size);
    }

    /// <summary>The part [begin, end) of a window of the given length at start that lies within [0, extent).</summary>
    [MethodImpl(Inline)]
    private static (int Begin, int End) Clip(int start, int length, int extent) => (Math.Max(0, -start), Math.Min(length, extent - start));

    /// <summary>How the elements of a window become one.</summary>
    private interface IWindow
    {
        static abstract float Start { get; }

        static abstract V Add<V>(V acc, V x)
            where V : unmanaged, ISimd<V>;

        static abstract V Finish<V>(V acc, int count)
            where V : unmanaged, ISimd<V>;
    }

    private readonly struct Maximum : IWindow
    {
        public static float Start => float.NegativeInfinity;

        [MethodImpl(Inline)]
        public static V Add<V>(V acc, V x)
            where V : unmanaged, ISimd<V> => V.Max(acc, x);

        [MethodImpl(Inline)]
        public static V Finish<V>(V acc, int count)
            where V : unmanaged, ISimd<V> => acc;
    }

    private readonly struct Mean : IWindow
    {
        public static float Start => 0;

        [MethodImpl(Inline)]
        public static V Add<V>(V acc, V x)
            where V : unmanaged, ISimd<V> => acc + x;

        [MethodImpl(Inline)]
        public static V Finish<V>(V acc, int count)
            where V : unmanaged, ISimd<V> => acc * V.Broadcast(1f / count);
    }

    private struct Job
    {
        public PoolShape S;
        public float* X;
        public float* Dy;
        public float* Result;
        public void* Epilogue;
    }
}
