using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Language;
using DeepGen.Generators.Ops;
using GraphElement = DeepGen.Generators.Graph.Element;

namespace DeepGen.Generators.Tests.Docs;

/// <summary>The text of docs/ops.md: a table of all ops, then a section for each, everything from its <see cref="OpDefinition"/>.</summary>
internal static class OpsPage
{
    private const string Head = """
        # Ops

        Every layer, activation and loss of the language. Written from the op catalogue; do not edit (see [adding an op](adding-an-op.md)).

        An op in a straight-line network is an attribute, in a `Forward` method a method of `Tensor`; both have the same parameters and give
        the same node. Shapes are those of one sample, batch left out: (C, H, W) for a map, (F) for a vector, () for a number. `x` is the input,
        `y` the output, `dy` the derivative of the loss with respect to `y`, `dx`, `dw`, `db` those with respect to input, weight and bias, `n` the batch.
        "Fused" says what shares one pass over memory; [architecture](architecture.md#fusion) has the rule behind it.

        Besides the ops, `Tensor` has the extents of its shape (`Rank`, `Channels`, `Height`, `Width`, `Features`, `Extent(axis)`), known while `Forward` is
        evaluated, `Tensor.Parameter(shape, initializer, name)`, a trainable tensor of your own, and `Tensor.Zeros(shape)`. `x.Split(parts, axis)` is an array of equal
        [slices](#slice), `x.CenterCropTo(other)` a [crop](#centercrop) to another map's height and width. Sequences are (T, F); a parameter
        `[Lengths(nameof(x))] Tensor lengths` of `Forward` says how many steps each sample of the input `x` has, from 1 to T: recurrent layers on `x`, and on what
        keeps its steps, then leave a state as it is behind a sample's last step, and give zeros there. Every op takes a `name`, except where a list of extents
        or of tensors ends its parameters; it is the first part of its parameters' names. Where a tensor is asked for,
        a number may stand: `x.Maximum(0)`, `Tensor.Where(x > 0, x, 0)`.


        """;

    public static string Text()
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        text.Append("| op | what it does | shape |\n|---|---|---|\n");
        foreach (var op in OpCatalogue.All)
        {
            text.Append($"| [{op.Name}](#{op.Name.ToLowerInvariant()}) | {Cell(op.Summary)} | {Cell(op.ShapeRule)} |\n");
        }

        foreach (var op in OpCatalogue.All)
        {
            Section(text, op);
        }

