using DeepGen.Generators.Ops;

namespace DeepGen.Generators.Graph;

/// <summary>Builds a <see cref="NetworkGraph"/> node by node and gives every node its name: the path of scopes, then the op and its number in that scope.</summary>
internal sealed class GraphBuilder
{
    private readonly List<Node> nodes = new();
    private readonly Dictionary<string, int> byName = new(StringComparer.Ordinal);
    private readonly Stack<Scope> scopes = new();
    private readonly HashSet<string> blocks = new(StringComparer.Ordinal);
    private int cells;
    private int segments;
    private int loop;

    public GraphBuilder() => scopes.Push(new Scope("", Shared: false));

    public IReadOnlyList<Node> Nodes => nodes;

    private sealed record Scope(string Path, bool Shared, int Segment = 0)
    {
        public Dictionary<string, int> Counters { get; } = new(StringComparer.Ordinal);
    }

    public Node this[int id] => nodes[id];

    public Node AddInput(string name, Shape shape, Element element) => AddLeaf(NodeKind.Input, name, shape, element, perSample: true);

    public Node AddTarget(string name, Shape shape, Element element) => AddLeaf(NodeKind.Target, name, shape, element, perSample: true);

    public Node AddConstant(float value) => AddConstant(value, Shape.Scalar);

    /// <summary>A tensor of one number.</summary>
    public Node AddConstant(float value, Shape shape) =>
        Add(new Node(nodes.Count, NodeKind.Constant, "Constant", EquatableArray<ConstValue>.Own(new ConstValue(value)), EquatableArray<int>.Empty, EquatableArray<int>.Empty, shape, Element.Float32, ""));

    /// <summary>Says how many steps each sample of <paramref name="input"/> has; what keeps its steps has them too.</summary>
    public Node SetLengths(Node input, Node lengths) => nodes[input.Id] = input with { Lengths = lengths.Id };

    /// <summary>Opens a scope for a [Block] call: <paramref name="name"/> when given, else the method's name and its number in the enclosing scope. A shared block always reopens the same scope.</summary>
    /// <param name="recompute">Whether the backward pass computes what is inside once more; a call inside such a call is part of it.</param>
    /// <exception cref="OpException">The name is taken by another block.</exception>
    public void PushScope(string method, string? name, bool shared, bool recompute = false)
    {
        if (recompute && loop != 0)
        {
            throw new OpException(OpErrorKind.InCell, null, $"'{method}' is to be computed again in the backward pass, which is not possible for a part of a cell; write [Recompute] on a block around the Scan");
        }

        var outer = scopes.Peek();
        // Inside a shared scope everything is shared, or its second call would make new weights.
        var local = name ?? (shared ? method : method + Next(outer, method));
        var path = Join(outer.Path, local);
        var reopens = shared || outer.Shared;
        if (!blocks.Add(path) && !reopens)
        {
            throw new OpException(OpErrorKind.NameTaken, "name", $"the name '{path}' is used twice; give one of the blocks another name");
        }

        scopes.Push(new Scope(path, reopens, outer.Segment != 0 ? outer.Segment : recompute ? ++segments : 0));
    }

    /// <summary>A parameter of the user's own (Tensor.Parameter).</summary>
    /// <exception cref="OpException">The name is taken, or shared with another shape.</exception>
    public Node AddOwnParameter(Shape shape, Initializer initializer, string? name)
    {
        // The layout is PyTorch's: [outputs, inputs, kernel…].
        var kernel = shape.ToArray().Skip(2).Aggregate(1, (a, e) => a * e);
        int fanIn = (shape.Rank > 1 ? shape[1] : shape.Rank > 0 ? shape[0] : 1) * kernel, fanOut = (shape.Rank > 0 ? shape[0] : 1) * kernel;
        return AddParameter(name ?? "Parameter" + Next(scopes.Peek(), "Parameter"), shape, new ParameterSpec(true, initializer, fanIn, fanOut));
    }

    public void PopScope() => scopes.Pop();

