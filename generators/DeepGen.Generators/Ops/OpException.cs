namespace DeepGen.Generators.Ops;

/// <summary>What is wrong with a call; each kind is one diagnostic.</summary>
internal enum OpErrorKind
{
    /// <summary>An argument out of its range.</summary>
    Argument,

    /// <summary>The op needs another rank: Dense on a feature map, Conv2d on a vector.</summary>
    Rank,

    /// <summary>As <see cref="Rank"/>, where inserting Flatten mends it.</summary>
    NeedsFlatten,

    /// <summary>The window is larger than the padded map.</summary>
    WindowTooLarge,

    /// <summary>MaxUnpool2d without the MaxPool2d it undoes.</summary>
    Unpool,

    /// <summary>A tensor of more elements than an array can have.</summary>
    TooLarge,

    /// <summary>Groups do not divide the channels.</summary>
    Groups,

    /// <summary>A crop, slice or reflection reaches beyond the tensor.</summary>
    OutsideTensor,

    /// <summary>Two tensors do not fit: sums, Concat, targets.</summary>
    ShapesDiffer,

    /// <summary>Reshape to another number of elements.</summary>
    ElementCount,

    /// <summary>A float op on integers, or the reverse.</summary>
    ElementType,

    NameTaken,

    SharedShape,

    /// <summary>The loss does not fit the output or its target.</summary>
    LossShape,

    /// <summary>A cell gives a state of another shape than it is given.</summary>
    StateShape,

    /// <summary>What cannot be computed at every step of a loop.</summary>
    InCell,
}

/// <summary>A wrong call. Parsing turns it into a diagnostic at <see cref="Argument"/>, or at the op's identifier when that is null.</summary>
internal sealed class OpException : Exception
{
    public OpException(OpErrorKind kind, string? argument, string message)
        : base(message)
    {
        Kind = kind;
        Argument = argument;
    }

    public OpErrorKind Kind { get; }

    public string? Argument { get; }
}
