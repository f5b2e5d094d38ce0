namespace DeepGen;

/// <summary>
/// What in a picture excites one feature: the feature's value, all others of its layer set to 0, goes back to the picture (M. Zeiler and R. Fergus 2014, Visualizing and understanding convolutional networks, section 2.1).
/// </summary>
/// <remarks>
/// The way back differs from a gradient in its rectifier, which lets positive values through whatever the way there was, so it is no by-product of the backward pass and is declared: <c>MaxUnpool2d</c> with the pool that
/// it undoes, <c>Relu</c>, and <c>ConvTranspose2d</c> with the convolution's own weight. The network has the inputs picture [C, H, W] and chosen [K, h, w], and the outputs features [K, h, w], of the picture, and projection
/// [C, H, W], of what is chosen, in this order; see docs/inference.md for one.
/// </remarks>
/// <param name="Channel">The channel of the feature.</param>
/// <param name="Row">Its row in the map.</param>
/// <param name="Column">Its column.</param>
/// <param name="Value">Its value.</param>
/// <param name="Projection">What excites it, [C, H, W].</param>
public sealed record FeatureProjection(int Channel, int Row, int Column, float Value, float[] Projection)
{
    /// <summary>Projects a channel's strongest feature.</summary>
    /// <param name="network">The network there and back.</param>
    /// <param name="picture">One picture.</param>
    /// <param name="channel">The channel.</param>
    /// <exception cref="ArgumentException">The network has other inputs or outputs, the picture another size, or there is no such channel.</exception>
    /// <exception cref="InvalidOperationException">A training phase is running.</exception>
    public static FeatureProjection Strongest(Network network, ReadOnlySpan<float> picture, int channel)
    {
        ArgumentNullException.ThrowIfNull(network);
        var definition = network.Definition;
        if (definition.Inputs is not [{ Element: Element.Float32, Shape.Length: 3 } image, { Element: Element.Float32, Shape: [var channels, _, var width] } chosen] || definition.Outputs is not [var features, var back]
            || !features.Shape.AsSpan().SequenceEqual(chosen.Shape) || !back.Shape.AsSpan().SequenceEqual(image.Shape))
            throw new ArgumentException(
                $"FeatureProjection needs a network with the inputs picture [C, H, W] and chosen [K, h, w] and the outputs features [K, h, w] and projection [C, H, W], but {definition.Name} goes from {Text(definition.Inputs)} to {Text(definition.Outputs)}.", nameof(network));
        if (picture.Length != image.Size) throw new ArgumentException($"FeatureProjection: {definition.Name} takes pictures of {image.Size} values ({Shapes.PerSample(image.Shape)}), got {picture.Length}.", nameof(picture));
        if ((uint)channel >= (uint)channels) throw new ArgumentOutOfRangeException(nameof(channel), channel, $"There are {channels} channels.");
        using var batch = new Batch(network, 1) { Count = 1 };
        using var outputs = new OutputMemory(definition, 1);
        picture.CopyTo(batch.Input<float>());
        var choice = batch.Input<float>(1);
        choice.Clear();
        network.Predict(batch, outputs);
        var size = chosen.Size / channels;
        var map = outputs.Values(0, 1).Slice(channel * size, size);
        var strongest = 0;
        for (var i = 1; i < size; i++)
            if (map[i] > map[strongest]) strongest = i;
        var value = map[strongest];
        choice[(channel * size) + strongest] = value;
        network.Predict(batch, outputs);
        return new FeatureProjection(channel, strongest / width, strongest % width, value, outputs.Values(1, 1).ToArray());

        static string Text(TensorDefinition[] tensors) => string.Join(", ", tensors.Select(tensor => Shapes.Text(tensor.Shape)));
    }
}
