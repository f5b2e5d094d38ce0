namespace DeepGen.Examples.SentenceCnn;

/// <summary>Only classifies, with the weights of an earlier training.</summary>
internal static class ClassifyingRun
{
    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public static int Execute(Settings settings)
    {
        if (settings.Classify.Count == 0)
            throw new UsageException("--load classifies sentences without training; say which with --classify TEXT.");
        settings.CheckSentences();
        using var net = KimCnn.Create(new NetworkOptions { MaxBatch = 16, Threads = settings.Threads });
        var words = ModelFile.Load(settings.Load!, net);
        foreach (var opinion in Opinion.Of(net, words, settings.Classify)) Console.WriteLine(opinion);
        return 0;
    }
}
