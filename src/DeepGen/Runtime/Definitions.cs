using System.ComponentModel;

namespace DeepGen;

/// <summary>One input, target or output of a network. Written by the generator.</summary>
/// <param name="Name">The name it has in the source.</param>
/// <param name="Shape">The shape of one sample, without the batch; empty for one value per sample.</param>
/// <param name="Element">The type of its values.</param>
/// <param name="Classes">Above 0: the values are indices and must lie in [0, Classes).</param>
/// <param name="IgnoredClass">An index outside [0, Classes) that is allowed nevertheless and left out of the loss.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record TensorDefinition(string Name, int[] Shape, Element Element = Element.Float32, int Classes = 0, int? IgnoredClass = null)
{
    /// <summary>The number of values of one sample.</summary>
    public int Size { get; } = Shapes.Size(Shape);

    /// <summary>Above 0: the values are lengths of sequences and must lie in [1, MaxLength].</summary>
    public int MaxLength { get; init; }
}

/// <summary>One parameter, or one running statistic, of a network. Written by the generator.</summary>
/// <param name="Name">The full name, such as <c>Conv2d1.weight</c>.</param>
/// <param name="Shape">PyTorch's order: [out, in] for a dense weight, [out, in/groups, height, width] for a convolution's.</param>
/// <param name="Trainable">False for running statistics, which live in the state arena and have no gradient.</param>
/// <param name="Offset">Where it starts in its arena, in floats; a multiple of 16.</param>
/// <param name="Initializer">How its first values are made.</param>
/// <param name="FanIn">The number of inputs of one output unit.</param>
/// <param name="FanOut">The number of outputs that one input reaches.</param>
/// <param name="Activation">The function after the layer, on which <see cref="Initializer.Auto"/> and <see cref="Initializer.Kumar"/> depend.</param>
/// <param name="Value">The constant, the standard deviation or the bound that the initializer takes, where it takes one; null for its default.</param>
/// <param name="Frozen">True where the source says that it is not trained.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ParameterDefinition(
    string Name,
    int[] Shape,
    bool Trainable,
    nint Offset,
    Initializer Initializer,
    int FanIn = 0,
    int FanOut = 0,
    Activation Activation = Activation.None,
    float? Value = null,
    bool Frozen = false)
{
    /// <summary>The number of values.</summary>
    public int Size { get; } = Shapes.Size(Shape);
}

/// <summary>An activation that is still in the arena after the loss; searched, in forward order, when the loss is not finite.</summary>
/// <param name="Layer">The layer that wrote it.</param>
/// <param name="Offset">Its offset in floats: per sample of the current batch in the per-sample region, absolute in the fixed region.</param>
/// <param name="Length">Its length in floats: of one sample, or of the whole buffer.</param>
/// <param name="PerSample">Whether it lies in the per-sample region.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record BufferDefinition(string Layer, nint Offset, nint Length, bool PerSample = true);

/// <summary>The memory that a program needs for its activations.</summary>
/// <param name="PerSampleFloats">Floats for each sample of the batch; a multiple of 16.</param>
/// <param name="FixedFloats">Floats whatever the batch.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ArenaDefinition(nint PerSampleFloats, nint FixedFloats);

/// <summary>Everything the runtime must know about a network. Written by the generator, one static instance per class.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record NetworkDefinition
{
    /// <summary>The class's name.</summary>
    public required string Name { get; init; }

    /// <summary>Trainable parameters and running statistics in declared order.</summary>
    public required ParameterDefinition[] Parameters { get; init; }

    /// <summary>The length of the parameter arena and of the gradient arena.</summary>
    public required nint ParameterFloats { get; init; }

    /// <summary>The length of the arena of running statistics.</summary>
    public nint StateFloats { get; init; }

    /// <summary>The length of the arena of derived weights (folded, packed), which <c>RunPrepare</c> fills.</summary>
    public nint DerivedFloats { get; init; }

    /// <summary>The inputs in declared order.</summary>
    public required TensorDefinition[] Inputs { get; init; }

    /// <summary>The targets of the loss in declared order; empty without a loss.</summary>
    public TensorDefinition[] Targets { get; init; } = [];

    /// <summary>The outputs in declared order.</summary>
    public required TensorDefinition[] Outputs { get; init; }

    /// <summary>Activations of the inference program.</summary>
    public required ArenaDefinition Inference { get; init; }

    /// <summary>Activations of the training program.</summary>
    public required ArenaDefinition Training { get; init; }

    /// <summary>Activations of the inference program with the loss.</summary>
    public ArenaDefinition Evaluation { get; init; } = new(0, 0);

    /// <summary>What to search when the loss is not finite.</summary>
    public BufferDefinition[] Activations { get; init; } = [];

    /// <summary>The number of kernel calls of one training step.</summary>
    public int KernelsPerStep { get; init; }

    /// <summary>Whether the network has a loss.</summary>
    public bool HasLoss { get; init; }

    /// <summary>Whether the loss is a softmax cross-entropy of the first output's classes against the first target's class indices.</summary>
    public bool IsClassifier { get; init; }
}
