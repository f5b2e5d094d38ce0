namespace DeepGen;

/// <summary>
/// What layers give for a sample. A network keeps the results of those layers that its gradients need, behind what is fused with them: where a convolution, its bias and a Tanh are one kernel, the result is Tanh's.
/// The others are gone by the end of the forward run; the class's layer table says what is fused.
/// </summary>
public static class LayerActivations
{
    /// <summary>The layers whose results can be had, in forward order.</summary>
    public static IReadOnlyList<string> Names(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return [.. network.Definition.Activations.Select(buffer => buffer.Layer).Distinct()];
    }

    /// <summary>The shape of what a layer gives.</summary>
    /// <param name="network">The network.</param>
    /// <param name="layer">One of <see cref="Names"/>; of several results of one name the last.</param>
    /// <exception cref="KeyNotFoundException">The layer's result is not kept, or there is no such layer.</exception>
    public static IReadOnlyList<int> Shape(Network network, string layer) => Array.AsReadOnly(Find(network, layer).Shape);

    /// <summary>What a layer gives, row-major in the layer's <see cref="Shape"/>. Training mode, as with <see cref="Saliency"/>.</summary>
    /// <param name="network">A network with one input of floats and one output; it is afterwards what it was before.</param>
    /// <param name="sample">One sample.</param>
    /// <param name="layer">One of <see cref="Names"/>; of several results of one name the last.</param>
    /// <exception cref="KeyNotFoundException">The layer's result is not kept, or there is no such layer.</exception>
    /// <exception cref="ArgumentException">The network has other inputs or outputs, or the sample another size.</exception>
    /// <exception cref="InvalidOperationException">Another phase is running.</exception>
    public static float[] Of(Network network, ReadOnlySpan<float> sample, string layer)
    {
        using var probe = new Probe("LayerActivations", network);
        var buffer = Find(network, layer);
        probe.Set(sample);
        float[] values = [];
        network.Undisturbed("LayerActivations", () =>
        {
            network.Forward(probe.Batch);
            values = network.LastActivation(buffer);
        });
        return values;
    }

    private static BufferDefinition Find(Network network, string layer)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Definition.Activations.LastOrDefault(one => one.Layer == layer)
            ?? throw new KeyNotFoundException($"{network.Definition.Name} keeps no result of a layer '{layer}'. It keeps those of {string.Join(", ", Names(network))}.");
    }
}
