using System.Text.Json.Nodes;

namespace DeepGen.Benchmarks.Memory;

/// <summary>What a fresh process needed.</summary>
/// <param name="Total">Bytes of the resident peak over the process that has loaded the framework.</param>
/// <param name="Beyond">The same without weights, gradients and the optimizer's moments.</param>
/// <param name="FirstStep">Seconds of the first training step.</param>
internal sealed record Usage(long Total, long Beyond, double FirstStep)
{
    /// <param name="answer">Bytes resident "before" the network and at the "peak", "seconds" of the first step.</param>
    /// <param name="kept">Bytes of weights, gradients and moments.</param>
    public static Usage Of(JsonObject answer, long kept)
    {
        var total = answer["peak"]!.GetValue<long>() - answer["before"]!.GetValue<long>();
        return new Usage(total, total - kept, answer["seconds"]!.GetValue<double>());
    }

    /// <summary>In MiB.</summary>
    public static string Text(long? bytes) => bytes is { } value ? $"{value / 1048576d:0.0}" : "-";

    /// <summary>Their bytes by ours.</summary>
    public static string Ratio(long? theirs, long ours) => theirs is { } value ? $"{(double)value / ours:0.00}" : "-";
}
