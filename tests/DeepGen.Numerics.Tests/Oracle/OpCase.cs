using System.Globalization;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;

namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>One op at one configuration: as a layer graph, and as the C# class that a user would write.</summary>
/// <param name="Shapes">The inputs' shapes, per sample; for a loss, the prediction's alone.</param>
/// <param name="Arguments">Those that differ from their defaults; ints as int[], floats as double[], a function by its name.</param>
internal sealed record OpCase(string Name, string Op, int Batch, int[][] Shapes, IReadOnlyDictionary<string, object> Arguments, bool Training = true, double Low = -1, double High = 1)
{
    /// <summary>The first input is a sequence of another length in each sample.</summary>
    public bool Ragged { get; init; }

    public override string ToString() => Name;

    public OpDefinition Definition => OpCatalogue.Get(Op);

    public NetworkGraph ToGraph()
    {
        if (Op == "Scan")
        {
            return ScanSample.Graph(this);
        }

        var op = Definition;
        var arguments = Unpools ? [] : op.Parameters.Select(Constant).ToArray();
        var builder = new GraphBuilder();
        var inputs = Shapes.Select((s, i) => builder.AddInput(InputName(i), new Shape(s), HoldsIndices(i) ? GraphElement.Int32 : GraphElement.Float32)).ToList();
        if (Ragged)
        {
            inputs.Add(builder.AddInput("lengths", Shape.Scalar, GraphElement.Int32));
            inputs[0] = builder.SetLengths(inputs[0], inputs[^1]);
        }

        var targets = new List<Node>();
        if (op.IsLoss)
        {
            var (shape, element, name) = op.AttributeTarget(arguments, inputs[0].Shape);
            targets.Add(builder.AddTarget(name, shape, element));
        }

        var prediction = inputs[0];
        var y = op.TakesWeights ? Penalized(builder, arguments, ref prediction, targets)
            : Unpools ? builder.Call(op, arguments, [inputs[0], builder.Call(Pool, Pool.Parameters.Select(Constant).ToArray(), [inputs[1]])])
            : builder.Call(op, arguments, [.. inputs.Take(Shapes.Length), .. targets]);
        var hasLoss = op.IsLoss || op.TakesWeights;
        var api = new NetworkApi(
            "",
            Name,
            "public",
            new EquatableArray<ApiTensor>(inputs.Select(i => new ApiTensor(i.Name, i.Element))),
            new EquatableArray<string>(["y"]),
            new EquatableArray<ApiTensor>(targets.Select(t => new ApiTensor(t.Name, t.Element))),
            hasLoss);
        return builder.Build(api, [hasLoss ? prediction.Id : y.Id], hasLoss ? y.Id : -1);
    }

    /// <summary>A penalty on weights needs some, and a loss to be added to.</summary>
    private static Node Penalized(GraphBuilder builder, ConstValue[] arguments, ref Node prediction, List<Node> targets)
    {
        prediction = builder.Call(OpCatalogue.Get("Dense"), [new(3), new(true)], [prediction]);
        targets.Add(builder.AddTarget("targets", new Shape(3), GraphElement.Float32));
        var loss = builder.Call(OpCatalogue.Get("MeanSquaredError"), [], [prediction, targets[0]]);
        var penalty = builder.Call(OpCatalogue.Get("WeightPenalty"), arguments, builder.Nodes.Where(WeightPenalty.IsWeight).ToArray());
        return builder.Call(OpCatalogue.Get("Add"), [], [loss, penalty]);
    }

