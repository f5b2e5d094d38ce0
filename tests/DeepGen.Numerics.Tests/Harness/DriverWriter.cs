using System.Text;
using DeepGen.Generators.Graph;

namespace DeepGen.Numerics.Tests.Harness;

/// <summary>The text of an <see cref="INetworkDriver"/> for one network.</summary>
internal static class DriverWriter
{
    public static string Name(NetworkApi api) => "Driver_" + api.ClassName;

    public static string Write(NetworkApi api)
    {
        var type = "global::" + (api.Namespace.Length > 0 ? api.Namespace + "." : "") + api.ClassName;
        var inputs = api.Inputs.Select((t, i) => $"({Array(t)})x[{i}]").ToArray();
        var targets = api.Targets.Select((t, i) => $"({Array(t)})targets[{i}]").ToArray();
        var outputs = api.Outputs.Select((_, i) => $"y[{i}]").ToArray();
        var text = new StringBuilder();
        text.AppendLine($"public sealed class {Name(api)} : DeepGen.Numerics.Tests.Harness.INetworkDriver");
        text.AppendLine("{");
        text.AppendLine($"    private readonly {type} net;");
        text.AppendLine($"    public {Name(api)}(DeepGen.NetworkOptions options) => net = {type}.Create(options);");
        text.AppendLine("    public DeepGen.Network Network => net;");
        text.AppendLine("    public void Dispose() => net.Dispose();");
        Member("void Predict(System.Array[] x, float[][] y)", "Predict", [.. inputs, .. outputs]);
        Member("float Step(System.Array[] x, System.Array[] targets, DeepGen.Optimizer optimizer)", "Step", [.. inputs, .. targets, "optimizer"], api.HasLoss);
        Member("float Evaluate(System.Array[] x, System.Array[] targets, float[][] y)", "Evaluate", [.. inputs, .. targets, .. outputs], api.HasLoss);
        Member("void Forward(System.Array[] x, float[][] y)", "Forward", [.. inputs, .. outputs]);
        var floats = api.Inputs.Count(t => t.Element == GraphElement.Float32);
        Member("void Backward(float[][] dy, float[]?[] dx, bool parameters)", "Backward", [.. api.Outputs.Select((_, i) => $"dy[{i}]"), .. Enumerable.Range(0, floats).Select(i => $"dx[{i}]"), .. floats > 0 ? ["parameters"] : System.Array.Empty<string>()]);
        return text.AppendLine("}").ToString();

        void Member(string signature, string method, string[] arguments, bool exists = true) =>
            text.AppendLine($"    public {signature} => {(exists ? $"net.{method}({string.Join(", ", arguments)})" : "throw new System.NotSupportedException()")};");
    }

    private static string Array(ApiTensor t) => t.Element == GraphElement.Int32 ? "int[]" : "float[]";
}
