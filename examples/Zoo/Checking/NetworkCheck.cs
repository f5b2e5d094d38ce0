using DeepGen.Generators.Graph;

namespace DeepGen.Zoo.Checking;

/// <summary>Trains a network for a moment, and compares its first step with the interpreter.</summary>
internal static class NetworkCheck
{
    private const int Steps = 20;

    /// <summary>The share of the first loss that must be gone after the last step.</summary>
    private const double Fall = 0.2;

    /// <summary>At full size two random samples are enough: BatchNorm needs that many, and the arenas grow with each.</summary>
    private const int FullBatch = 2;

    private const int OtherSeeds = 3;

    /// <summary>Failures named in a row; a wrong layer makes all gradients in front of it wrong.</summary>
    private const int Named = 3;

    public static CheckResult Run(ZooNetwork entry, bool full)
    {
        try
        {
            return Checked(entry, full);
        }
        catch (Exception error) when (error is not UsageException)
        {
            // One network that cannot even be run must not hide the others.
            return new(null, null, "", [$"{error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}"]);
        }
    }

    private static CheckResult Checked(ZooNetwork entry, bool full)
    {
        var create = full ? entry.Full : entry.Small;
        var graph = Graphs.Of(create);
        var samples = full && entry.Fill is null ? Math.Min(entry.Batch, FullBatch) : entry.Batch;
        using var network = create(new NetworkOptions { MaxBatch = samples, Seed = 1 });
        using var batch = RandomBatch.Of(entry, network, samples);
        var failures = new List<string>();
        if (SavedCount(graph, network) is { } wrongCount)
            failures.Add(wrongCount);

        // Before the first step moves the weights.
        var oracle = Oracle.IsQuick(graph, samples) ? new Oracle(graph, network, batch) : null;
        var optimizer = entry.Optimizer();
        var hasLoss = network.Definition.HasLoss;
        var first = hasLoss ? FirstStep.WithLoss(network, batch, optimizer) : FirstStep.WithoutLoss(network, batch);
        failures.AddRange(Shortened([.. Vanishing(first)]));
        var comparison = oracle?.Compare(first);
        if (comparison is { Differences.Count: > 0 })
            comparison = Elsewhere(entry, create, graph, samples) ?? comparison;
        failures.AddRange(Shortened([.. comparison?.Differences ?? []]));

        var (start, end) = hasLoss ? (first.Loss, Train(network, batch, optimizer)) : Play(entry, full, samples);
        if (start is { } before && end is { } after && !(after <= before - (Fall * Math.Abs(before))))
            failures.Add("the loss does not fall by 20 %");
        var remark = string.Join("; ", new[] { full ? "" : entry.Note, Remark(comparison) }.Where(r => r.Length > 0));
        return new(start, end, remark, failures);
    }

    /// <summary>That a kink lies between float and double is chance, a wrong kernel is not: a network that differs is compared again from other weights and samples.</summary>
    private static Comparison? Elsewhere(ZooNetwork entry, Func<NetworkOptions?, Network> create, NetworkGraph graph, int samples)
    {
        for (var seed = 2; seed < 2 + OtherSeeds; seed++)
        {
            using var network = create(new NetworkOptions { MaxBatch = samples, Seed = (ulong)seed });
            using var batch = RandomBatch.Of(entry, network, samples, seed);
            var oracle = new Oracle(graph, network, batch);
            var step = network.Definition.HasLoss ? FirstStep.WithLoss(network, batch, entry.Optimizer()) : FirstStep.WithoutLoss(network, batch);
            if (oracle.Compare(step) is { Differences.Count: 0 } comparison)
                return comparison with { Seed = seed };
        }

        return null;
    }

    private static string Remark(Comparison? comparison) => comparison switch
    {
        null => "not compared with the interpreter, which would take too long",
        { Bound: > Oracle.Tolerance } => FormattableString.Invariant($"compared within {comparison.Bound:g1}, the reach of rounding here"),
        { Seed: > 1 } => FormattableString.Invariant($"compared at seed {comparison.Seed}"),
        _ => "",
    };

    /// <summary>The steps after the first.</summary>
    /// <returns>The loss of the last.</returns>
    private static float Train(Network network, Batch batch, Optimizer optimizer)
    {
        var loss = 0f;
        for (var step = 1; step < Steps; step++)
            loss = network.Step(batch, optimizer);
        return loss;
    }

    /// <summary>A generator has no loss of its own; what falls is that of its game. There is none at full size.</summary>
    private static (float?, float?) Play(ZooNetwork entry, bool full, int samples)
    {
        if (full || entry.Game is not { } create)
            return (null, null);
        using var game = create(new NetworkOptions { MaxBatch = samples, Seed = 1 });
        game.Draw(new Random(RandomBatch.Seed));
        var optimizer = entry.Optimizer();
        float first = game.Step(optimizer), last = first;
        for (var step = 1; step < Steps; step++)
            last = game.Step(optimizer);
        return (first, last);
    }

    private static IEnumerable<string> Vanishing(FirstStep step)
    {
        foreach (var (name, gradient) in step.Gradients)
        {
            if (gradient.Any(g => !float.IsFinite(g)))
                yield return $"the gradient of {name} is not finite";
            else if (gradient.All(g => g == 0))
                yield return $"the gradient of {name} is zero";
        }
    }

    private static string? SavedCount(NetworkGraph graph, Network network)
    {
        var saved = SavedWeights.Of(network);
        var trainable = graph.Parameters.Where(p => p.Parameter!.Trainable).ToArray();
        var inFile = trainable.Sum(p => saved.GetValueOrDefault(p.Name));
        return inFile == Costs.TrainableValues(graph) && saved.Count == graph.Parameters.Count()
            ? null
            : FormattableString.Invariant($"the graph has {Costs.TrainableValues(graph):N0} parameters, the saved file {inFile:N0}");
    }

    private static IEnumerable<string> Shortened(List<string> failures) =>
        failures.Count <= Named ? failures : failures.Take(Named).Append(FormattableString.Invariant($"and {failures.Count - Named} more"));
}
