using DeepGen.Generators.Emit.Gpu;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>The compiler behind the front doors: graph in, C# out. Pure functions, deterministic, without Roslyn.</summary>
internal static class NetworkCompiler
{
    /// <summary>What the network runs: programs and kernels. Nothing outside sees it, so an editor may do without.</summary>
    /// <param name="hasGpu">Whether the class gets a side for GPUs too, <see cref="CompileForGpu"/>.</param>
    public static string Compile(NetworkGraph graph, bool hasGpu = false, CancellationToken cancellation = default) => new NetworkWriter(PlannedNetwork.Of(graph, cancellation), hasGpu).Write(cancellation);

    /// <summary>What the network runs on a GPU: the same programs as launches of kernels.</summary>
    public static string CompileForGpu(NetworkGraph graph, CancellationToken cancellation = default) => new GpuNetworkWriter(PlannedNetwork.Of(graph, cancellation)).Write(cancellation);

    /// <summary>The public members, all that the user's code and the editor see.</summary>
    public static string Api(NetworkGraph graph) => Api(graph.Api, null, LayerTable.Of(graph));

    /// <summary>The public members with bodies that throw <paramref name="message"/>, so that one wrong network gives one error and no cascade.</summary>
    public static string ErrorApi(NetworkApi api, string message) => Api(api, message, new[] { "This network has an error and does nothing: " + message });

    private static string Api(NetworkApi api, string? error, IEnumerable<string> remarks)
    {
        var w = new CodeWriter();
        GeneratedFile.Begin(w, api);
        w.Line("/// <remarks><code>");
        foreach (var line in remarks)
        {
            w.Line(line.Length == 0 ? "///" : "/// " + Literals.Xml(line));
        }

        w.Line("/// </code></remarks>");
        w.Line("[global::System.CodeDom.Compiler.GeneratedCode(\"DeepGen\", \"0.1.0\")]");
        // The members of a network use pointers. Those of an erroneous one do not, lest a project without AllowUnsafeBlocks gets a second error.
        w.Line($"{(error is null ? "unsafe " : "")}partial class {api.ClassName} : Runtime::Network");
        w.Open();
        new ApiWriter(api, error).Write(w);
        w.Close();
        return w.ToString();
    }
}
