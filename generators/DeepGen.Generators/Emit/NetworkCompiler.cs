using DeepGen.Generators.Graph;

namespace DeepGen.Generators.Emit;

/// <summary>The compiler behind the front doors: graph in, C# out. A pure function, deterministic, without Roslyn.</summary>
internal static class NetworkCompiler
{
    /// <summary>The generated half of the class: kernels and public members.</summary>
    public static string Compile(NetworkGraph graph) => ErrorApi(graph.Api, "");

    /// <summary>The public members with bodies that throw <paramref name="message"/>, so that one wrong network gives one error and no cascade.</summary>
    public static string ErrorApi(NetworkApi api, string message) => "";
}
