namespace DeepGen;

/// <summary>A prediction to look at.</summary>
/// <param name="Picture">The sample; null where it is none that can be seen.</param>
/// <param name="Truth">What is right: the name of a class, a number.</param>
/// <param name="Predicted">What the network says.</param>
/// <param name="Probability">The probability that it gives to that; NaN where it gives none.</param>
public sealed record ShownPrediction(PictureGrid? Picture, string Truth, string Predicted, double Probability = double.NaN)
{
    /// <summary>Whether both are the same text.</summary>
    public bool IsRight => Truth == Predicted;

    /// <summary>The wrong predictions of a classifier that it is surest of, over a whole dataset, the surest first.</summary>
    /// <param name="network">A network whose first head gives each sample one class.</param>
    /// <param name="dataset">The samples.</param>
    /// <param name="count">How many.</param>
    /// <param name="classNames">The names of the classes; their numbers when null.</param>
    /// <param name="picture">The picture of a sample, by its number; null takes the network's input where that is [1 or 3, height, width].</param>
    /// <exception cref="ArgumentException">The network is no such classifier, or the dataset is empty or does not fit it.</exception>
    public static IReadOnlyList<ShownPrediction> Worst(Network network, IDataset dataset, int count, IReadOnlyList<string>? classNames = null, Func<int, PictureGrid>? picture = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        using var samples = new SamplePredictions(network, picture);
        var mistakes = new PriorityQueue<(int Sample, int Truth, int Predicted, double Probability), (double, int)>();
        int[] all = [.. Enumerable.Range(0, dataset.Count)];
        samples.Predict(dataset, all, (sample, truth, predicted, probability) =>
        {
            if (truth == predicted) return;
            mistakes.Enqueue((sample, truth, predicted, probability), (probability, -sample));
            if (mistakes.Count > count) mistakes.Dequeue();
        });
        return [.. mistakes.UnorderedItems.Select(item => item.Element).OrderByDescending(mistake => mistake.Probability).ThenBy(mistake => mistake.Sample)
            .Select(mistake => new ShownPrediction(samples.Picture(dataset, mistake.Sample), Name(classNames, mistake.Truth), Name(classNames, mistake.Predicted), mistake.Probability))];
    }

    internal static string Name(IReadOnlyList<string>? names, int label) => names != null && label < names.Count ? names[label] : Html.Invariant($"{label}");
}
