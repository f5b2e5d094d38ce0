using System.ComponentModel;

namespace DeepGen.Kernels;

/// <summary>A generated kernel that loops by itself: elementwise passes, reductions. Its items are independent of each other.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ILoop
{
    /// <summary>Computes items begin … end − 1.</summary>
    /// <param name="begin">First item.</param>
    /// <param name="end">One past the last item.</param>
    void Run(nint begin, nint end);
}
