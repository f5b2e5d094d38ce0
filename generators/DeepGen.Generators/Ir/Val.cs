using DeepGen.Generators.Graph;

namespace DeepGen.Generators.Ir;

/// <summary>When a value is computed.</summary>
internal enum Phase
{
    /// <summary>Once per version of the weights: what depends on parameters and states alone.</summary>
    Prepare,
    Forward,
    Loss,
    Backward,
}

/// <summary>One value of a program in primitives. Made by <see cref="IrBuilder"/> only, which gives equal computations of one phase the same value.</summary>
internal sealed class Val
{
    public Val(int id, Prim prim, IReadOnlyList<Val> inputs, Dims dims, Element element, Phase phase, string origin)
    {
        Id = id;
        Prim = prim;
        Inputs = inputs;
        Dims = dims;
        Element = element;
        Phase = phase;
        Origin = origin;
    }

    /// <summary>Ids rise in the order of computation.</summary>
    public int Id { get; }

    public Prim Prim { get; }

    public IReadOnlyList<Val> Inputs { get; }

    public Dims Dims { get; }

    public Element Element { get; }

    public Phase Phase { get; }

    /// <summary>The layer it stems from.</summary>
    public string Origin { get; }

    /// <summary>The call of a [Recompute] block that it belongs to, 0 where there is none.</summary>
    public int Segment { get; init; }

    /// <summary>Whether it is a value of the forward pass that backward computes once more.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>Whether it is a product that is never rounded by itself: only the sum that reads it is. See <see cref="Passes.Contractions"/>.</summary>
    public bool IsContracted { get; set; }

    /// <summary>Values are themselves; the number spreads well and costs nothing.</summary>
    public override int GetHashCode() => Id;

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <summary>Never in memory: a mask, or a value repeated.</summary>
    public bool IsMaskOrRepetition => Prim is BroadcastPrim or NotPrim or BinaryPrim { Op: BinaryOp.Greater or BinaryOp.GreaterOrEqual or BinaryOp.Equal or BinaryOp.And or BinaryOp.Or };

    public bool IsConst(float value) => Prim is ConstPrim c && c.Value == value;

    public override string ToString() => $"%{Id} = {Prim}({string.Join(", ", Inputs.Select(i => "%" + i.Id))}) {Dims}";
}
