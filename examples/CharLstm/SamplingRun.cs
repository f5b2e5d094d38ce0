namespace DeepGen.Examples.CharLstm;

/// <summary>Only writes, with the weights of an earlier training.</summary>
internal static class SamplingRun
{
    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public static int Execute(Settings settings, CancellationToken stop)
    {
        using var writer = Writer.Load(settings.Load!);
        if (stop.IsCancellationRequested) return ExampleProgram.Interrupted;
        Console.WriteLine(settings.Prime.TrimStart('\n') + writer.Write(settings.Prime, settings.Sample, settings.Temperature, settings.Seed));
        return 0;
    }
}
