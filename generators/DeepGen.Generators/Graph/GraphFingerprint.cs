using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DeepGen.Generators.Graph;

/// <summary>A short text that is the same for equal graphs on every machine and compiler, and differs for others.</summary>
internal static class GraphFingerprint
{
    /// <summary>SHA-256 of <see cref="Print"/> in lower-case hex.</summary>
    public static string Of(NetworkGraph graph)
    {
        using var sha = SHA256.Create();
        var hex = new StringBuilder(64);
        foreach (var b in sha.ComputeHash(Encoding.UTF8.GetBytes(Print(graph))))
        {
            hex.Append(b.ToString("x2", CultureInfo.InvariantCulture));
        }

        return hex.ToString();
    }

    /// <summary>The graph as text, one node a line; the difference of two prints says where two compilers disagree.</summary>
    public static string Print(NetworkGraph graph)
    {
        var text = new StringBuilder();
        var api = graph.Api;
        text.Append(api.Accessibility).Append(' ').Append(api.Modifier).Append(' ').Append(api.Namespace).Append('.').Append(api.ClassName).Append('\n');
        text.Append("inputs ").Append(string.Join(", ", api.Inputs.Select(Tensor))).Append("; outputs ").Append(string.Join(", ", api.Outputs))
            .Append("; targets ").Append(string.Join(", ", api.Targets.Select(Tensor))).Append("; loss ").Append(api.HasLoss ? "yes" : "no").Append('\n');
        foreach (var node in graph.Nodes)
        {
            text.Append(node.Id).Append(' ').Append(node.Kind).Append(' ').Append(node.Op).Append('(')
                .Append(string.Join(", ", node.Arguments.Select(Argument))).Append(") ").Append(string.Join(",", node.Inputs)).Append(" / ").Append(string.Join(",", node.Parameters))
                .Append(" -> ").Append(node.Element).Append(node.Shape.ToCompactString()).Append(node.PerSample ? " each '" : " one '").Append(node.Name).Append("' in '").Append(node.Scope).Append('\'');
            if (node.Parameter is { } p)
            {
                text.Append(p.Trainable ? " trainable " : " state ").Append(p.Initializer).Append(' ').Append(p.FanIn).Append(' ').Append(p.FanOut).Append(' ').Append(p.Activation)
                    .Append(p.Value is { } value ? " " + value.ToString("R", CultureInfo.InvariantCulture) : "");
            }

            text.Append(node.Segment != 0 ? $" segment {node.Segment}" : "");
            text.Append(node.Loop != 0 ? $" step {node.Loop}" : "").Append(node.Lengths >= 0 ? $" lengths {node.Lengths}" : "");
            if (node.Cell is { } cell)
            {
                text.Append(" cell ").Append(cell.Loop).Append(": ").Append(cell.Step).Append(", ").Append(string.Join(",", cell.States)).Append(" -> ").Append(string.Join(",", cell.Next)).Append(", ").Append(cell.Output);
            }

            text.Append('\n');
        }

        return text.Append("outputs ").Append(string.Join(",", graph.Outputs)).Append("; loss ").Append(graph.Loss.ToString(CultureInfo.InvariantCulture)).Append('\n').ToString();
    }

    private static string Tensor(ApiTensor t) => t.Element + " " + t.Name;

    private static string Argument(ConstValue value) => value.Value switch
    {
        ScalarFunction f => f.Name + ": " + Scalar(f.Body),
        EquatableArray<int> extents => "[" + string.Join(",", extents) + "]",
        EquatableArray<float> numbers => "[" + string.Join(",", numbers.Select(n => new ConstValue(n))) + "]",
        string s => "\"" + s + "\"",
        _ => value.ToString(),
    };

    private static string Scalar(ScalarExpr e) => e switch
    {
        ScalarArgument a => "x" + a.Index.ToString(CultureInfo.InvariantCulture),
        ScalarConstant c => c.Value.ToString("R", CultureInfo.InvariantCulture),
        ScalarUnary u => u.Function + "(" + Scalar(u.X) + ")",
        ScalarBinary b => b.Function + "(" + Scalar(b.X) + ", " + Scalar(b.Y) + ")",
        ScalarSelect s => "Select(" + Scalar(s.Condition) + ", " + Scalar(s.WhenTrue) + ", " + Scalar(s.WhenFalse) + ")",
        _ => throw new InvalidOperationException("Unknown scalar expression " + e.GetType().Name),
    };
}
