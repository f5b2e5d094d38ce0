using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>How an epilogue reaches an operand while a tile is stored.</summary>
internal enum EpilogueAccess
{
    None,

    /// <summary>A whole tensor, at the index of the element being stored.</summary>
    Index,

    /// <summary>One number per row: channel of a map, sample of a matrix.</summary>
    Row,

    /// <summary>One number per column: position of a map, feature of a matrix.</summary>
    Column,

    /// <summary>A single number.</summary>
    Scalar,
}

internal static class EpilogueOperand
{
    public static EpilogueAccess Classify(Access access, Kernel kernel)
    {
        if (access.Offset != 0)
        {
            return EpilogueAccess.None;
        }

        var domain = kernel.Domain;
        var full = domain.Strides;
        var strides = access.Strides;
        if (strides.All(s => s == 0))
        {
            return EpilogueAccess.Scalar;
        }

        if (access.Steps(full))
        {
            return EpilogueAccess.Index;
        }

        // A matrix [n, F] or [n, T, F]: all axes but the last are rows.
        if (kernel.IsMatrix)
        {
            var last = domain.Rank - 1;
            return strides[last] == 0 && Enumerable.Range(0, last).All(i => strides[i] * domain[last].Size == full[i]) ? EpilogueAccess.Row
                : strides[last] == full[last] && Enumerable.Range(0, last).All(i => strides[i] == 0) ? EpilogueAccess.Column
                : EpilogueAccess.None;
        }

        // A map [n, C, …]: rows are channels.
        const int row = 1;
        if (Enumerable.Range(0, domain.Rank).All(i => i == row ? strides[i] == 1 : strides[i] == 0))
        {
            return EpilogueAccess.Row;
        }

        return Enumerable.Range(0, domain.Rank).All(i => i <= row ? strides[i] == 0 : strides[i] == full[i]) ? EpilogueAccess.Column : EpilogueAccess.None;
    }
}
