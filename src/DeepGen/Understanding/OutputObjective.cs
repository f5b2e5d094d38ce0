namespace DeepGen;

/// <summary>A number that depends on an output, and its derivative: what a gradient with respect to the input is taken of.</summary>
/// <param name="output">The values of the output for one sample.</param>
/// <param name="gradient">Receives the derivative with respect to each value; it is 0 before.</param>
/// <returns>The number.</returns>
public delegate double OutputObjective(ReadOnlySpan<float> output, Span<float> gradient);

/// <summary>The usual numbers.</summary>
public static class OutputObjectives
{
    /// <summary>Half the sum of the squares of all values: what an output shows already is strengthened (DeepDream, A. Mordvintsev et al. 2015).</summary>
    public static OutputObjective Strength { get; } = (output, gradient) =>
    {
        output.CopyTo(gradient);
        var sum = 0.0;
        foreach (var value in output) sum += (double)value * value / 2;
        return sum;
    };

    /// <summary>How far an output is from what it should be: Σ (y − t)²/n, n the number of its values. Of features it is the content of a picture, of their <c>Gram()</c> matrix its style (L. Gatys, A. Ecker and M. Bethge 2016, sections 2.1 and 2.2, each with another factor).</summary>
    /// <param name="target">What it should be.</param>
    public static OutputObjective SquaredDistance(float[] target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Distance(target, 1.0 / Math.Max(1, target.Length));
    }

    /// <summary>The same relative to the target, Σ (y − t)²/Σ t², so that outputs whose values are of other sizes can be weighed against each other.</summary>
    /// <param name="target">What it should be; not all 0.</param>
    /// <exception cref="ArgumentException">The target is 0 everywhere, or not finite.</exception>
    public static OutputObjective RelativeDistance(float[] target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var squares = 0.0;
        foreach (var value in target) squares += (double)value * value;
        return squares > 0 && double.IsFinite(squares) ? Distance(target, 1 / squares) : throw new ArgumentException($"Nothing has a distance relative to a target whose sum of squares is {squares}.", nameof(target));
    }

    private static OutputObjective Distance(float[] target, double factor) => (output, gradient) =>
    {
        if (output.Length != target.Length) throw new ArgumentException($"The output has {output.Length} values, but the target {target.Length}.", nameof(target));
        var sum = 0.0;
        for (var i = 0; i < output.Length; i++)
        {
            var difference = (double)output[i] - target[i];
            sum += difference * difference;
            gradient[i] = (float)(2 * factor * difference);
        }

        return factor * sum;
    };

    /// <summary>The score of a class, or of a channel of a map the sum over its places. Scores before the softmax are better than probabilities, which rise by lowering the others, too (K. Simonyan et al. 2013, section 2).</summary>
    /// <param name="index">The class: the index in the first axis of the output.</param>
    /// <param name="classes">The number of classes: the length of that axis.</param>
    public static OutputObjective Score(int index, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if ((uint)index >= (uint)classes) throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {classes} classes.");
        return (output, gradient) =>
        {
            var places = output.Length / classes;
            gradient.Slice(index * places, places).Fill(1);
            var sum = 0.0;
            foreach (var value in output.Slice(index * places, places)) sum += value;
            return sum;
        };
    }
}
