using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepGen.Kernels;

/// <summary>Two-dimensional maximum and average pools of NCHW tensors and their gradients. The epilogue's row is the channel.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Pooling
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const int PlaneSlot = 15;
    private const int ShareSlot = 14;
    private const int SpreadSlot = 13;
    private const int ScaledSlot = 12;

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
        where E : struct, IEpilogue => Start(w, s, batch, x, dy, dx, epilogue, &MaximumPlanes<Scatter, E>);

    /// <summary>y = epilogue(value of g where x has the window's maximum): the derivative of MaxGrad, and the same rule for ties.</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="s">Geometry.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="x">Input of the forward pool [batch, C, H, W].</param>
    /// <param name="g">Values to choose from [batch, C, H, W].</param>
    /// <param name="y">Output [batch, C, OH, OW].</param>
    /// <param name="epilogue">Applied to every chosen value.</param>
    public static void MaxPick<E>(Workers w, in PoolShape s, nint batch, float* x, float* g, float* y, in E epilogue)
        where E : struct, IEpilogue => Start(w, s, batch, x, g, y, epilogue, &MaximumPlanes<Gather, E>);

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
        var job = new Job { S = s, X = x, Dy = dy, Result = result, Epilogue = Unsafe.AsPointer(ref e), Planes = batch * s.Channels };
        w.For(batch * s.Channels, 2d * s.OutHeight * s.OutWidth * s.KernelHeight * s.KernelWidth, &job, body);
    }

    /// <summary>
    /// Windows are separable: first the rows of every window become one, with the columns that overhang filled in, then its columns. Where windows
    /// neither overlap nor leave gaps, the shortened rows lie end to end and the second part runs over the whole plane at once.
    /// </summary>
    [MethodImpl(Optimize)]
    private static void Planes<K, E>(void* args, nint begin, nint end)
        where K : struct, IWindow
        where E : struct, IEpilogue
    {
        var job = (Job*)args;
        ref var s = ref job->S;
        var rowLength = (nint)(s.OutWidth - 1) * s.StrideWidth + s.KernelWidth;
        var isSeamless = s.KernelWidth <= s.StrideWidth && (nint)s.OutWidth * s.StrideWidth <= s.Width && s.PadLeft == 0;
        if (isSeamless)
            rowLength = (nint)s.OutWidth * s.StrideWidth;
        // Columns of the window row that lie inside the image.
        var first = Math.Min(rowLength, s.PadLeft);
        var last = Math.Max(first, Math.Min(rowLength, s.Width + s.PadLeft));
        var size = (nint)s.OutHeight * s.OutWidth;
        var rows = Workers.Scratch(PlaneSlot, rowLength * s.OutHeight + 2 * 16);
        var shares = Shares<K>(ref s);
        var tensorEnd = job->X + job->Planes * s.Height * s.Width;
        for (var plane = begin; plane < end; plane++)
        {
            var x = job->X + plane * s.Height * s.Width - s.PadLeft;
            for (var p = 0; p < s.OutHeight; p++)
            {
                var top = p * s.StrideHeight - s.PadTop;
                var inside = Clip(top, s.KernelHeight, s.Height);
                var row = rows + p * rowLength;
                if (inside.Begin >= inside.End)
                {
                    Fill<K>(row, rowLength);
                    continue;
                }
                Fill<K>(row, first);
                var from = x + (nint)(top + inside.Begin) * s.Width + first;
                var lastRow = from + (nint)(inside.End - inside.Begin - 1) * s.Width;
                if (Simd.Level >= 512)
                    Vertical<F512, K>(from, s.Width, lastRow, tensorEnd, row + first, last - first);
                else if (Simd.Level >= 256)
                    Vertical<F256, K>(from, s.Width, lastRow, tensorEnd, row + first, last - first);
                else
                    Vertical<F128, K>(from, s.Width, lastRow, tensorEnd, row + first, last - first);
                Fill<K>(row + last, rowLength - last);
            }
            ref var e = ref Unsafe.AsRef<E>(job->Epilogue);
            if (isSeamless)
            {
                var body = new Horizontal<K, E>(ref e, rows, ref s, shares, job->Result, plane % s.Channels, 0, plane * size);
                Simd.Map(in body, size);
                continue;
            }
            for (nint p = 0; p < s.OutHeight; p++)
            {
                var body = new Horizontal<K, E>(ref e, rows + p * rowLength, ref s, shares, job->Result, plane % s.Channels, p * s.OutWidth, plane * size + p * s.OutWidth);
                Simd.Map(in body, s.OutWidth);
            }
        }
    }

    /// <summary>
    /// target[i] = the rows from … lastRow become one, for i &lt; count. In whole vectors as far as the tensor goes: what they write too much is overwritten
    /// by what comes next.
    /// </summary>
    [MethodImpl(Inline)]
    private static void Vertical<V, K>(float* from, nint step, float* lastRow, float* tensorEnd, float* target, nint count)
        where V : unmanaged, ISimd<V>
        where K : struct, IWindow
    {
        nint i = 0;
        for (; i < count && lastRow + i + V.Width <= tensorEnd; i += V.Width)
        {
            var acc = V.Load(from + i);
            for (var row = from + step; row <= lastRow; row += step)
                acc = K.Add(acc, V.Load(row + i));
            V.Store(target + i, acc);
        }
        for (; i < count; i++)
        {
            var acc = F1.Load(from + i);
            for (var row = from + step; row <= lastRow; row += step)
                acc = K.Add(acc, F1.Load(row + i));
            F1.Store(target + i, acc);
        }
    }

    /// <summary>1 / (elements inside) of every window where windows differ, else null.</summary>
    private static float* Shares<K>(ref PoolShape s)
        where K : struct, IWindow
    {
        var isInside = s.PadTop == 0 && s.PadLeft == 0 && (s.OutHeight - 1) * s.StrideHeight + s.KernelHeight <= s.Height && (s.OutWidth - 1) * s.StrideWidth + s.KernelWidth <= s.Width;
        if (!K.IsMean || isInside || (s.CountPadding && s.PadBottom < 0 && s.PadRight < 0))
            return null;
        var shares = Workers.Scratch(ShareSlot, (nint)s.OutHeight * s.OutWidth);
        for (var p = 0; p < s.OutHeight; p++)
        {
            for (var q = 0; q < s.OutWidth; q++)
                shares[(nint)p * s.OutWidth + q] = 1f / Seen(ref s, p, q);
        }
        return shares;
    }

    /// <summary>Elements that count in the mean of window (p, q).</summary>
    private static int Seen(ref PoolShape s, int p, int q) => s.CountPadding
        ? Covered(p * s.StrideHeight - s.PadTop, s.KernelHeight, s.Height, s.PadBottom) * Covered(q * s.StrideWidth - s.PadLeft, s.KernelWidth, s.Width, s.PadRight)
        : Inside(p * s.StrideHeight - s.PadTop, s.KernelHeight, s.Height) * Inside(q * s.StrideWidth - s.PadLeft, s.KernelWidth, s.Width);

    private static int Covered(int start, int length, int extent, int border) => border < 0 ? length : Math.Min(length, extent + border - start);

    private static int Inside(int start, int length, int extent)
    {
        var (begin, end) = Clip(start, length, extent);
        return Math.Max(0, end - begin);
    }

    [MethodImpl(Inline)]
    private static void Fill<K>(float* target, nint count)
        where K : struct, IWindow
    {
        for (nint i = 0; i < count; i++)
            target[i] = K.Start;
    }

    /// <summary>
    /// The place of every window's maximum is found in vectors of windows, where they lie wholly between the left and right edge; then a value moves to it or from it.
    /// </summary>
    [MethodImpl(Optimize)]
    private static void MaximumPlanes<M, E>(void* args, nint begin, nint end)
        where M : struct, IMove
        where E : struct, IEpilogue
    {
        var job = (Job*)args;
        ref var s = ref job->S;
        var size = (nint)s.Height * s.Width;
        var outSize = (nint)s.OutHeight * s.OutWidth;
        var resultSize = M.ToWindow ? outSize : size;
        var sums = Workers.Scratch(PlaneSlot, resultSize);
        var places = Workers.Scratch(SpreadSlot, s.OutWidth);
        var first = Math.Min(s.OutWidth, (s.PadLeft + s.StrideWidth - 1) / s.StrideWidth);
        var last = s.Width + s.PadLeft >= s.KernelWidth ? Math.Min(s.OutWidth, (s.Width + s.PadLeft - s.KernelWidth) / s.StrideWidth + 1) : 0;
        for (var plane = begin; plane < end; plane++)
        {
            Packing.Zero(sums, resultSize);
            var x = job->X + plane * size;
            var values = job->Dy + plane * (M.ToWindow ? size : outSize);
            for (var p = 0; p < s.OutHeight; p++)
            {
                var window = (nint)p * s.OutWidth;
                var top = p * s.StrideHeight - s.PadTop;
                var rows = Clip(top, s.KernelHeight, s.Height);
                if (rows.Begin >= rows.End)
                    continue;
                var origin = (nint)(top + rows.Begin) * s.Width - s.PadLeft;
                for (var q = 0; q < s.OutWidth; q++)
                {
                    if (q == first && last > first)
                    {
                        var body = new Places(x + origin, s.StrideWidth, s.Width, rows.End - rows.Begin, s.KernelWidth, places);
                        Simd.Map(in body, first, last);
                        for (; q < last; q++)
                            M.Move(values, sums, origin + q * s.StrideWidth + float.ConvertToIntegerNative<int>(places[q]), window + q);
                        if (q == s.OutWidth)
                            break;
                    }
                    var left = q * s.StrideWidth - s.PadLeft;
                    var columns = Clip(left, s.KernelWidth, s.Width);
                    nint best = -1;
                    for (var i = rows.Begin; i < rows.End; i++)
                    {
                        for (var j = columns.Begin; j < columns.End; j++)
                        {
                            var at = (nint)(top + i) * s.Width + left + j;
                            if (best < 0 || x[at] > x[best] || float.IsNaN(x[at]))
                                best = at;
                        }
                    }
                    if (best >= 0)
                        M.Move(values, sums, best, window + q);
                }
            }
            Finish<E>(job, plane, sums, resultSize);
        }
    }

    /// <summary>Separable as the forward pass: the share of every window is spread over its columns, then over its rows.</summary>
    [MethodImpl(Optimize)]
    private static void AverageGradPlanes<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var job = (Job*)args;
        ref var s = ref job->S;
        var size = (nint)s.Height * s.Width;
        var outSize = (nint)s.OutHeight * s.OutWidth;
        var sums = Workers.Scratch(PlaneSlot, size + 16);
        var spread = Workers.Scratch(SpreadSlot, Math.Max(outSize * 2, s.Width) + 16);
        var scaled = Workers.Scratch(ScaledSlot, outSize);
        var shares = Shares<Mean>(ref s);
        var isDoubling = s.KernelWidth == 2 && s.StrideWidth == 2 && s.PadLeft == 0 && s.Width == 2 * s.OutWidth;
        // Every row of dx belongs to one window row: rows can be stored instead of added.
        var isTiling = s.KernelHeight == s.StrideHeight && s.PadTop == 0 && s.Height == s.OutHeight * s.StrideHeight;
        for (var plane = begin; plane < end; plane++)
        {
            var scale = new Scaled(job->Dy + plane * outSize, shares, 1f / (s.KernelHeight * s.KernelWidth), scaled);
            Simd.Map(in scale, outSize);
            if (isDoubling)
                Double(scaled, spread, outSize);
            if (!isTiling)
                Packing.Zero(sums, size);
            for (var p = 0; p < s.OutHeight; p++)
            {
                var row = spread;
                if (isDoubling)
                    row = spread + (nint)p * s.Width;
                else
                    Spread(ref s, scaled + (nint)p * s.OutWidth, row);
                var top = p * s.StrideHeight - s.PadTop;
                var rows = Clip(top, s.KernelHeight, s.Height);
                for (var i = rows.Begin; i < rows.End; i++)
                {
                    var target = sums + (nint)(top + i) * s.Width;
                    if (isTiling)
                    {
                        Packing.Copy(row, target, s.Width);
                        continue;
                    }
                    var add = new Addition(row, target);
                    Simd.Map(in add, s.Width);
                }
            }
            Finish<E>(job, plane, sums, size);
        }
    }

    /// <summary>row[w] = Σ of the values whose windows cover column w.</summary>
    private static void Spread(ref PoolShape s, float* values, float* row)
    {
        Packing.Zero(row, s.Width);
        for (var q = 0; q < s.OutWidth; q++)
        {
            var left = q * s.StrideWidth - s.PadLeft;
            var columns = Clip(left, s.KernelWidth, s.Width);
            for (var j = columns.Begin; j < columns.End; j++)
                row[left + j] += values[q];
        }
    }

    /// <summary>target[2i] = target[2i + 1] = source[i].</summary>
    [MethodImpl(Inline)]
    private static void Double(float* source, float* target, nint count)
    {
        nint i = 0;
        for (; i <= count - 4; i += 4)
        {
            var v = Vector128.Load(source + i);
            Vector128.Shuffle(v, Vector128.Create(0, 0, 1, 1)).Store(target + 2 * i);
            Vector128.Shuffle(v, Vector128.Create(2, 2, 3, 3)).Store(target + 2 * i + 4);
        }
        for (; i < count; i++)
            target[2 * i] = target[2 * i + 1] = source[i];
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

        static abstract bool IsMean { get; }
    }

    private readonly struct Maximum : IWindow
    {
        public static float Start => float.NegativeInfinity;

        public static bool IsMean => false;

        [MethodImpl(Inline)]
        public static V Add<V>(V acc, V x)
            where V : unmanaged, ISimd<V> => V.Max(acc, x);
    }

    private readonly struct Mean : IWindow
    {
        public static float Start => 0;

        public static bool IsMean => true;

        [MethodImpl(Inline)]
        public static V Add<V>(V acc, V x)
            where V : unmanaged, ISimd<V> => acc + x;
    }

    /// <summary>What moves between a window and its maximum.</summary>
    private interface IMove
    {
        /// <summary>Whether the result has a value for each window, or one for each element of the map.</summary>
        static abstract bool ToWindow { get; }

        static abstract void Move(float* values, float* result, nint maximum, nint window);
    }

    private readonly struct Scatter : IMove
    {
        public static bool ToWindow => false;

        [MethodImpl(Inline)]
        public static void Move(float* values, float* result, nint maximum, nint window) => result[maximum] += values[window];
    }

    private readonly struct Gather : IMove
    {
        public static bool ToWindow => true;

        [MethodImpl(Inline)]
        public static void Move(float* values, float* result, nint maximum, nint window) => result[window] = values[maximum];
    }

    /// <summary>Columns of a window become one, which is stored through the epilogue.</summary>
    private readonly struct Horizontal<K, E> : IMap
        where K : struct, IWindow
        where E : struct, IEpilogue
    {
        private readonly E epilogue;
        private readonly float* source;
        private readonly nint stride;
        private readonly int columns;
        private readonly float share;
        private readonly float* shares;
        private readonly float* target;
        private readonly nint row;
        private readonly nint column;
        private readonly nint index;

        public Horizontal(ref E epilogue, float* source, ref PoolShape s, float* shares, float* target, nint row, nint column, nint index)
        {
            this.epilogue = epilogue;
            this.source = source;
            stride = s.StrideWidth;
            columns = s.KernelWidth;
            share = 1f / (s.KernelHeight * s.KernelWidth);
            this.shares = shares;
            this.target = target;
            this.row = row;
            this.column = column;
            this.index = index;
        }

        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V>
        {
            var from = source + i * stride;
            var acc = V.LoadStrided(from, stride);
            for (var j = 1; j < columns; j++)
                acc = K.Add(acc, V.LoadStrided(from + j, stride));
            if (K.IsMean)
                acc *= shares == null ? V.Broadcast(share) : V.Load(shares + column + i);
            V.Store(target + index + i, epilogue.Apply(acc, row, column + i, index + i));
        }
    }

    /// <summary>places[q] = offset of the maximum from the first element of window q. A NaN wins over every number, and over earlier NaNs, as in PyTorch.</summary>
    private readonly struct Places(float* source, int stride, int step, int rows, int columns, float* places) : IMap
    {
        private readonly float* source = source;
        private readonly nint stride = stride;
        private readonly nint step = step;
        private readonly int rows = rows;
        private readonly int columns = columns;
        private readonly float* places = places;

        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V>
        {
            var from = source + i * stride;
            var best = V.LoadStrided(from, stride);
            var place = V.Broadcast(0);
            for (var r = 0; r < rows; r++)
            {
                for (var c = r == 0 ? 1 : 0; c < columns; c++)
                {
                    var x = V.LoadStrided(from + r * step + c, stride);
                    var wins = V.Or(V.GreaterThan(x, best), V.Not(V.Equal(x, x)));
                    best = V.Select(wins, x, best);
                    place = V.Select(wins, V.Broadcast(r * step + c), place);
                }
            }
            V.Store(places + i, place);
        }
    }

    private readonly struct Scaled(float* source, float* shares, float share, float* target) : IMap
    {
        private readonly float* source = source;
        private readonly float* shares = shares;
        private readonly float share = share;
        private readonly float* target = target;

        [MethodImpl(Inline)]
        public void At<V>(nint i)
            where V : unmanaged, ISimd<V> =>
            V.Store(target + i, V.Load(source + i) * (shares == null ? V.Broadcast(share) : V.Load(shares + i)));
    }

    private struct Job
    {
        public PoolShape S;
        public float* X;
        public float* Dy;
        public float* Result;
        public void* Epilogue;

        /// <summary>Planes of the whole tensor.</summary>
        public nint Planes;
    }
}
