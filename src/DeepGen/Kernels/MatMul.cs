using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>
/// Products of matrices. The result is cut into tiles of at most 12 × 32 whose sums stay in registers (<see cref="Tile"/>); k is cut into
/// blocks so that what a tile reads is in the first-level cache. One or few rows (a small batch) take paths that read b once, unpacked.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class MatMul
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;

    /// <summary>Length of a block of k: sums up to this length never leave the registers. What a tile reads streams from the second-level cache, which keeps pace.</summary>
    private const nint Depth = 512;

    /// <summary>Columns of b packed at a time while all of a fits into the third-level cache: with the strips they fit into a second-level cache of 1 MiB.</summary>
    private const nint FewColumns = 128;

    /// <summary>As FewColumns for a greater a, which then passes less often.</summary>
    private const nint ManyColumns = 1024;

    /// <summary>Floats of a up to which it is taken to stay in the third-level cache.</summary>
    private const nint LeftFloats = 2 * 1024 * 1024;

    /// <summary>Strips of a that pass while a panel stays in the second-level cache.</summary>
    private const nint StripsAtATime = 8;

    /// <summary>With fewer rows than this packing b costs more than it saves.</summary>
    private const nint FewRows = 4;

    /// <summary>Outputs of a row computed together as dot products.</summary>
    private const int Together = 8;

    private const int LeftSlot = 8;
    private const int PanelSlot = 9;
    private const int TileSlot = 10;

    /// <summary>c[m, n] = epilogue(Σₖ a(m, k)·b(k, n)), with a(m, k) = a[m·aRow + k·aCol], b(k, n) = b[k·bRow + n·bCol] and c row-major with leading dimension n.</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="a">Left factor.</param>
    /// <param name="aRow">Floats between its rows.</param>
    /// <param name="aCol">Floats between its columns.</param>
    /// <param name="b">Right factor.</param>
    /// <param name="bRow">Floats between its rows.</param>
    /// <param name="bCol">Floats between its columns.</param>
    /// <param name="c">Result; must not overlap the factors.</param>
    /// <param name="m">Rows of the result.</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="epilogue">Applied to every finished sum.</param>
    /// <param name="forms">Keeps b packed, where b are weights; null where it is packed in every call.</param>
    /// <param name="call">Number of this call in its program, which keeps its form.</param>
    public static void Run<E>(Workers w, float* a, nint aRow, nint aCol, float* b, nint bRow, nint bCol, float* c, nint m, nint n, nint k, in E epilogue, WeightForms? forms = null, nint call = -1)
        where E : struct, IEpilogue
    {
        if (m <= 0 || n <= 0)
            return;
        var e = epilogue;
        var p = new Product(a, aRow, aCol, b, bRow, bCol, c, m, n, k, Unsafe.AsPointer(ref e), false, null);
        if (forms is not null && call >= 0 && k > 0 && !IsDots(p))
            WeightForms.Get(forms, w, call, 0, PanelSlot, Panels(n) * Tile.Columns * k, &p.Right, Panels(n), 4d * k * Tile.Columns, &p, &PackRight);
        Any<E>(w, ref p);
    }

    /// <summary>
    /// As <see cref="Run"/> for every one of a number of products: those of sample i begin at i·aStep, i·bStep and i·m·n. The epilogue sees the rows of all
    /// results as one matrix. Several products are shared between threads whole, one is shared in itself.
    /// </summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="count">Products.</param>
    /// <param name="a">Left factors.</param>
    /// <param name="aStep">Floats from one to the next.</param>
    /// <param name="aRow">Floats between its rows.</param>
    /// <param name="aCol">Floats between its columns.</param>
    /// <param name="b">Right factors.</param>
    /// <param name="bStep">Floats from one to the next.</param>
    /// <param name="bRow">Floats between its rows.</param>
    /// <param name="bCol">Floats between its columns.</param>
    /// <param name="c">Results; must not overlap the factors.</param>
    /// <param name="m">Rows of a result.</param>
    /// <param name="n">Columns of a result.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="epilogue">Applied to every finished sum.</param>
    public static void RunEach<E>(Workers w, nint count, float* a, nint aStep, nint aRow, nint aCol, float* b, nint bStep, nint bRow, nint bCol, float* c, nint m, nint n, nint k, in E epilogue)
        where E : struct, IEpilogue
    {
        if (m <= 0 || n <= 0)
            return;
        if (count == 1)
        {
            Run(w, a, aRow, aCol, b, bRow, bCol, c, m, n, k, epilogue);
            return;
        }
        var e = epilogue;
        var job = new Products { One = new Product(a, aRow, aCol, b, bRow, bCol, c, m, n, k, Unsafe.AsPointer(ref e), false, null), AStep = aStep, BStep = bStep };
        w.For(count, 2d * m * n * k, &job, &EachRange<E>);
    }

    private static void EachRange<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var job = (Products*)args;
        ref var one = ref job->One;
        for (var i = begin; i < end; i++)
        {
            var e = new Below<E>(ref Unsafe.AsRef<E>(one.Epilogue), i * one.M, one.N);
            var p = new Product(one.A + i * job->AStep, one.ARow, one.ACol, one.B + i * job->BStep, one.BRow, one.BCol, one.C + i * one.M * one.N, one.M, one.N, one.K, Unsafe.AsPointer(ref e), false, null);
            if (typeof(E) == typeof(Identity))
                Any<Identity>(null, ref p);
            else
                Any<Below<E>>(null, ref p);
        }
    }

    /// <summary>The form of a weight gradient: c = (accumulate ? c : 0) + a·b, and with rowSums also rowSums[m] = (accumulate ? rowSums[m] : 0) + Σₖ a(m, k).</summary>
    /// <param name="w">Threads.</param>
    /// <param name="a">Left factor.</param>
    /// <param name="aRow">Floats between its rows.</param>
    /// <param name="aCol">Floats between its columns.</param>
    /// <param name="b">Right factor.</param>
    /// <param name="bRow">Floats between its rows.</param>
    /// <param name="bCol">Floats between its columns.</param>
    /// <param name="c">Result; must not overlap the factors.</param>
    /// <param name="m">Rows of the result.</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="accumulate">Whether to add to what stands in c and rowSums.</param>
    /// <param name="rowSums">Sums of the rows of a (a bias gradient), or null.</param>
    public static void Accumulate(Workers w, float* a, nint aRow, nint aCol, float* b, nint bRow, nint bCol, float* c, nint m, nint n, nint k, bool accumulate, float* rowSums)
    {
        if (m <= 0 || n <= 0)
            return;
        var e = default(Identity);
        var p = new Product(a, aRow, aCol, b, bRow, bCol, c, m, n, k, &e, accumulate, rowSums);
        Tiles<Identity>(w, ref p);
    }

    /// <param name="w">Threads; null where the caller is one of them.</param>
    /// <param name="p">What to compute.</param>
    private static void Any<E>(Workers? w, ref Product p)
        where E : struct, IEpilogue
    {
        if (IsDots(p))
            Dots<E>(w, ref p);
        else
            Tiles<E>(w, ref p);
    }

    /// <summary>Whether every output is computed as a dot product, from b where it stands.</summary>
    private static bool IsDots(in Product p) => p.BRow == 1 && (p.M < FewRows || p.N < FewRows) && p.K > 1;

    private static void Share(Workers? w, nint count, double flopsPerItem, void* args, delegate*<void*, nint, nint, void> body)
    {
        if (w is null)
            body(args, 0, count);
        else
            w.For(count, flopsPerItem, args, body);
    }

    private static void Tiles<E>(Workers? w, ref Product p)
        where E : struct, IEpilogue
    {
        var job = p;
        var strips = Tile.Strips(job.M);
        if (job.ARow == 1 && job.ACol <= 1024)
        {
            // k-th elements of neighbouring rows are neighbours already: the tiles read a where it stands.
            job.Left = job.A;
        }
        else
        {
            job.Left = Workers.Scratch(LeftSlot, job.M * Math.Max(1, job.K));
            job.LeftIsPacked = true;
            Share(w, strips, 4d * job.K * Tile.MaxRows, &job, &PackLeft);
        }
        Share(w, Panels(job.N) * strips, 2d * job.K * Tile.MaxRows * Tile.Columns, &job, &TileRange<E>);
    }

    /// <summary>Packs strips of a: k-th elements of a strip's rows side by side.</summary>
    private static void PackLeft(void* args, nint begin, nint end)
    {
        var p = (Product*)args;
        var strips = Tile.Strips(p->M);
        for (var s = begin; s < end; s++)
        {
            var first = Tile.StripBegin(p->M, strips, s);
            var rows = Tile.StripBegin(p->M, strips, s + 1) - first;
            Packing.Panel(p->A + first * p->ARow, p->ACol, p->ARow, p->K, rows, p->Left + first * p->K, rows, rows);
        }
    }

    /// <summary>Packs whole panels of b: as many columns as a tile takes, over all of k.</summary>
    private static void PackRight(void* args, nint begin, nint end)
    {
        var p = (Product*)args;
        for (var panel = begin; panel < end; panel++)
        {
            var column = panel * Tile.Columns;
            var width = Math.Min(Tile.Columns, p->N - column);
            var step = Vectors(width) * Tile.Lanes;
            Packing.Panel(p->B + column * p->BCol, p->BRow, p->BCol, p->K, width, p->Right + column * p->K, step, step);
        }
    }

    /// <summary>Panels of n columns.</summary>
    private static nint Panels(nint n) => (n + Tile.Columns - 1) / Tile.Columns;

    /// <summary>Vectors of a panel of this many columns.</summary>
    private static int Vectors(nint width) => width > Tile.Lanes ? 2 : 1;

    /// <summary>Tiles begin … end − 1, counted strip by strip within panel by panel: at most two ragged panels and a rectangle between them.</summary>
    private static void TileRange<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var p = (Product*)args;
        var strips = Tile.Strips(p->M);
        while (begin < end)
        {
            var panel = begin / strips;
            var strip = begin % strips;
            if (strip != 0 || end - begin < strips)
            {
                var last = Math.Min(strips, strip + end - begin);
                Rectangle<E>(p, panel, panel + 1, strip, last);
                begin += last - strip;
            }
            else
            {
                Rectangle<E>(p, panel, end / strips, 0, strips);
                begin = end / strips * strips;
            }
        }
    }

    [MethodImpl(Optimize)]
    private static void Rectangle<E>(Product* p, nint panelBegin, nint panelEnd, nint stripBegin, nint stripEnd)
        where E : struct, IEpilogue
    {
        nint lanes = Tile.Lanes, columns = Tile.Columns, tileSize = Tile.MaxRows * Tile.Columns;
        var strips = Tile.Strips(p->M);
        var several = p->K > Depth;
        // Sums over several blocks of k wait outside c: an epilogue may still have to read what stands there (a residual added in place).
        var keep = several && typeof(E) != typeof(Identity);
        var panelsAtATime = (p->M * p->K <= LeftFloats ? FewColumns : ManyColumns) / columns;
        for (var firstPanel = panelBegin; firstPanel < panelEnd; firstPanel += panelsAtATime)
        {
            var lastPanel = Math.Min(panelEnd, firstPanel + panelsAtATime);
            var tiles = Workers.Scratch(TileSlot, keep ? (lastPanel - firstPanel) * (stripEnd - stripBegin) * tileSize : tileSize);
            var packed = p->Right != null ? null : Workers.Scratch(PanelSlot, (lastPanel - firstPanel) * columns * Math.Min(Depth, p->K));
            for (nint k = 0; k == 0 || k < p->K; k += Depth)
            {
                var depth = Math.Min(Depth, p->K - k);
                var isLast = k + depth >= p->K;
                // A panel that is read by few strips is read where it stands, if its rows are contiguous and whole vectors.
                var inPlace = packed != null && p->BCol == 1 && stripEnd - stripBegin <= 2;
                if (packed != null)
                    PackPanels(p, firstPanel, lastPanel, k, depth, inPlace, packed);
                for (var firstStrip = stripBegin; firstStrip < stripEnd; firstStrip += StripsAtATime)
                {
                    var lastStrip = Math.Min(stripEnd, firstStrip + StripsAtATime);
                    for (var panel = firstPanel; panel < lastPanel; panel++)
                    {
                        var column = panel * columns;
                        var width = Math.Min(columns, p->N - column);
                        var vectors = Vectors(width);
                        nint rightStep = vectors * lanes;
                        var right = packed != null ? packed + (panel - firstPanel) * depth * columns : p->Right + column * p->K + k * rightStep;
                        if (inPlace && width % lanes == 0)
                        {
                            right = p->B + k * p->BRow + column;
                            rightStep = p->BRow;
                        }
                        for (var strip = firstStrip; strip < lastStrip; strip++)
                        {
                            var row = Tile.StripBegin(p->M, strips, strip);
                            var rows = Tile.StripBegin(p->M, strips, strip + 1) - row;
                            var left = p->LeftIsPacked ? p->Left + row * p->K + k * rows : p->Left + row + k * p->ACol;
                            var leftStep = p->LeftIsPacked ? rows : p->ACol;
                            var kernel = Tile.Kernel(rows, vectors, false);
                            var target = p->C + row * p->N + column;
                            if (typeof(E) == typeof(Identity) && width == vectors * lanes)
                            {
                                kernel(depth, left, leftStep, right, rightStep, null, target, p->N, k > 0 || p->Accumulate);
                            }
                            else
                            {
                                var tile = keep ? tiles + ((panel - firstPanel) * (stripEnd - stripBegin) + strip - stripBegin) * tileSize : tiles;
                                kernel(depth, left, leftStep, right, rightStep, null, tile, columns, keep && k > 0);
                                if (isLast || !keep)
                                    Store<E>(p, tile, row, rows, column, width, !keep && (k > 0 || p->Accumulate));
                            }
                            if (panel == 0 && p->RowSums != null)
                                SumRows(left, leftStep, depth, rows, p->RowSums + row, k > 0 || p->Accumulate);
                        }
                    }
                }
            }
        }
    }

    /// <summary>Packs a block of k of some panels, unless they are read where they stand.</summary>
    private static void PackPanels(Product* p, nint firstPanel, nint lastPanel, nint k, nint depth, bool inPlace, float* packed)
    {
        nint lanes = Tile.Lanes, columns = Tile.Columns;
        var together = inPlace || p->BCol != 1 ? 0 : Math.Min(lastPanel, p->N / columns) - firstPanel;
        if (together > 0)
            Packing.Panels(p->B + k * p->BRow + firstPanel * columns, p->BRow, depth, together, columns, packed);
        for (var panel = firstPanel + Math.Max(0, together); panel < lastPanel; panel++)
        {
            var width = Math.Min(columns, p->N - panel * columns);
            if (!inPlace || width % lanes != 0)
                Packing.Panel(p->B + k * p->BRow + panel * columns * p->BCol, p->BRow, p->BCol, depth, width, packed + (panel - firstPanel) * depth * columns, Vectors(width) * lanes, Vectors(width) * lanes);
        }
    }

    /// <summary>Stores a tile through the epilogue.</summary>
    [MethodImpl(Optimize)]
    private static void Store<E>(Product* p, float* tile, nint row, nint rows, nint column, nint width, bool accumulate)
        where E : struct, IEpilogue
    {
        ref var e = ref Unsafe.AsRef<E>(p->Epilogue);
        for (nint r = 0; r < rows; r++)
        {
            var source = tile + r * Tile.Columns;
            var index = (row + r) * p->N + column;
            if (accumulate)
            {
                for (nint j = 0; j < width; j++)
                    p->C[index + j] += source[j];
                continue;
            }
            var body = new Through<E>(ref e, source, p->C, row + r, column, index);
            Simd.Map(in body, width);
        }
    }

    /// <summary>sums[r] = (accumulate ? sums[r] : 0) + Σₖ left[k·step + r].</summary>
    [MethodImpl(Optimize)]
    private static void SumRows(float* left, nint step, nint k, nint rows, float* sums, bool accumulate)
    {
        // Four chains of sums hide the latency of the addition.
        var four = stackalloc float[4];
        nint r = 0;
        while (r < rows)
        {
            // The last four rows overlap those before; of fewer than four each is summed alone.
            var first = rows >= 4 ? Math.Min(r, rows - 4) : r;
            var count = rows >= 4 ? 4 : 1;
            nint i = 0;
            if (count == 4)
            {
                F128 s0 = F128.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
                var from = left + first;
                for (; i <= k - 4; i += 4, from += 4 * step)
                {
                    s0 += F128.Load(from);
                    s1 += F128.Load(from + step);
                    s2 += F128.Load(from + 2 * step);
                    s3 += F128.Load(from + 3 * step);
                }
                for (; i < k; i++, from += step)
                    s0 += F128.Load(from);
                F128.Store(four, s0 + s1 + (s2 + s3));
            }
            else
            {
                float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
                var from = left + first;
                for (; i <= k - 4; i += 4, from += 4 * step)
                {
                    s0 += from[0];
                    s1 += from[step];
                    s2 += from[2 * step];
                    s3 += from[3 * step];
                }
                for (; i < k; i++, from += step)
                    s0 += from[0];
                four[0] = s0 + s1 + (s2 + s3);
            }
            for (; r < first + count; r++)
                sums[r] = accumulate ? sums[r] + four[r - first] : four[r - first];
        }
    }

    /// <summary>Few rows or few columns, b contiguous along k: every output is a dot product.</summary>
    private static void Dots<E>(Workers? w, ref Product p)
        where E : struct, IEpilogue
    {
        var job = p;
        job.Left = job.A;
        if (job.ACol != 1)
        {
            job.Left = Workers.Scratch(LeftSlot, job.M * job.K);
            Packing.Panel(job.A, job.ARow, job.ACol, job.M, job.K, job.Left, job.K, job.K);
            job.ARow = job.K;
        }
        Share(w, (job.N + Together - 1) / Together, 2d * job.M * job.K * Math.Min(job.N, Together), &job, &DotRange<E>);
    }

    [MethodImpl(Optimize)]
    private static void DotRange<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var p = (Product*)args;
        ref var e = ref Unsafe.AsRef<E>(p->Epilogue);
        var sums = stackalloc float[Together];
        for (var block = begin; block < end; block++)
        {
            var column = block * Together;
            var width = Math.Min(Together, p->N - column);
            for (nint row = 0; row < p->M; row++)
            {
                var left = p->Left + row * p->ARow;
                var right = p->B + column * p->BCol;
                if (Simd.Level >= 512)
                    DotBlock<F512>(left, right, p->BCol, p->K, width, sums);
                else if (Simd.Level >= 256)
                    DotBlock<F256>(left, right, p->BCol, p->K, width, sums);
                else
                    DotBlock<F128>(left, right, p->BCol, p->K, width, sums);
                var body = new Through<E>(ref e, sums, p->C, row, column, row * p->N + column);
                Simd.Map(in body, width);
            }
        }
    }

    /// <summary>sums[j] = Σₖ left[k]·right[j·step + k]; the sum of one j does not depend on how many there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DotBlock<V>(float* left, float* right, nint step, nint k, nint width, float* sums)
        where V : unmanaged, ISimd<V>
    {
        nint whole = k / V.Width * V.Width;
        var zero = V.Broadcast(0);
        if (width == Together)
        {
            V s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
            var upper = right + 4 * step;
            for (nint i = 0; i < whole; i += V.Width)
            {
                var x = V.Load(left + i);
                s0 = V.MultiplyAdd(x, V.Load(right + i), s0);
                s1 = V.MultiplyAdd(x, V.Load(right + step + i), s1);
                s2 = V.MultiplyAdd(x, V.Load(right + 2 * step + i), s2);
                s3 = V.MultiplyAdd(x, V.Load(right + 3 * step + i), s3);
                s4 = V.MultiplyAdd(x, V.Load(upper + i), s4);
                s5 = V.MultiplyAdd(x, V.Load(upper + step + i), s5);
                s6 = V.MultiplyAdd(x, V.Load(upper + 2 * step + i), s6);
                s7 = V.MultiplyAdd(x, V.Load(upper + 3 * step + i), s7);
            }
            F128.Store(sums, V.SumFour(s0, s1, s2, s3));
            F128.Store(sums + 4, V.SumFour(s4, s5, s6, s7));
        }
        else
        {
            for (nint j = 0; j < width; j++)
            {
                var s = zero;
                for (nint i = 0; i < whole; i += V.Width)
                    s = V.MultiplyAdd(V.Load(left + i), V.Load(right + j * step + i), s);
                sums[j] = F128.Sum(V.SumFour(s, zero, zero, zero));
            }
        }
        if (whole == k)
            return;
        for (nint j = 0; j < width; j++)
        {
            var i = whole;
            for (; i <= k - 4; i += 4)
                sums[j] += F128.Sum(F128.Load(left + i) * F128.Load(right + j * step + i));
            for (; i < k; i++)
                sums[j] += left[i] * right[j * step + i];
        }
    }

    private struct Product(float* a, nint aRow, nint aCol, float* b, nint bRow, nint bCol, float* c, nint m, nint n, nint k, void* epilogue, bool accumulate, float* rowSums)
    {
        public readonly float* A = a;
        public nint ARow = aRow;
        public readonly nint ACol = aCol;
        public readonly float* B = b;
        public readonly nint BRow = bRow;
        public readonly nint BCol = bCol;
        public readonly float* C = c;
        public readonly nint M = m;
        public readonly nint N = n;
        public readonly nint K = k;
        public readonly void* Epilogue = epilogue;
        public readonly bool Accumulate = accumulate;
        public readonly float* RowSums = rowSums;

        /// <summary>What the tiles read for a: a itself, or its strips packed one after another.</summary>
        public float* Left = null;
        public bool LeftIsPacked = false;

        /// <summary>All of b, packed panel behind panel and kept; null where blocks of it are packed as they are needed.</summary>
        public float* Right = null;
    }

    /// <summary>Products at equal distances.</summary>
    private struct Products
    {
        public Product One;
        public nint AStep;
        public nint BStep;
    }

    /// <summary>The epilogue of a product whose rows lie below those of others.</summary>
    private readonly struct Below<E> : IEpilogue
        where E : struct, IEpilogue
    {
        private readonly E epilogue;
        private readonly nint rows;
        private readonly nint start;

        public Below(ref E epilogue, nint rows, nint columns)
        {
            this.epilogue = epilogue;
            this.rows = rows;
            start = rows * columns;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V acc, nint row, nint column, nint index)
            where V : unmanaged, ISimd<V> => epilogue.Apply(acc, rows + row, column, start + index);
    }
}
