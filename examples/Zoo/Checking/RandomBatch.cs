namespace DeepGen.Zoo.Checking;

/// <summary>A batch of random samples, the same in every run.</summary>
internal static class RandomBatch
{
    /// <summary>Of all that is random.</summary>
    public const int Seed = 20_250_101;

    /// <summary>Numbers are standard normal, indices uniform, and lengths at least 1; unless the network fills its batch itself.</summary>
    public static Batch Of(ZooNetwork entry, Network network, int samples, int seed = 1)
    {
        var batch = new Batch(network, samples) { Count = samples };
        var random = new Random(Seed + seed);
        if (entry.Fill is { } fill)
        {
            fill(batch, random);
            return batch;
        }

        var definition = network.Definition;
        for (var i = 0; i < definition.Inputs.Length; i++)
        {
            if (definition.Inputs[i].Element == Element.Float32)
                Normal(batch.Input<float>(i), random);
            else
                Indices(batch.Input<int>(i), definition.Inputs[i], random);
        }

        for (var i = 0; i < definition.Targets.Length; i++)
        {
            if (definition.Targets[i].Element == Element.Float32)
                Normal(batch.Target<float>(i), random);
            else
                Indices(batch.Target<int>(i), definition.Targets[i], random);
        }

        return batch;
    }

    public static float[] Normal(int count)
    {
        var values = new float[count];
        Normal(values, new Random(Seed));
        return values;
    }

    /// <summary>Box and Muller 1958.</summary>
    private static void Normal(Span<float> values, Random random)
    {
        foreach (ref var value in values)
            value = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    private static void Indices(Span<int> values, TensorDefinition tensor, Random random)
    {
        // Integers that are neither are just numbers.
        var (from, to) = tensor.MaxLength > 0 ? (1, tensor.MaxLength + 1) : tensor.Classes > 0 ? (0, tensor.Classes) : (0, 4);
        foreach (ref var value in values)
            value = random.Next(from, to);
    }
}
