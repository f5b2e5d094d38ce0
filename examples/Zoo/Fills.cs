namespace DeepGen.Zoo;

/// <summary>Batches that can be learnt from, for networks that random targets would tell nothing.</summary>
internal static class Fills
{
    /// <summary>
    /// Scenes of four regions each around a random point, and the class of every pixel: the channel that is bright there, or none.
    /// A mask smaller than its image shows the middle.
    /// </summary>
    public static void Regions(Batch batch, Random random)
    {
        var (image, mask) = (batch.Definition.Inputs[0].Shape, batch.Definition.Targets[0]);
        var (channels, height, width) = (image[0], image[1], image[2]);
        var (rows, columns) = (mask.Shape[0], mask.Shape[1]);
        var (top, left) = ((height - rows) / 2, (width - columns) / 2);
        for (var n = 0; n < batch.Count; n++)
        {
            var pixels = batch.Input<float>().Slice(n * channels * height * width, channels * height * width);
            var labels = batch.Target<int>().Slice(n * rows * columns, rows * columns);
            var (y0, x0) = (top + random.Next(rows), left + random.Next(columns));
            int[] regions = [random.Next(mask.Classes), random.Next(mask.Classes), random.Next(mask.Classes), random.Next(mask.Classes)];
            for (var i = 0; i < pixels.Length; i++)
            {
                var (c, y, x) = (i / (height * width), i / width % height, i % width);
                var label = regions[(y < y0 ? 0 : 2) + (x < x0 ? 0 : 1)];
                pixels[i] = (label == c ? 2 : 0) + 0.5f * Normal(random);
                if (c == 0 && y >= top && y < top + rows && x >= left && x < left + columns) labels[(y - top) * columns + x - left] = label;
            }
        }
    }

    /// <summary>Pictures of black and white pixels, each of them its own target.</summary>
    public static void Pictures(Batch batch, Random random)
    {
        foreach (ref var pixel in batch.Input<float>()) pixel = random.NextSingle() < 0.2f ? 1 : 0;
        batch.Input<float>().CopyTo(batch.Target<float>());
    }

    /// <summary>Random letters; the target of each is the next one.</summary>
    public static void Letters(Batch batch, Random random)
    {
        var letters = batch.Input<int>();
        var next = batch.Target<int>();
        var (length, classes) = (batch.Definition.Inputs[0].Size, batch.Definition.Targets[0].Classes);
        for (var i = 0; i < next.Length; i++) next[i] = random.Next(classes);
        for (var i = 0; i < letters.Length; i++) letters[i] = i % length == 0 ? random.Next(classes) : next[i - 1];
    }

    /// <summary>Random images and sentences: the words before, which begin with word 0, and the words themselves.</summary>
    public static void Captions(Batch batch, Random random)
    {
        foreach (ref var pixel in batch.Input<float>()) pixel = Normal(random);
        var before = batch.Input<int>(1);
        var words = batch.Target<int>();
        var (length, count) = (batch.Definition.Inputs[1].Size, batch.Definition.Targets[0].Classes);
        for (var i = 0; i < words.Length; i++) words[i] = random.Next(1, count);
        for (var i = 0; i < before.Length; i++) before[i] = i % length == 0 ? 0 : words[i - 1];
    }

    /// <summary>Pairs of random images; every other pair shows the same twice, but for some noise.</summary>
    public static void Pairs(Batch batch, Random random)
    {
        var left = batch.Input<float>();
        var right = batch.Input<float>(1);
        var same = batch.Target<float>();
        var size = batch.Definition.Inputs[0].Size;
        for (var n = 0; n < same.Length; n++) same[n] = n % 2;
        for (var i = 0; i < left.Length; i++) (left[i], right[i]) = (0.3f * Normal(random), 0.3f * Normal(random));
        for (var i = 0; i < left.Length; i++) if (same[i / size] == 1) right[i] = left[i] + 0.1f * right[i];
    }

    /// <summary>Random images for a discriminator; every other one is real, which makes it a little brighter.</summary>
    public static void Verdicts(Batch batch, Random random)
    {
        var real = batch.Target<float>();
        for (var i = 0; i < real.Length; i++) real[i] = IsReal(i, real.Length);
        for (var input = 0; input < batch.Definition.Inputs.Length; input++)
        {
            var pixels = batch.Input<float>(input);
            for (var i = 0; i < pixels.Length; i++) pixels[i] = MathF.Tanh(0.5f * Normal(random) + 0.5f * IsReal(i, pixels.Length));
        }

        int IsReal(int i, int length) => i / (length / batch.Count) % 2;
    }

    internal static float Normal(Random random) => MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())) * MathF.Cos(2 * MathF.PI * random.NextSingle());
}
