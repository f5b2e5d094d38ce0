using DeepGen.Generators.Graph;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>The compiler behind the front doors: graph in, C# out. A pure function, deterministic, without Roslyn.</summary>
internal static class NetworkCompiler
{
    /// <summary>The generated half of the class: kernels and public members.</summary>
    public static string Compile(NetworkGraph graph) => new NetworkWriter(PlannedNetwork.Of(graph)).Write();

    /// <summary>The public members with bodies that throw <paramref name="message"/>, so that one wrong network gives one error and no cascade.</summary>
    public static string ErrorApi(NetworkApi api, string message)
    {
        var w = new CodeWriter();
        NetworkWriter.Begin(w, api, new[] { "This network has an error and does nothing: " + message }, "");
        new ApiWriter(api, message).Write(w);
        foreach (var run in new[] { "RunPrepare", "RunInference", "RunForward", "RunBackward", "SetOutputGradients" })
        {
            w.Line($"/// <inheritdoc/>");
            w.Line($"protected override void {run}(ref Runtime::Frame f) => throw new global::System.InvalidOperationException({Literals.String(message)});");
            w.Line();
        }

        w.Line("private static class Compiled");
        w.Open();
        w.Line($"public static Runtime::NetworkDefinition Definition => throw new global::System.InvalidOperationException({Literals.String(message)});");
        w.Close();
        w.Close();
        return w.ToString();
    }
}
