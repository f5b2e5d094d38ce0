namespace DeepGen.Benchmarks.Compare;

/// <summary>Random samples, the same in every run.</summary>
internal static class Samples
{
    public static Batch Of(Network network)
    {
        var batch = new Batch(network) { Count = network.MaxBatch };
        var random = new Random(1);
        Fill(batch, batch.Definition.Inputs, batch.Input<float>, batch.Input<int>, random);
        Fill(batch, batch.Definition.Targets, batch.Target<float>, batch.Target<int>, random);
        return batch;
    }

    /// <summary>Standard normal numbers (Box and Muller 1958).</summary>
    public static void Normal(Span<float> values, Random random)
    {
        foreach (ref var value in values)
            value = MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())) * MathF.Cos(2 * MathF.PI * random.NextSingle());
    }

    private static void Fill(Batch batch, TensorDefinition[] tensors, Values<float> numbers, Values<int> indices, Random random)
    {
        for (var i = 0; i < tensors.Length; i++)
        {
            if (tensors[i].Element == Element.Float32)
            {
                Normal(numbers(i), random);
                continue;
            }
            foreach (ref var index in indices(i))
                index = random.Next(tensors[i].Classes);
        }
    }

    private delegate Span<T> Values<T>(int index);
}
