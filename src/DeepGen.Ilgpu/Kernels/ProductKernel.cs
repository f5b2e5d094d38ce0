using System.ComponentModel;
using ILGPU;
using ILGPU.Runtime;

namespace DeepGen.Ilgpu;

/// <summary>A loaded kernel of a product in tiles.</summary>
/// <typeparam name="TProduct">Where its operands are.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ProductKernel<TProduct>
    where TProduct : struct, IProduct
{
    private readonly Action<AcceleratorStream, KernelConfig, TProduct, int, int, int, int> _kernel;
    private readonly MapKernel<SliceSum> _sum;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _threads;

    /// <summary>Compiles and loads it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="tile">The kernel of a tile, given the extents and the number of slices.</param>
    /// <param name="rows">Rows of a tile.</param>
    /// <param name="columns">Columns of a tile.</param>
    /// <param name="threads">Threads of a group.</param>
    public ProductKernel(GpuDevice device, Action<TProduct, int, int, int, int> tile, int rows, int columns, int threads)
    {
        _kernel = device.Load(tile);
        _sum = new MapKernel<SliceSum>(device);
        (_rows, _columns, _threads) = (rows, columns, threads);
    }

    /// <summary>Computes products of matrices of these extents.</summary>
    public void Run(GpuFrame f, long each, long rows, long columns, long terms, TProduct product) => Launch(f, each, rows, columns, terms, 1, product);

    /// <summary>Computes products whose terms are summed in slices, which go to the frame's scratch memory first.</summary>
    public void RunInSlices(GpuFrame f, long each, long rows, long columns, long terms, TProduct product, ArrayView<float> y, int accumulate)
    {
        var slices = Slices.Count(each * Tiles(rows, _rows) * Tiles(columns, _columns), terms);
        Launch(f, each, rows, columns, terms, slices, product);
        var size = each * rows * columns;
        _sum.Run(f, size, new SliceSum(f.Scratch, y, slices, checked((int)size), accumulate));
    }

    private void Launch(GpuFrame f, long each, long rows, long columns, long terms, int slices, TProduct product)
    {
        if (each * rows * columns == 0) return;
        var grid = new Index3D(checked((int)Tiles(columns, _columns)), checked((int)Tiles(rows, _rows)), checked((int)(each * slices)));
        _kernel(f.Stream, new KernelConfig(grid, new Index3D(_threads, 1, 1)), product, checked((int)rows), checked((int)columns), checked((int)terms), slices);
    }

    private static long Tiles(long extent, int side) => (extent + side - 1) / side;
}
