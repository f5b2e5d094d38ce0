using System.ComponentModel;

namespace DeepGen.Ilgpu;

/// <summary>A kernel that computes one element in each thread. Written by the generator.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IMap
{
    /// <summary>Computes an element.</summary>
    void At(int index);
}

/// <summary>A kernel that reduces a row in each group of threads, and may write the row's elements. Written by the generator.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IRows
{
    /// <summary>Computes a row, together with the other threads of the group.</summary>
    void Run(int row);
}

/// <summary>Where a product finds its operands and puts its result. Written by the generator.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IProduct
{
    /// <summary>An element of the left matrix.</summary>
    float Left(int each, int row, int term);

    /// <summary>An element of the right matrix.</summary>
    float Right(int each, int term, int column);

    /// <summary>Whether neighbouring terms of the left matrix, rather than rows, are neighbours in memory.</summary>
    bool LeftByTerms { get; }

    /// <summary>Whether neighbouring terms of the right matrix, rather than columns, are neighbours in memory.</summary>
    bool RightByTerms { get; }

    /// <summary>Puts a finished sum in its place.</summary>
    void Store(int each, int slice, int row, int column, float sum);
}