    /// <summary>A parameter of its own (Tensor.Parameter) or of the op being called.</summary>
    /// <exception cref="OpException">The name is taken, or shared with another shape.</exception>
    public Node AddParameter(string localName, Shape shape, ParameterSpec spec)
    {
        var scope = scopes.Peek();
        var name = Join(scope.Path, localName);
        if (byName.TryGetValue(name, out var existing))
        {
            var old = nodes[existing];
            if (scope.Shared && old.Kind == NodeKind.Parameter)
            {
                return old.Shape == shape
                    ? old
                    : throw new OpException(OpErrorKind.SharedShape, null, $"the shared weights '{name}' have shape {old.Shape}, but this call needs {shape}; call the shared block with inputs of one shape");
            }

            throw new OpException(OpErrorKind.NameTaken, "name", $"the name '{name}' is used twice; give one of them another name");
        }

        byName.Add(name, nodes.Count);
        return Add(new Node(nodes.Count, NodeKind.Parameter, "Parameter", EquatableArray<ConstValue>.Empty, EquatableArray<int>.Empty, EquatableArray<int>.Empty, shape, Element.Float32, name)
        {
            Parameter = spec,
            Scope = scope.Path,
        });
    }

    /// <summary>Calls an op: infers its shape, makes its parameters, names it.</summary>
    /// <param name="arguments">One value per entry of <see cref="OpDefinition.Parameters"/>, in that order.</param>
    /// <param name="inputs">The tensors, in the order of <see cref="OpDefinition.Inputs"/>.</param>
    /// <param name="givenParameters">Tensors given by <c>weight:</c> in the order of <see cref="OpDefinition.ParameterLeaves"/>; null entries are made by the op.</param>
    /// <exception cref="OpException">The call is wrong; the caller turns it into a diagnostic at the argument or the op's identifier.</exception>
    public Node Call(OpDefinition op, IReadOnlyList<ConstValue> arguments, IReadOnlyList<Node> inputs, string? name = null, IReadOnlyList<Node?>? givenParameters = null)
    {
        CheckLoop(inputs);
        var scope = scopes.Peek();
        var local = name ?? op.Name + Next(scope, op.Name);
        var context = new OpContext(this, op, arguments, inputs, local, givenParameters);
        op.CheckArguments(context);
        var (shape, element) = op.Infer(context);
        var full = Join(scope.Path, local);
        if (name is not null && context.Parameters.Count == 0 && !scope.Shared)
        {
            // An op with parameters collides by their names; one without must be checked by its own.
            if (byName.ContainsKey(full))
            {
                throw new OpException(OpErrorKind.NameTaken, "name", $"the name '{full}' is used twice; give one of them another name");
            }

            byName.Add(full, nodes.Count);
        }

        if (loop != 0 && op.ReadsLengths)
        {
            throw new OpException(OpErrorKind.InCell, null, $"{op.Name} is a loop over time, and a cell cannot contain another; compute it before, and use its result in the cell");
        }

        if (loop != 0 && context.Parameters.FirstOrDefault(p => !p.Parameter!.Trainable) is { } state)
        {
            throw new OpException(OpErrorKind.InCell, null, $"{op.Name} keeps '{state.Name}' from batch to batch, which cannot be done at every step of a cell; use it before or behind the Scan");
        }

        // Steps that are steps still: the first extent has not changed.
        var lengths = inputs.FirstOrDefault(i => i.Lengths >= 0 && i.Shape.Rank > 0 && shape.Rank > 0 && i.Shape[0] == shape[0])?.Lengths ?? -1;
        if (op.ReadsLengths && inputs[0].Lengths >= 0)
        {
            inputs = inputs.Append(nodes[inputs[0].Lengths]).ToArray();
        }

        return Add(new Node(
            nodes.Count,
            NodeKind.Op,
            op.Name,
            new EquatableArray<ConstValue>(arguments),
            new EquatableArray<int>(inputs.Select(i => i.Id)),
            new EquatableArray<int>(context.Parameters.Select(p => p.Id)),
            shape,
            element,
            full)
        {
            PerSample = inputs.Any(i => i.PerSample),
            Scope = scope.Path,
            Lengths = lengths,
        });
    }

