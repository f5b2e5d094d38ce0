using System.Diagnostics;

namespace DeepGen.Benchmarks.Kernels;

/// <summary>How a kernel is timed by itself.</summary>
internal static class Shortest
{
    /// <summary>Shortest time of one call, in seconds: the machine may be shared.</summary>
    public static double Of(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        var once = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        action();
        once = Math.Min(once, Stopwatch.GetElapsedTime(start).TotalSeconds);
        var calls = (int)Math.Clamp(2e-3 / once, 1, 2000);
        var best = double.PositiveInfinity;
        var began = Stopwatch.GetTimestamp();
        for (var round = 0; round < 200 && (round < 20 || Stopwatch.GetElapsedTime(began).TotalSeconds < 0.3); round++)
        {
            start = Stopwatch.GetTimestamp();
            for (var call = 0; call < calls; call++)
                action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / calls);
        }
        return best;
    }
}
