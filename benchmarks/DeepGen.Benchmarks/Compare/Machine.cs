using System.Runtime.InteropServices;
using DeepGen.Kernels;

namespace DeepGen.Benchmarks.Compare;

/// <summary>What a measurement was made on.</summary>
internal static class Machine
{
    public static string Level => Simd.Level switch
    {
        512 => "512-bit vectors (AVX-512)",
        256 => "256-bit vectors (AVX2 and FMA)",
        _ => "128-bit vectors",
    };

    /// <summary>How busy the machine was in the last minute, or empty: other work makes times longer and ratios uncertain.</summary>
    public static string Load => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "";

    public static IReadOnlyList<string> Describe() =>
    [
        $"processor: {Processor()}, {Environment.ProcessorCount} cores",
        $"vectors: {Level}",
        $"system: {RuntimeInformation.OSDescription.Trim()}",
        $"runtime: {RuntimeInformation.FrameworkDescription}",
    ];

    private static string Processor()
    {
        const string Path = "/proc/cpuinfo";
        if (!File.Exists(Path))
            return RuntimeInformation.ProcessArchitecture.ToString();
        var lines = File.ReadLines(Path).TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2)
            .GroupBy(parts => parts[0].Trim(), parts => parts[1].Trim()).ToDictionary(group => group.Key, group => group.First());
        var name = lines.GetValueOrDefault("model name", RuntimeInformation.ProcessArchitecture.ToString());
        return lines.TryGetValue("cpu family", out var family) ? $"{name} (family {family}, model {lines.GetValueOrDefault("model", "?")})" : name;
    }
}
