using System.Globalization;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;

namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>One op at one configuration: as a layer graph, and as the C# class that a user would write.</summary>
/// <param name="Shapes">The inputs' shapes, per sample; for a loss, the prediction's alone.</param>
/// <param name="Arguments">Those that differ from their defaults; ints as int[], floats as double[], a function by its name.</param>
internal sealed record OpCase(string Name, string Op, int Batch, int[][] Shapes, IReadOnlyDictionary<string, object> Arguments, bool Training = true, double Low = -1, double High = 1)
{
    public override string ToString() => Name;

    public OpDefinition Definition => OpCatalogue.Get(Op);

    public NetworkGraph ToGraph()
    {
        var op = Definition;
        var arguments = op.Parameters.Select(Constant).ToArray();
        var builder = new GraphBuilder();
        var inputs = Shapes.Select((s, i) => builder.AddInput(InputName(i), new Shape(s), GraphElement.Float32)).ToList();
        var targets = new List<Node>();
        if (op.IsLoss)
        {
            var (shape, element, name) = op.AttributeTarget(arguments, inputs[0].Shape);
            targets.Add(builder.AddTarget(name, shape, element));
        }

        var prediction = inputs[0];
        var y = op.TakesWeights ? Penalized(builder, arguments, ref prediction, targets) : builder.Call(op, arguments, [.. inputs, .. targets]);
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
        var inputs = string.Join(", ", Shapes.Select((s, i) => $"[Input({string.Join(", ", s)})] Tensor {InputName(i)}"));
        var function = string.Concat(Definition.Parameters.Where(p => p.Type == OpParameterType.Function).Select(p => "\n\n    " + ScalarSample.Get((string)Arguments[p.Name]).Source));
        var names = Shapes.Select((_, i) => InputName(i));
        string Call(string receiver, IEnumerable<string> tensors, bool attribute = false) =>
            $"{receiver}{Op}({string.Join(", ", (Op == "Map" ? Arguments.Select(p => Argument(p.Key, p.Value)).Concat(tensors) : tensors.Concat(Arguments.Select(p => Argument(p.Key, p.Value, attribute)))))})";
        var (attribute, body) = Definition switch
        {
            { TakesWeights: true } => (", MeanSquaredError, " + Call("", [], attribute: true), "a.Dense(3)"),
            { IsLoss: true } => (", " + Call("", [], attribute: true), Shapes[0].Length == 1 ? $"a.Dense({Shapes[0][0]})" : $"a.Conv2d({Shapes[0][0]}, 1)"),
            Arithmetic { Form: OpForm.Operator, Symbol: var symbol } => ("", $"a {symbol} b"),
            { Form: OpForm.Static } => ("", Call("Tensor.", names)),
            _ when Op == "Map" && Shapes.Length > 1 => ("", Call("Tensor.", names)),
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

    private static string InputName(int i) => ((char)('a' + i)).ToString();

    private string Argument(string name, object value, bool attribute = false) => value switch
    {
        int[] axes when Parameter(name).Type == OpParameterType.Axes => $"{name}: [{string.Join(", ", axes)}]",
        int[] extents => string.Join(", ", extents),
        double[] numbers => $"{name}: {(attribute ? "new float[] { " : "[")}{string.Join(", ", numbers.Select(n => Convert.ToSingle(n).ToString("R", CultureInfo.InvariantCulture) + "f"))}{(attribute ? " }" : "]")}",
        bool b => $"{name}: {(b ? "true" : "false")}",
        -1 when name == "padding" => "padding: Padding.Same",
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
            OpParameterType.Float => Convert.ToSingle(value),
            OpParameterType.Bool => Convert.ToBoolean(value),
            OpParameterType.Floats => new EquatableArray<float>(((double[])value).Select(v => (float)v)),
            OpParameterType.Function => ScalarSample.Get((string)value).Function,
            _ => new EquatableArray<int>((int[])value),
        });
    }
}
