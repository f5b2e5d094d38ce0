using DeepGen.Generators.Graph;

namespace DeepGen.Numerics.Tests.Harness;

/// <summary>Where the networks of these tests run. The tests of another backend are these sources with another file in place of this one.</summary>
internal static class TestDevice
{
    public static string Name => Devices.Cpu;

    /// <summary>Assemblies that the compiled networks refer to.</summary>
    public static string[] References => ["DeepGen.dll", "DeepGen.Numerics.Tests.dll"];

    /// <summary>Whether the compiled networks may be unloaded.</summary>
    public static bool IsCollectible => true;

    /// <summary>Other text for a generated file of a network; null for the generator's own.</summary>
    public static string? Rewritten(string path, NetworkGraph graph) => null;
}