    /// <summary>Calls <paramref name="cell"/> once, for every step of a sequence.</summary>
    /// <param name="cell">From a step and the states before it to the states after it and what is kept of the step.</param>
    /// <returns>What is kept of all steps, and the states after the last one.</returns>
    /// <exception cref="OpException">The cell does not fit.</exception>
    public (Node Sequence, IReadOnlyList<Node> States) Scan(Node x, IReadOnlyList<Node> states, bool reverse, string? name, Func<Node, IReadOnlyList<Node>, (IReadOnlyList<Node> Next, Node Output)> cell)
    {
        CheckLoop(states.Prepend(x));
        Ops.Scan.Check(x, states, inCell: loop != 0);
        var local = name ?? "Scan" + Next(scopes.Peek(), "Scan");
        var full = Join(scopes.Peek().Path, local);
        if (name is not null)
        {
            PushScope("Scan", name, shared: false);
        }

        loop = ++cells;
        var step = AddLeaf(NodeKind.Step, x.Name, new Shape(x.Shape.ToArray().Skip(1)), x.Element, perSample: true);
        var before = states.Select((s, i) => AddLeaf(NodeKind.State, "state" + (i + 1), s.Shape, Element.Float32, perSample: true)).ToArray();
        var (next, output) = cell(step, before);
        var body = new Cell(loop, step.Id, new EquatableArray<int>(before.Select(s => s.Id)), new EquatableArray<int>(next.Select(s => s.Id)), output.Id);
        loop = 0;
        if (name is not null)
        {
            PopScope();
        }

        Ops.Scan.CheckResults(before, next, output);
        var read = nodes.Where(n => n.Loop == body.Loop).SelectMany(n => n.Inputs.Concat(n.Parameters)).Concat(body.Results).Distinct().OrderBy(id => id)
            .Select(id => nodes[id]).Where(n => n.Loop == 0 && n.Kind != NodeKind.Constant).ToArray();
        var inputs = new[] { x }.Concat(states).Concat(x.Lengths >= 0 ? new[] { nodes[x.Lengths] } : Array.Empty<Node>()).Concat(read.Where(n => n.Kind != NodeKind.Parameter));
        var scan = Add(new Node(
            nodes.Count,
            NodeKind.Op,
            "Scan",
            EquatableArray<ConstValue>.Own(new ConstValue(reverse)),
            new EquatableArray<int>(inputs.Select(i => i.Id)),
            new EquatableArray<int>(read.Where(n => n.Kind == NodeKind.Parameter).Select(n => n.Id)),
            new Shape(new[] { x.Shape[0] }.Concat(output.Shape.ToArray())),
            Element.Float32,
            full)
        {
            PerSample = true,
            Scope = scopes.Peek().Path,
            Cell = body,
            Lengths = x.Lengths,
        });
        return (scan, states.Select((_, i) => Call(OpCatalogue.Get("ScanState"), new[] { new ConstValue(i) }, new[] { scan })).ToArray());
    }

    private void CheckLoop(IEnumerable<Node> inputs)
    {
        if (inputs.FirstOrDefault(i => i.Loop != 0 && i.Loop != loop) is { } inside)
        {
            throw new OpException(OpErrorKind.InCell, null, $"'{inside.Name}' is a tensor of one step and is known in its cell only; let the cell return it as its output");
        }
    }

    public NetworkGraph Build(NetworkApi api, IReadOnlyList<int> outputs, int loss) =>
        new(api, new EquatableArray<Node>(InitializerRule.Apply(nodes)), new EquatableArray<int>(outputs), loss);

    private Node AddLeaf(NodeKind kind, string name, Shape shape, Element element, bool perSample) =>
        Add(new Node(nodes.Count, kind, kind.ToString(), EquatableArray<ConstValue>.Empty, EquatableArray<int>.Empty, EquatableArray<int>.Empty, shape, element, name) { PerSample = perSample });

    private Node Add(Node node)
    {
        if (node.Kind == NodeKind.Op && scopes.Peek().Segment is > 0 and var segment)
        {
            node = node with { Segment = segment };
        }

        // Weights and numbers are the same at every step.
        if (loop != 0 && node.Kind is not (NodeKind.Parameter or NodeKind.Constant))
        {
            node = node with { Loop = loop };
        }

        nodes.Add(node);
        return node;
    }

    private static int Next(Scope scope, string op)
    {
        scope.Counters.TryGetValue(op, out var n);
        scope.Counters[op] = ++n;
        return n;
    }

    private static string Join(string path, string local) => path.Length == 0 ? local : path + "." + local;
}
