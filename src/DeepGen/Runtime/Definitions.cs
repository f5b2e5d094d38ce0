using System.ComponentModel;
using System.Globalization;
using System.Text;

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

    /// <summary>Whether an index may be one of its values.</summary>
    internal bool Takes(int index) => Classes == 0 || (uint)index < (uint)Classes || index == IgnoredClass;

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

    /// <summary>
    /// Reads the table that the generator writes: a row for each tensor with offset, shape, initializer (after "state:" where it is no trainable one, before "=" and its number where it takes one),
    /// fan in:fan out:activation (- for 1, 1, none), name. A row that begins with a dot belongs to the layer of the row above and has the end of its name alone.
    /// </summary>
    /// <param name="rows">The rows, each on a line.</param>
    public static ParameterDefinition[] Table(string rows)
    {
        var layer = "";
        return DefinitionRow.Read(rows, 5, cells =>
        {
            var name = cells[4];
            if (cells[0].StartsWith('.')) name = layer + name;
            else layer = name[..(name.LastIndexOf('.') + 1)];
            var shape = DefinitionRow.Shape(cells[1]);
            var initializer = cells[2].Split(':');
            var how = initializer[^1].Split('=');
            var fans = (cells[3] == "-" ? "1:1:None" : cells[3]).Split(':');
            return new ParameterDefinition(
                name, shape, initializer.Length == 1, DefinitionRow.Native(cells[0].TrimStart('.')), Enum.Parse<Initializer>(how[0]), DefinitionRow.Int(fans[0]), DefinitionRow.Int(fans[1]), Enum.Parse<Activation>(fans[2]),
                how.Length == 1 ? null : float.Parse(how[1], CultureInfo.InvariantCulture));
        });
    }
}

/// <summary>An activation that is still in the arena after the loss; searched, in forward order, when the loss is not finite.</summary>
/// <param name="Layer">The layer that wrote it.</param>
/// <param name="Op">The op of that layer; - where it has none.</param>
/// <param name="Shape">The shape of one sample.</param>
/// <param name="Offset">Its offset in floats, for each sample of the batch.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record BufferDefinition(string Layer, string Op, int[] Shape, nint Offset)
{
    /// <summary>Its length in floats, of one sample.</summary>
    public nint Length { get; } = Shapes.Size(Shape);

    /// <summary>Reads the table that the generator writes: a row for each buffer with its offset, shape, op and layer.</summary>
    /// <param name="rows">The rows, each on a line.</param>
    public static BufferDefinition[] Table(string rows) =>
        DefinitionRow.Read(rows, 4, cells => new BufferDefinition(cells[3], cells[2], DefinitionRow.Shape(cells[1]), DefinitionRow.Native(cells[0])));
}

/// <summary>
/// The rows of the tables that the generator writes: cells apart by a space, the last one the rest of the line, because a name may hold anything. Below "repeat 35 11" stand eleven rows that
/// come 35 times, where {16+4} is 16 the first time, 20 the second.
/// </summary>
internal static class DefinitionRow
{
    public static T[] Read<T>(string table, int cells, Func<string[], T> read)
    {
        var rows = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var result = new List<T>(rows.Length);
        for (var i = 0; i < rows.Length;)
        {
            var count = 1;
            var period = 1;
            if (rows[i].StartsWith("repeat ", StringComparison.Ordinal))
            {
                var words = rows[i++].Split(' ');
                (count, period) = (Int(words[1]), Int(words[2]));
            }
            for (var time = 0; time < count; time++)
            {
                for (var row = i; row < i + period; row++)
                    result.Add(read((count == 1 ? rows[row] : At(rows[row], time)).TrimEnd('\r').Split(' ', cells)));
            }
            i += period;
        }
        return [.. result];
    }

    public static int Int(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);

    public static nint Native(string cell) => nint.Parse(cell, CultureInfo.InvariantCulture);

