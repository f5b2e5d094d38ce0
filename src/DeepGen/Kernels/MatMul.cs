using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>Products of matrices.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class MatMul
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;

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
    public static void Run<E>(Workers w, float* a, nint aRow, nint aCol, float* b, nint bRow, nint bCol, float* c, nint m, nint n, nint k, in E epilogue)
        where E : struct, IEpilogue
    {
        var e = epilogue;
        var args = new Product(a, aRow, aCol, b, bRow, bCol, c, n, k, Unsafe.AsPointer(ref e), false, null);
        w.For(m, 2d * n * k, &args, &Rows<E>);
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
        var e = default(Identity);
        var args = new Product(a, aRow, aCol, b, bRow, bCol, c, n, k, &e, accumulate, rowSums);
        w.For(m, 2d * n * k, &args, &Rows<Identity>);
    }

    private static void Rows<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var p = (Product*)args;
        for (var row = begin; row < end; row++)
        {
            nint column = 0;
            if (Simd.Level >= 512)
                Columns<F512, E>(p, row, ref column);
            if (Simd.Level >= 256)
                Columns<F256, E>(p, row, ref column);
            Columns<F128, E>(p, row, ref column);
            Columns<F1, E>(p, row, ref column);
            if (p->RowSums == null)
                continue;
            var sum = 0f;
            for (nint k = 0; k < p->K; k++)
                sum += p->A[row * p->ARow + k * p->ACol];
            p->RowSums[row] = (p->Accumulate ? p->RowSums[row] : 0) + sum;
        }
    }

    [MethodImpl(Optimize)]
    private static void Columns<V, E>(Product* p, nint row, ref nint column)
        where V : unmanaged, ISimd<V>
        where E : struct, IEpilogue
    {
        ref var e = ref Unsafe.AsRef<E>(p->Epilogue);
        for (; column <= p->N - V.Width; column += V.Width)
        {
            var acc = V.Broadcast(0);
            for (nint k = 0; k < p->K; k++)
                acc = V.MultiplyAdd(V.Broadcast(p->A[row * p->ARow + k * p->ACol]), V.LoadStrided(p->B + k * p->BRow + column * p->BCol, p->BCol), acc);
            var index = row * p->N + column;
            if (p->Accumulate)
                acc += V.Load(p->C + index);
            V.Store(p->C + index, e.Apply(acc, row, column, index));
        }
    }

    private readonly struct Product(float* a, nint aRow, nint aCol, float* b, nint bRow, nint bCol, float* c, nint n, nint k, void* epilogue, bool accumulate, float* rowSums)
    {
        public readonly float* A = a;
        public readonly nint ARow = aRow;
        public readonly nint ACol = aCol;
        public readonly float* B = b;
        public readonly nint BRow = bRow;
        public readonly nint BCol = bCol;
        public readonly float* C = c;
        public readonly nint N = n;
        public readonly nint K = k;
        public readonly void* Epilogue = epilogue;
        public readonly bool Accumulate = accumulate;
        public readonly float* RowSums = rowSums;
    }
}