    /// <summary>
    /// The class in the method form. A loss is put behind a layer that has weights, since a network's output must be computed; its gradient shows in theirs.
    /// </summary>
    public string ToSource()
    {
        if (Op == "Scan")
        {
            return ScanSample.Source(this);
        }

        var inputs = string.Join(", ", Shapes.Select((s, i) => $"[Input({string.Join(", ", s.Select(e => e.ToString()).Concat(HoldsIndices(i) ? ["type: Element.Int32"] : []))})] Tensor {InputName(i)}")) + (Ragged ? ", [Lengths(nameof(a))] Tensor lengths" : "");
        var function = string.Concat(Definition.Parameters.Where(p => p.Type == OpParameterType.Function).Select(p => "\n\n    " + ScalarSample.Get((string)Arguments[p.Name]).Source));
        var names = Shapes.Select((_, i) => InputName(i));
        string Call(string receiver, IEnumerable<string> tensors, bool attribute = false)
        {
            var list = ArgumentList(Definition, attribute);
            return $"{receiver}{Op}({string.Join(", ", Op == "Map" || Definition.Variadic ? list.Concat(tensors) : tensors.Concat(list))})";
        }

        var (attribute, body) = Definition switch
        {
            { TakesWeights: true } => (", MeanSquaredError, " + Call("", [], attribute: true), "a.Dense(3)"),
            { IsLoss: true } => (", " + Call("", [], attribute: true), Shapes[0].Length == 1 ? $"a.Dense({Shapes[0][0]})" : $"a.Conv2d({Shapes[0][0]}, 1)"),
            Arithmetic { Form: OpForm.Operator, Symbol: var symbol } => ("", $"a {symbol} b"),
            { Form: OpForm.Static } => ("", Call("Tensor.", names)),
            _ when Op == "Map" && Shapes.Length > 1 => ("", Call("Tensor.", names)),
            _ when Unpools => ("", $"a.{Op}(b.{Pool.Name}({string.Join(", ", ArgumentList(Pool))}))"),
            { Results: { Count: > 0 } results } => ("", $"Joined({Call("a.", names.Skip(1))});\n\n    static Tensor Joined(({string.Join(", ", results.Select(r => "Tensor " + r))}) r) => Tensor.Concat(0, {string.Join(", ", results.Select(r => "r." + r))})"),
            _ => ("", Call("a.", names.Skip(1))),
        };
        return $$"""
            [Network{{attribute}}]
            public partial class {{Name}}
            {
                static Tensor Forward({{inputs}}) => {{body}};{{function}}
            }
            """;
    }

    /// <summary>Its second input is the result of a pool, which the arguments belong to.</summary>
    private bool Unpools => Op == "MaxUnpool2d";

    private static OpDefinition Pool => OpCatalogue.Get("MaxPool2d");

    private bool HoldsIndices(int input) => !Definition.IsLoss && Definition.IndexInput == input;

    private static string InputName(int i) => ((char)('a' + i)).ToString();

    /// <summary>Where one extent is given axis by axis, all are: that is the other overload.</summary>
    private IEnumerable<string> ArgumentList(OpDefinition op, bool attribute = false)
    {
        bool IsExtents(string name) => op.Parameters.Single(p => p.Name == name).Type == OpParameterType.Extents;
        var perAxis = Arguments.Any(p => p.Value is int[] && IsExtents(p.Key));
        return Arguments.Select(p => IsExtents(p.Key) && perAxis ? $"{p.Key}: [{string.Join(", ", p.Value as int[] ?? [(int)p.Value])}]" : Argument(p.Key, p.Value, attribute));
    }

    private string Argument(string name, object value, bool attribute) => value switch
    {
        int[] axes when Parameter(name).Type == OpParameterType.Axes => $"{name}: [{string.Join(", ", axes)}]",
        int[] extents => string.Join(", ", extents),
        double[] numbers => $"{name}: {(attribute ? "new float[] { " : "[")}{string.Join(", ", numbers.Select(n => Convert.ToSingle(n).ToString("R", CultureInfo.InvariantCulture) + "f"))}{(attribute ? " }" : "]")}",
        bool b => $"{name}: {(b ? "true" : "false")}",
        -1 when name == "padding" => "padding: Padding.Same",
        -2 when name == "padding" => "padding: Padding.Full",
        int i => $"{name}: {i}",
        string function => function,
        double or float => $"{name}: {Convert.ToSingle(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)}f",
        _ => throw new NotSupportedException($"{Name}: {name} = {value}"),
    };

    private OpParameter Parameter(string name) => Definition.Parameters.Single(p => p.Name == name);

    private ConstValue Constant(OpParameter p)
    {
        if (!Arguments.TryGetValue(p.Name, out var value))
        {
            return new ConstValue(p.Default ?? throw new ArgumentException($"{Name}: {Op} needs {p.Name}."));
        }

        return new ConstValue(p.Type switch
        {
            OpParameterType.Int => Convert.ToInt32(value),
            OpParameterType.Extents when value is int => value,
            OpParameterType.Float => Convert.ToSingle(value),
            OpParameterType.Bool => Convert.ToBoolean(value),
            OpParameterType.Floats => new EquatableArray<float>(((double[])value).Select(v => (float)v)),
            OpParameterType.Function => ScalarSample.Get((string)value).Function,
            _ => new EquatableArray<int>((int[])value),
        });
    }
}
