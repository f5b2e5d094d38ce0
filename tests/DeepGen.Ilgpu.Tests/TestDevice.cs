using DeepGen.Generators.Emit.Gpu;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Passes;

namespace DeepGen.Numerics.Tests.Harness;

/// <summary>The networks of these tests run on ILGPU's simulation of a GPU, or on the device that the environment variable DEEPGEN_DEVICE names.</summary>
internal static class TestDevice
{
    public static string Name { get; } = Environment.GetEnvironmentVariable("DEEPGEN_DEVICE") is { Length: > 0 } name ? name : "ilgpu-cpu";

    /// <summary>Assemblies that the compiled networks refer to.</summary>
    public static string[] References => ["DeepGen.dll", "DeepGen.Ilgpu.dll", "ILGPU.dll", "DeepGen.Ilgpu.Tests.dll"];

    /// <summary>Whether the compiled networks may be unloaded: ILGPU's own code, which may not, launches their kernels.</summary>
    public static bool IsCollectible => false;

    /// <summary>The simulation has a thread of the host for each of a tile's, so it gets tiles of four; but not a network whose name begins with Whole.</summary>
    public static string? Rewritten(string path, NetworkGraph graph) =>
        Name == "ilgpu-cpu" && !graph.Api.ClassName.StartsWith("Whole", StringComparison.Ordinal) && path.EndsWith("+OnGpu.g.cs", StringComparison.Ordinal) ? new GpuNetworkWriter(PlannedNetwork.Of(graph), [8]).Write() : null;
}
