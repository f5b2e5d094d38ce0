namespace DeepGen;

/// <summary>An output of a network whose predictions can be counted right or wrong, with the target they are compared with.</summary>
/// <param name="Output">The number of the output, from 0.</param>
/// <param name="Target">The number of the target: class indices, or float values laid out as the output.</param>
/// <param name="Kind">What the output's values mean.</param>
/// <remarks>
/// The generator finds the heads in the loss: every output that a <c>SoftmaxCrossEntropy</c>, <c>NegativeLogLikelihood</c>, <c>Hinge</c> or <c>BinaryCrossEntropyWithLogits</c> is given as it is, alone or as
/// a term of a <c>Loss</c> method. For others, such as a loss of one's own, <see cref="Metrics.Evaluate(Network, IDataset, IReadOnlyList{Head}, CancellationToken)"/> takes heads by hand.
/// </remarks>
public sealed record Head(int Output, int Target, HeadKind Kind);

/// <summary>What the values of an output mean. The axis of the classes is the first of the output's shape: [C], [C, H, W], [C, T].</summary>
public enum HeadKind
{
    /// <summary>Scores of classes, the highest of which is the prediction; they are no probabilities, so there is no perplexity.</summary>
    ClassScores,

    /// <summary>Scores of classes whose softmax are the probabilities.</summary>
    ClassLogits,

    /// <summary>Logarithms of the probabilities of classes.</summary>
    ClassLogProbabilities,

    /// <summary>Probabilities of classes.</summary>
    ClassProbabilities,

    /// <summary>Each value is for itself: its sigmoid is the probability of yes. Predicted is yes where the logit is above 0.</summary>
    BinaryLogits,

    /// <summary>Each value is for itself the probability of yes. Predicted is yes where it is above 0.5.</summary>
    BinaryProbabilities,
}
