using System.Diagnostics;

namespace DeepGen.Runtime.Tests;

/// <summary>A training in a process of its own, killed without warning and started again, until it is through.</summary>
public sealed class InterruptionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_training_that_is_killed_three_times_ends_with_the_same_bits() => Kill(times: 3, seed: 1);

    [Fact]
    [Trait("Tier", "Long")]
    public void A_training_that_is_killed_fifty_times_ends_with_the_same_bits() => Kill(times: 50, seed: 2);

    private static void Kill(int times, int seed)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        var (expected, first) = RunToTheEnd(folder.File("whole"), folder.File("whole.safetensors"));
        Assert.EndsWith("done, resumed from step 0, skipped 0", first);
        var (kills, trainings, resumed) = (0, 0, 0);
        while (kills < times)
        {
            // Each training that comes through is followed by another from the start.
            trainings++;
            var (checkpoints, weights) = (folder.File($"checkpoints{trainings}"), folder.File($"weights{trainings}.safetensors"));
            while (kills < times)
            {
                if (Interrupt(checkpoints, weights, random)) break;
                kills++;
                resumed += CheckAll(checkpoints) > 0 ? 1 : 0;
            }

            var (bytes, last) = RunToTheEnd(checkpoints, weights);
            Assert.EndsWith("skipped 0", last);
            Assert.Equal(expected, bytes);

            // Nothing half-written stays behind, and no more than is to be kept: two and the best.
            Assert.Empty(Directory.GetFiles(checkpoints, "*.tmp"));
            Assert.InRange(Directory.GetFiles(checkpoints, "step-*").Length, 1, 3);
        }

        Assert.True(resumed >= times / 3, $"Only {resumed} of {times} kills came after the first checkpoint.");
    }

    /// <summary>Kills a training after some steps and a part of one; true when it came through before that.</summary>
    private static bool Interrupt(string checkpoints, string weights, Random random)
    {
        using var process = Start(checkpoints, weights);
        for (var reports = random.Next(1, 14); reports > 0 && process.StandardOutput.ReadLine() != null; reports--)
        {
        }

        var (wait, began) = (TimeSpan.FromMilliseconds(15 * random.NextDouble()), Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(began) < wait) Thread.SpinWait(20);
        process.Kill();
        process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(Patience));
        Assert.Equal("", errors);
        if (process.ExitCode == 0) return true;

        // 128 + SIGKILL: not an end of its own.
        if (!OperatingSystem.IsWindows()) Assert.Equal(137, process.ExitCode);
        return false;
    }

    private static (byte[] Weights, string LastLine) RunToTheEnd(string checkpoints, string weights)
    {
        using var process = Start(checkpoints, weights);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(Patience));
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}\n{errors.Result}");
        return (File.ReadAllBytes(weights), output.TrimEnd());
    }

    /// <summary>Every checkpoint is whole, whenever the process was killed.</summary>
    private static int CheckAll(string checkpoints)
    {
        if (!Directory.Exists(checkpoints)) return 0;
        var files = Directory.GetFiles(checkpoints, "step-*.safetensors");
        foreach (var path in files) CheckpointFile.Open(path).Dispose();
        return files.Length;
    }

    private static Process Start(string checkpoints, string weights)
    {
        // ROOT/ARTIFACTS/bin/PROJECT/CONFIGURATION, for both projects.
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(output.Parent!.Parent!.FullName, "DeepGen.Interrupted", output.Name, "DeepGen.Interrupted.dll");
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        return Process.Start(new ProcessStartInfo(host, [program, checkpoints, weights]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }
}
