namespace DeepGen;

/// <summary>How often classes occur, and weights that make up for it.</summary>
public static class ClassBalance
{
    /// <summary>The number of samples of each class.</summary>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="classes">The number of classes; one more than the highest label when null.</param>
    /// <exception cref="ArgumentException">There is no label, or one is not in [0, classes).</exception>
    public static int[] Counts(IReadOnlyList<int> labels, int? classes = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0) throw new ArgumentException("There is no label.", nameof(labels));
        var counts = new int[classes ?? Math.Max(1, checked(labels.Max() + 1))];
        for (var i = 0; i < labels.Count; i++)
        {
            if ((uint)labels[i] >= (uint)counts.Length)
                throw new ArgumentException($"Label {labels[i]} of sample {i} is no class; labels must be {(classes == null ? "0 or more" : $"0 to {counts.Length - 1}")}.", nameof(labels));
            counts[labels[i]]++;
        }

        return counts;
    }

    /// <summary>
    /// Weights for a loss (<c>SoftmaxCrossEntropy(classWeights: ...)</c>) under which every class counts alike: samples / (classes · samples of the class), so that the mean weight of a sample is 1.
    /// G. King and L. Zeng 2001.
    /// </summary>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="classes">The number of classes; one more than the highest label when null.</param>
    /// <exception cref="ArgumentException">There is no label, one is not in [0, classes), or a class has no sample.</exception>
    public static float[] Weights(IReadOnlyList<int> labels, int? classes = null)
    {
        var counts = Counts(labels, classes);
        var empty = Array.IndexOf(counts, 0);
        if (empty >= 0) throw new ArgumentException($"Class {empty} has no sample, so it has no weight; leave it out or find samples of it.", nameof(labels));
        return Array.ConvertAll(counts, count => (float)((double)labels.Count / counts.Length / count));
    }
}
