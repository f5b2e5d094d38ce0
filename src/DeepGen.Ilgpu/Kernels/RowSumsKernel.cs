using System.ComponentModel;
using ILGPU;
using ILGPU.Runtime;

namespace DeepGen.Ilgpu;

/// <summary>A loaded kernel that sums the rows of a product's left matrix: the gradient of a bias beside that of its weight.</summary>
/// <typeparam name="TProduct">Where the matrix is.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RowSumsKernel<TProduct>(GpuDevice device)
    where TProduct : struct, IProduct
{
    private readonly RowsKernel<Sums> _kernel = new(device);

    /// <summary>Sums the rows of each matrix.</summary>
    public void Run(GpuFrame f, long each, long rows, long terms, TProduct product, ArrayView<float> y, int accumulate) =>
        _kernel.Run(f, each * rows, terms, new Sums(product, y, checked((int)rows), checked((int)terms), accumulate));

    internal readonly struct Sums(TProduct product, ArrayView<float> y, int rows, int terms, int accumulate) : IRows
    {
        public void Run(int row)
        {
            var own = 0f;
            for (var term = Threads.Index; term < terms; term += Threads.Count) own += product.Left(row / rows, row % rows, term);
            var sum = Threads.Sum(new Scalar(own)).V;
            if (Threads.Index == 0) y[row] = accumulate != 0 ? y[row] + sum : sum;
        }
    }
}
