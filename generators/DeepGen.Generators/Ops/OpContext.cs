using DeepGen.Generators.Graph;

namespace DeepGen.Generators.Ops;

/// <summary>One call of an op while the graph is built: its arguments, its inputs' shapes, and where it makes its parameters.</summary>
internal sealed class OpContext
{
    private readonly GraphBuilder builder;
    private readonly OpDefinition op;
    private readonly IReadOnlyList<ConstValue> arguments;
    private readonly string localName;
    private readonly IReadOnlyList<Node?>? given;
    private readonly List<Node> parameters = new();

    public OpContext(GraphBuilder builder, OpDefinition op, IReadOnlyList<ConstValue> arguments, IReadOnlyList<Node> inputs, string localName, IReadOnlyList<Node?>? given)
    {
        this.builder = builder;
        this.op = op;
        this.arguments = arguments;
        this.localName = localName;
        this.given = given;
        Inputs = inputs;
    }

    public IReadOnlyList<Node> Inputs { get; }

    public IReadOnlyList<Node> Parameters => parameters;

    public Node Node(int id) => builder[id];

    public Shape Shape(int input = 0) => Inputs[input].Shape;

    public Shape ShapeOf(int node) => builder[node].Shape;

    public object? Argument(string name) => op.Argument(arguments, name);

    public int Int(string name) => (int)Argument(name)!;

    public float Float(string name) => Convert.ToSingle(Argument(name), System.Globalization.CultureInfo.InvariantCulture);

    public bool Bool(string name) => (bool)Argument(name)!;

    public float[] Floats(string name) => ((EquatableArray<float>)Argument(name)!).ToArray();

    /// <summary>The axes that an argument names, each once, in order; all of them where it names none. Negative ones count from the end.</summary>
    public int[] Axes(string name)
    {
        var rank = Shape().Rank;
        var axes = Ints(name);
        foreach (var axis in axes)
        {
            if (axis < -rank || axis >= rank)
            {
                throw Error(OpErrorKind.Argument, name, $"{op.Name}'s axes must lie from {-rank} to {rank - 1}, but one is {axis} and {Gives()}");
            }
        }

        var distinct = axes.Select(a => a < 0 ? a + rank : a).Distinct().OrderBy(a => a).ToArray();
        return distinct.Length == axes.Length
            ? axes.Length == 0 ? Enumerable.Range(0, rank).ToArray() : distinct
            : throw Error(OpErrorKind.Argument, name, $"{op.Name}'s axes must differ, but are {string.Join(", ", axes)}");
    }

    public int[] Ints(string name) => ((EquatableArray<int>)Argument(name)!).ToArray();

    /// <summary>The argument as an axis of a tensor of <paramref name="rank"/> axes; negative ones count from the last.</summary>
    public int Axis(string name, int rank)
    {
        var axis = Int(name);
        return axis >= -rank && axis < rank
            ? (axis + rank) % rank
            : throw Error(OpErrorKind.Argument, name, $"{op.Name}'s {name} must be from 0 to {rank - 1}, or from -{rank} to -1 counted from the last, but is {axis} ({Gives()})");
    }

    /// <summary>Makes the tensor <paramref name="leaf"/> of this call, or takes the one given.</summary>
    public Node Parameter(string leaf, Shape shape, int fanIn, int fanOut, Initializer initializer = Initializer.Auto, bool trainable = true, float? value = null)
    {
        if (shape.ToArray().Aggregate(1.0, (n, extent) => n * extent) > int.MaxValue)
        {
            throw Error(OpErrorKind.TooLarge, null, $"The {leaf} {shape} of {CallText}");
        }

        var slot = parameters.Count;
        if (given is not null && slot < given.Count && given[slot] is { } tensor)
        {
            if (tensor.Shape != shape || tensor.PerSample)
            {
                throw Error(OpErrorKind.ShapesDiffer, leaf, $"{CallText} needs a {leaf} of shape {shape}, but '{tensor.Name}' {(tensor.PerSample ? "differs for each sample" : "has shape " + tensor.Shape)}");
            }

            parameters.Add(tensor);
            return tensor;
        }

        var node = builder.AddParameter(localName + "." + leaf, shape, new ParameterSpec(trainable, initializer, fanIn, fanOut, Value: value));
        parameters.Add(node);
        return node;
    }

    /// <summary>The call as a message writes it: <c>Dense(120)</c>, the required arguments only.</summary>
    public string CallText
    {
        get
        {
            var required = op.Parameters.Select((p, i) => (p, v: arguments[i])).Where(t => t.p.Default is null).Select(t => t.v.Value is EquatableArray<int> e ? (t.p.Type == OpParameterType.Extents ? $"[{string.Join(", ", e)}]" : string.Join(", ", e)) : t.v.Value is ScalarFunction f ? f.Name : t.v.ToString());
            var text = string.Join(", ", required);
            return text.Length == 0 ? op.Name : $"{op.Name}({text})";
        }
    }

    /// <summary>What an input is, as a message writes it: <c>AvgPool2d gives [16, 5, 5]</c>.</summary>
    public string Gives(int input = 0)
    {
        var node = Inputs[input];
        return node.Kind switch
        {
            NodeKind.Op => $"{node.Op} gives {node.Shape}",
            NodeKind.Constant => node.Shape.Rank == 0 ? "a number has none" : $"the constant is {node.Shape}",
            _ => $"{node.Kind.ToString().ToLowerInvariant()} '{node.Name}' is {node.Shape}",
        };
    }

    public OpException Error(OpErrorKind kind, string? argument, string message) => new(kind, argument, message);

    /// <summary>The input is float32 of the given rank; <paramref name="what"/> names it, as in "needs a vector".</summary>
    public void Require(int input, int rank, string what)
    {
        RequireFloat(input);
        if (Shape(input).Rank != rank)
        {
            throw Error(OpErrorKind.Rank, null, $"{CallText} needs {what} but {Gives(input)}");
        }
    }

    /// <summary>The input holds integers: indices.</summary>
    public void RequireIndices(int input)
    {
        if (Inputs[input].Element != Element.Int32)
        {
            var name = Inputs[input].Name;
            throw Error(OpErrorKind.ElementType, input == 0 ? null : op.Inputs[input], $"{CallText} needs integers, [Input(…, type: Element.Int32)], but {(Inputs[input].Kind == NodeKind.Op ? Inputs[input].Op : $"{Inputs[input].Kind.ToString().ToLowerInvariant()} '{name}'")} holds floats");
        }
    }

    /// <summary>The input is computed from an input of the network, not from parameters alone.</summary>
    public void RequireSample(int input)
    {
        if (!Inputs[input].PerSample)
        {
            throw Error(OpErrorKind.Rank, null, $"{CallText} needs a tensor that is computed from an input, but '{Inputs[input].Name}' is the same for every sample");
        }
    }

    public void RequireFloat(int input)
    {
        if (Inputs[input].Element != Element.Float32)
        {
            throw Error(OpErrorKind.ElementType, null, $"{CallText} needs float values but {Inputs[input].Kind.ToString().ToLowerInvariant()} '{Inputs[input].Name}' holds integers");
        }
    }
}
