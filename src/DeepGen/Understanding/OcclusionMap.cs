namespace DeepGen;

/// <summary>
/// Which parts of a picture a class depends on: a square is covered, place after place, and the probability of the class noted. M. Zeiler and R. Fergus 2013, Visualizing and understanding convolutional networks, section 4.2.
/// </summary>
/// <param name="Rows">Places of the square from top to bottom.</param>
/// <param name="Columns">Places of the square from left to right.</param>
/// <param name="Values">What the class has where the square covers that place, row by row. Low is where the class is seen.</param>
/// <param name="Uncovered">What the class has when nothing is covered.</param>
public sealed record OcclusionMap(int Rows, int Columns, float[] Values, float Uncovered)
{
    /// <summary>Covers a picture place after place; inference mode, as many places at a time as <see cref="Network.MaxBatch"/>.</summary>
    /// <param name="network">A network from a picture [C, H, W] to values of classes: of logits or log-probabilities the probability is taken, of others the value as it is.</param>
    /// <param name="picture">One picture.</param>
    /// <param name="label">The class.</param>
    /// <param name="patch">The side of the square, at most that of the picture.</param>
    /// <param name="stride">From one place to the next.</param>
    /// <param name="cover">What the square's pixels become: grey in the paper, which is 0 for standardized pictures.</param>
    /// <exception cref="ArgumentException">The network has other inputs or outputs, the picture another size, the square does not fit, or there is no such class.</exception>
    public static OcclusionMap Of(Network network, ReadOnlySpan<float> picture, int label, int patch, int stride = 1, float cover = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var probe = new Probe("OcclusionMap", network, network.MaxBatch);
        if (probe.Input.Shape is not [var channels, var height, var width] || probe.Output.Shape.Length != 1)
            throw new ArgumentException($"OcclusionMap needs a network from a picture [C, H, W] to classes [K], but {network.Definition.Name} goes from {Shapes.Text(probe.Input.Shape)} to {Shapes.Text(probe.Output.Shape)}.", nameof(network));
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        if (patch < 1 || patch > Math.Min(height, width)) throw new ArgumentOutOfRangeException(nameof(patch), patch, $"The picture is {height}x{width} pixels; a square of 1 to {Math.Min(height, width)} fits into it.");
        if ((uint)label >= (uint)probe.Classes) throw new ArgumentOutOfRangeException(nameof(label), label, $"There are {probe.Classes} classes.");
        probe.Set(picture);
        int rows = ((height - patch) / stride) + 1, columns = ((width - patch) / stride) + 1;
        var kind = network.Definition.Heads.FirstOrDefault(head => head.Output == 0)?.Kind;
        var outputs = new float[probe.Classes * probe.Batch.Capacity];
        var probabilities = new float[outputs.Length];
        var values = new float[rows * columns];
        var uncovered = 0f;

        // The place before the first covers nothing.
        for (var first = -1; first < values.Length; first += probe.Batch.Capacity)
        {
            var count = probe.Batch.Count = Math.Min(probe.Batch.Capacity, values.Length - first);
            for (var i = 0; i < count; i++)
            {
                var sample = probe.Batch.Input<float>().Slice(i * probe.Input.Size, probe.Input.Size);
                picture.CopyTo(sample);
                for (var c = 0; c < channels && first + i >= 0; c++)
                    for (var y = 0; y < patch; y++)
                        sample.Slice((((c * height) + ((first + i) / columns * stride) + y) * width) + ((first + i) % columns * stride), patch).Fill(cover);
            }

            network.Predict(probe.Batch, outputs);
            Probabilities.Of(kind, outputs.AsSpan(0, count * probe.Classes), count, probe.Output.Shape, probabilities);
            for (var i = 0; i < count; i++)
            {
                var value = probabilities[(i * probe.Classes) + label];
                if (first + i < 0) uncovered = value;
                else values[first + i] = value;
            }
        }

        return new OcclusionMap(rows, columns, values, uncovered);
    }
}
