namespace DeepGen.Zoo.Checking;

/// <summary>What a network gave in its first training step.</summary>
/// <param name="Loss">Null for a network without one; its gradients are then those from <paramref name="OutputGradient"/>.</param>
/// <param name="Output">The first output.</param>
/// <param name="OutputGradient">What was handed to Backward; null where the loss gave it.</param>
/// <param name="Gradients">Of every trainable tensor.</param>
internal sealed record FirstStep(float? Loss, float[] Output, float[]? OutputGradient, IReadOnlyDictionary<string, float[]> Gradients)
{
    /// <summary>One step with the loss, which also moves the weights.</summary>
    public static FirstStep WithLoss(Network network, Batch batch, Optimizer optimizer)
    {
        var output = OutputOf(network, batch);
        var loss = network.Step(batch, output, optimizer);
        return new(loss, output, null, GradientsOf(network));
    }

    /// <summary>Forward, and Backward from random gradients of the output.</summary>
    public static FirstStep WithoutLoss(Network network, Batch batch)
    {
        var output = OutputOf(network, batch);
        var gradient = RandomBatch.Normal(output.Length);
        network.ZeroGradients();
        network.Forward(batch, output);
        network.Backward(batch, gradient);
        return new(null, output, gradient, GradientsOf(network));
    }

    private static float[] OutputOf(Network network, Batch batch) => new float[batch.Count * network.Definition.Outputs[0].Size];

    private static Dictionary<string, float[]> GradientsOf(Network network) =>
        network.Parameters.Where(p => p.IsTrainable).ToDictionary(p => p.Name, p => p.Gradient.ToArray(), StringComparer.Ordinal);
}
