namespace DeepGen.Examples.Report;

/// <summary>Everything that the report shows of one run.</summary>
public sealed record RunSummary
{
    /// <summary>The images, in words.</summary>
    public required string DataName { get; init; }

    /// <summary>When the run ended.</summary>
    public required DateTimeOffset Finished { get; init; }

    /// <summary>The epochs that were run to their end, in order; empty when weights were only tested.</summary>
    public required IReadOnlyList<EpochRecord> Epochs { get; init; }

    /// <summary>The epoch whose weights were kept, 0 when nothing was trained.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>True when Ctrl-C ended the training before its last epoch.</summary>
    public required bool Stopped { get; init; }

    /// <summary>The result on the test set, which is looked at only once.</summary>
    public required ConfusionMatrix Test { get; init; }

    /// <summary>The mean cross-entropy on the test set, in nats.</summary>
    public required double TestLoss { get; init; }

    /// <summary>Trainable parameters of the network.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Name and value of each hyper-parameter, in the order to show.</summary>
    public required IReadOnlyList<(string Name, string Value)> HyperParameters { get; init; }

    /// <summary>Name and value of what the run ran on.</summary>
    public required IReadOnlyList<(string Name, string Value)> Environment { get; init; }

    /// <summary>The images that the network got wrong with the most confidence, most confident first.</summary>
    public required IReadOnlyList<Mistake> Mistakes { get; init; }
}

/// <summary>A test image taken for the wrong class.</summary>
/// <param name="Pixels">28 × 28 grey values, row by row, 0 black to 255 white.</param>
/// <param name="Truth">The name of its class.</param>
/// <param name="Predicted">The name of the class that it was taken for.</param>
/// <param name="Probability">The softmax probability given to the wrong class.</param>
public sealed record Mistake(byte[] Pixels, string Truth, string Predicted, double Probability);
