namespace DeepGen;

/// <summary>
/// Which values of an input an output depends on: the gradient of a class's score with respect to the input. K. Simonyan, A. Vedaldi and A. Zisserman 2013, Deep inside convolutional networks.
/// </summary>
/// <remarks>
/// Gradients belong to the training-mode run: BatchNorm normalizes by the sample itself, and dropout is on. Parameters, running statistics and the random numbers of a training are afterwards what they were before.
/// </remarks>
public static class Saliency
{
    /// <summary>The gradient of a number that depends on the output.</summary>
    /// <param name="network">A network with one input of floats and one output.</param>
    /// <param name="sample">One sample.</param>
    /// <param name="objective">The number, such as <see cref="OutputObjectives.Score"/>.</param>
    /// <returns>The derivative with respect to each value of the sample.</returns>
    /// <exception cref="ArgumentException">The network has other inputs or outputs, or the sample another size.</exception>
    /// <exception cref="InvalidOperationException">Another phase is running.</exception>
    public static float[] Gradient(Network network, ReadOnlySpan<float> sample, OutputObjective objective)
    {
        ArgumentNullException.ThrowIfNull(objective);
        using var probe = new Probe("Saliency", network);
        probe.Set(sample);
        network.Undisturbed("Saliency", () => probe.Run(objective));
        return probe.InputGradient;
    }

    /// <summary>The saliency map of a class: at each pixel the largest |derivative| among the channels (equation in section 3.1 of the paper).</summary>
    /// <param name="network">A network from a picture [C, H, W] to scores of classes.</param>
    /// <param name="picture">One picture.</param>
    /// <param name="label">The class.</param>
    /// <returns>[H, W].</returns>
    /// <exception cref="ArgumentException">The network has other inputs or outputs, its input is no picture, the picture has another size, or there is no such class.</exception>
    public static float[] Map(Network network, ReadOnlySpan<float> picture, int label)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Definition.Inputs[0].Shape is not [var channels, var height, var width])
            throw new ArgumentException($"A saliency map needs a network whose input is a picture [C, H, W], but {network.Definition.Name}'s is {Shapes.Text(network.Definition.Inputs[0].Shape)}; Saliency.Gradient takes any.", nameof(network));
        var output = network.Definition.Outputs[0].Shape;
        var gradient = Gradient(network, picture, OutputObjectives.Score(label, output.Length == 0 ? 1 : output[0]));
        var map = new float[height * width];
        for (var c = 0; c < channels; c++)
            for (var i = 0; i < map.Length; i++)
                map[i] = Math.Max(map[i], Math.Abs(gradient[(c * map.Length) + i]));
        return map;
    }
}
