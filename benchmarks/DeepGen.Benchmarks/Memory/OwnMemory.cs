using System.Diagnostics;
using System.Text.Json.Nodes;
using DeepGen.Benchmarks.Compare;

namespace DeepGen.Benchmarks.Memory;

/// <summary>Our side in a fresh process: this program again.</summary>
internal static class OwnMemory
{
    /// <summary>Training steps before the peak is read.</summary>
    public const int Steps = 3;

    /// <summary>Runs a workload in a process of its own.</summary>
    /// <param name="index">In <see cref="Workloads.All"/>.</param>
    /// <returns>What <see cref="Print"/> writes.</returns>
    public static JsonObject Measure(int index)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(OwnMemory).Assembly.Location);
        foreach (var argument in new[] { "memory", "--own", $"{index}" })
            start.ArgumentList.Add(argument);
        // As a program has it that sets nothing; this one has the server's collector for the generator's sake.
        start.Environment["DOTNET_gcServer"] = "0";
        using var process = Process.Start(start)!;
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonNode.Parse(line)!.AsObject() : throw new InvalidOperationException($"The process for {Workloads.All[index].Name} failed.");
    }

    /// <summary>Trains for some steps and writes one JSON line: bytes resident before the network and at the peak, and the seconds of the first step.</summary>
    public static int Print(Workload workload)
    {
        var before = Resident("VmRSS");
        using var side = workload.Create(workload, Environment.ProcessorCount);

        // Sets the peak to what is resident now.
        File.WriteAllText("/proc/self/clear_refs", "5");
        var start = Stopwatch.GetTimestamp();
        side.Run();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        for (var step = 1; step < Steps; step++)
            side.Run();
        Console.WriteLine(new JsonObject { ["before"] = before, ["peak"] = Resident("VmHWM"), ["seconds"] = seconds }.ToJsonString());
        return 0;
    }

    private static long Resident(string field) =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim());
}
