namespace DeepGen;

/// <summary>
/// How an <see cref="Optimizer"/> treats the parameters whose names match a pattern. What is not set stays as it is for all parameters; where several
/// groups match one parameter, later groups override what they set.
/// </summary>
/// <example><code>new Sgd(0.1f) { Groups = [new("*.bias") { WeightDecay = 0 }, new("features.*") { RateFactor = 0.1f }] }</code></example>
public sealed record ParameterGroup
{
    /// <summary>A group that changes nothing until something is set.</summary>
    /// <param name="pattern">Matches names as <see cref="ParameterCollection.Matching"/> does: <c>*</c> stands for any text, <c>?</c> for one character. Running statistics that match are passed over.</param>
    /// <exception cref="ArgumentException">The pattern is empty.</exception>
    public ParameterGroup(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        Pattern = pattern;
    }

    /// <summary>Which parameters belong to it.</summary>
    public string Pattern { get; }

    /// <summary>Their learning rate is <see cref="Optimizer.LearningRate"/> times this; 1 when no group says otherwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, NaN or infinite.</exception>
    public float? RateFactor
    {
        get;
        init => field = value is null ? null : Optimizer.NotNegative(value.Value, nameof(RateFactor));
    }

    /// <summary>Their weight decay; <see cref="Optimizer.WeightDecay"/> when no group says otherwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, NaN or infinite.</exception>
    public float? WeightDecay
    {
        get;
        init => field = value is null ? null : Optimizer.NotNegative(value.Value, nameof(WeightDecay));
    }

    /// <summary>Whether this optimizer leaves them alone; <see cref="Parameter.Frozen"/> freezes too, and no group undoes that.</summary>
    public bool? Frozen { get; init; }

    /// <summary>
    /// The largest Euclidean norm of a filter, which is what one index of a weight's first dimension holds: a filter of a convolution, the incoming weights of
    /// a unit. After the update, filters above it are scaled back to it. Parameters of one dimension, such as biases, have no filters and are left alone. Infinity is no limit.
    /// G. Hinton et al. 2012 (section 2 of "Improving neural networks by preventing co-adaptation of feature detectors"); M. Zeiler and R. Fergus 2013 use a radius of 0.1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0.</exception>
    public float? MaxNorm
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxNorm), value, "MaxNorm must be above 0; infinity is no limit.");
    }

    /// <summary>All that it says, as a text.</summary>
    internal string Description
    {
        get
        {
            var parts = new List<string> { $"'{Pattern}'" };
            if (RateFactor is { } factor) parts.Add($"rate_factor {Settings.Text(factor)}");
            if (WeightDecay is { } decay) parts.Add($"weight_decay {Settings.Text(decay)}");
            if (Frozen is { } frozen) parts.Add(frozen ? "frozen" : "not frozen");
            if (MaxNorm is { } norm) parts.Add($"max_norm {Settings.Text(norm)}");
            return string.Join(", ", parts);
        }
    }
}