    /// <summary>6x28x28, or () for a single value.</summary>
    public static int[] Shape(string cell) => cell == "()" ? [] : [.. cell.Split('x').Select(Int)];

    /// <summary>The row with its numbers as they are the given time.</summary>
    private static string At(string row, int time)
    {
        var text = new StringBuilder();
        var copied = 0;
        for (var open = row.IndexOf('{'); open >= 0; open = row.IndexOf('{', copied))
        {
            var sign = row.IndexOfAny(['+', '-'], open);
            var close = row.IndexOf('}', sign);
            var number = long.Parse(row.AsSpan(open + 1, sign - open - 1), CultureInfo.InvariantCulture) + (time * long.Parse(row.AsSpan(sign, close - sign), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
            text.Append(row, copied, open - copied).Append(CultureInfo.InvariantCulture, $"{number}");
            copied = close + 1;
        }
        return text.Append(row, copied, row.Length - copied).ToString();
    }
}

/// <summary>The memory that a program needs for its activations.</summary>
/// <param name="PerSampleFloats">Floats for each sample of the batch; a multiple of 16.</param>
/// <param name="FixedFloats">Floats whatever the batch.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ArenaDefinition(nint PerSampleFloats, nint FixedFloats);

/// <summary>Everything the runtime must know about a network. Written by the generator, one static instance per class.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record NetworkDefinition
{
    /// <summary>A piece of a compiled network that the runtime calls apart: the kernels of one phase.</summary>
    /// <param name="frame">The memory, batch and threads of this run.</param>
    public delegate void Phase(ref Frame frame);

    /// <summary>The class's name.</summary>
    public required string Name { get; init; }

    /// <summary>Trainable parameters and running statistics in declared order.</summary>
    public required ParameterDefinition[] Parameters { get; init; }

    /// <summary>The length of the parameter arena and of the gradient arena.</summary>
    public required nint ParameterFloats { get; init; }

    /// <summary>The length of the arena of running statistics.</summary>
    public nint StateFloats { get; init; }

    /// <summary>The length of the arena of derived weights (folded, packed), which <see cref="Prepare"/> fills.</summary>
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

    /// <summary>Fills the derived weights from parameters and state.</summary>
    public required Phase Prepare { get; init; }

    /// <summary>Inference: inputs to outputs.</summary>
    public required Phase Infer { get; init; }

    /// <summary>Inference with the loss: inputs and targets to outputs and <see cref="Frame.Loss"/>; no gradients. Null without a loss.</summary>
    public Phase? Evaluate { get; init; }

    /// <summary>Training mode: inputs to activations, and to those outputs that are wanted.</summary>
    public required Phase Forward { get; init; }

    /// <summary>Targets to <see cref="Frame.Loss"/> and the output gradients in the arena. Null without a loss.</summary>
    public Phase? Loss { get; init; }

    /// <summary>Copies <see cref="Frame.OutputGradients"/> into the arena.</summary>
    public required Phase SetOutputGradients { get; init; }

    /// <summary>Output gradients in the arena to parameter gradients and those input gradients that are wanted.</summary>
    public required Phase Backward { get; init; }

    /// <summary>Makes the network's side for devices that are no processor of the host, from what their package hands it; null where the class was compiled without that package.</summary>
    public Func<object, object>? OnDevice { get; init; }

    /// <summary>What to search when the loss is not finite.</summary>
    public BufferDefinition[] Activations { get; init; } = [];

    /// <summary>The number of kernel calls of one training step.</summary>
    public int KernelsPerStep { get; init; }

    /// <summary>Whether the network has a loss.</summary>
    public bool HasLoss => Loss is not null;

    /// <summary>The outputs whose predictions can be counted right or wrong.</summary>
    public Head[] Heads { get; init; } = [];

    /// <summary>Whether the loss is that of one class for each sample and nothing else, so that epochs are compared by the accuracy.</summary>
    public bool IsClassifier { get; init; }
}