        return text.ToString();
    }

    private static void Section(StringBuilder text, OpDefinition op)
    {
        text.Append($"\n## {op.Name}\n\n{op.Summary}\n\n```csharp\n");
        foreach (var line in Signatures(op))
        {
            text.Append(line).Append('\n');
        }

        text.Append("```\n\n");
        if (op.Parameters.Count > 0)
        {
            text.Append("| parameter | default | |\n|---|---|---|\n");
            foreach (var p in op.Parameters)
            {
                text.Append($"| `{p.Name}` | {(p.Default is null ? "required" : "`" + new ConstValue(p.Default) + "`")} | {Cell(p.Doc)} |\n");
            }

            text.Append('\n');
        }

        Line(text, "Shape", op.ShapeRule);
        Line(text, "Formula", "`" + op.Formula + "`");
        Line(text, "Gradient", op.Gradient);
        Line(text, "Fused", op.Fuses);
        var owned = Owned(op);
        if (owned.Length > 0)
        {
            Line(text, "Own tensors", owned);
        }

        if (op.Source.Length > 0)
        {
            Line(text, "Source", op.Source);
        }
    }

    private static IEnumerable<string> Signatures(OpDefinition op)
    {
        static string List(IEnumerable<(string Text, string Name, string Doc)> parameters) => string.Join(", ", parameters.Select(p => p.Text)).Replace("global::System.", "");
        if (op is Arithmetic { Form: OpForm.Operator, Symbol: var symbol })
        {
            yield return $"Tensor {symbol} Tensor";
            yield return $"Tensor {symbol} float";
            yield return $"float {symbol} Tensor";
            yield break;
        }

        if (op.Form == OpForm.Cell)
        {
            foreach (var method in typeof(Tensor).GetMethods().Where(m => m.Name == op.Name))
            {
                yield return $"{Type(method.ReturnParameter)} x.{op.Name}({string.Join(", ", method.GetParameters().Select(p => $"{Type(p)} {p.Name}{(p.IsOptional ? " = " + (p.DefaultValue is null ? "null" : "false") : "")}"))})";
            }

            yield break;
        }

        if (op.Form == OpForm.Both)
        {
            foreach (var perAxis in LanguageWriter.Overloads(op))
            {
                yield return $"[{op.Name}({List(LanguageWriter.AttributeParameters(op, perAxis))})]";
            }
        }

        foreach (var perAxis in LanguageWriter.Overloads(op))
        {
            yield return $"{LanguageWriter.ReturnType(op)} {(op.Form == OpForm.Static || op.TakesWeights ? "Tensor" : "x")}.{op.Name}({List(LanguageWriter.MethodParameters(op, withWeight: false, perAxis))})";
            if (LanguageWriter.HasSecondOverload(op))
            {
                yield return $"Tensor {(op.Form == OpForm.Static ? "Tensor" : "x")}.{op.Name}({List(LanguageWriter.MethodParameters(op, withWeight: true, perAxis))})";
            }
        }

        if (op.Name == "Map")
        {
            yield return "Tensor Tensor.Map(Func<float, float, float> function, Tensor a, Tensor b, string? name = null)";
            yield return "Tensor Tensor.Map(Func<float, float, float, float> function, Tensor a, Tensor b, Tensor c, string? name = null)";
        }
    }

    /// <summary>A type as C# writes it, with the names of a tuple's elements.</summary>
    private static string Type(ParameterInfo parameter)
    {
        var names = new Queue<string?>(parameter.GetCustomAttribute<TupleElementNamesAttribute>()?.TransformNames ?? []);
        return Write(parameter.ParameterType);

        string Write(Type type)
        {
            if (type.FullName!.StartsWith("System.ValueTuple", StringComparison.Ordinal))
            {
                var elements = type.GetGenericArguments();
                var own = elements.Select(_ => names.Dequeue()).ToArray();
                return "(" + string.Join(", ", elements.Zip(own, (e, n) => $"{Write(e)} {n}")) + ")";
            }

            return type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Write))}>"
                : type == typeof(bool) ? "bool" : type == typeof(string) ? "string?" : type.Name;
        }
    }

    /// <summary>The tensors that a call makes, found by calling it on a small map or vector.</summary>
    private static string Owned(OpDefinition op)
    {
        if (op.Form != OpForm.Both || op.IsLoss || op.TakesWeights)
        {
            return "";
        }

        foreach (var (shape, extents) in new[] { (new Shape(4, 8, 8), EquatableArray<int>.Own(4, 8, 8)), (new Shape(4, 8, 8), EquatableArray<int>.Own(2, 0, 1)), (new Shape(8), default), (new Shape(4, 8), EquatableArray<int>.Own(-1)), (new Shape(4, 8, 8, 8), EquatableArray<int>.Own(-1)) })
        {
            var builder = new GraphBuilder();
            var arguments = op.Parameters.Select(p => new ConstValue(p.Default ?? (p.Type == OpParameterType.Ints ? extents : (object)2))).ToArray();
            try
            {
                builder.Call(op, arguments, [builder.AddInput("x", shape, op.IndexInput == 0 ? GraphElement.Int32 : GraphElement.Float32)]);
            }
            catch (OpException)
            {
                continue;
            }

            return string.Join(", ", builder.Nodes.Where(n => n.Kind == NodeKind.Parameter).Select(n => $"`{n.Name[(n.Name.LastIndexOf('.') + 1)..]}`{(n.Parameter!.Trainable ? "" : " (state: saved, not trained)")}"));
        }

        throw new InvalidOperationException($"{op.Name} takes no map, vector or sequence; add a shape to try.");
    }

    private static void Line(StringBuilder text, string name, string value) =>
        text.Append(CultureInfo.InvariantCulture, $"- **{name}**: {value}.\n");

    /// <summary>A bar would end the cell.</summary>
    private static string Cell(string text) => text.Replace("|", "\\|");
}
