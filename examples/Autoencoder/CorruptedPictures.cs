namespace DeepGen.Examples.Autoencoder;

/// <summary>Pictures whose input is corrupted and whose target is clean. Each epoch corrupts a picture anew; a validation and a test, which always ask for epoch 1, see the same each time.</summary>
/// <param name="pictures">The clean ones.</param>
/// <param name="corruption">How they are corrupted.</param>
/// <param name="level">How much.</param>
/// <param name="seed">The key of the random numbers.</param>
internal sealed class CorruptedPictures(ImageArray pictures, Corruption corruption, float level, ulong seed) : IDataset
{
    /// <inheritdoc/>
    public int Count => pictures.Count;

    /// <inheritdoc/>
    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        var size = pictures.Height * pictures.Width;
        Span<float> corrupted = batch.Input<float>(), clean = batch.Target<float>();
        for (var i = 0; i < indices.Length; i++)
        {
            var target = clean.Slice(i * size, size);
            var pixels = pictures[indices[i]];
            for (var pixel = 0; pixel < size; pixel++) target[pixel] = pixels[pixel] / 255f;
            Corrupt(target, corrupted.Slice(i * size, size), new CounterRandom(seed, 0, batch.Epoch, indices[i], batch.Occurrence(i)));
        }
    }

    private void Corrupt(ReadOnlySpan<float> clean, Span<float> corrupted, CounterRandom random)
    {
        for (var pixel = 0; pixel < clean.Length; pixel++)
        {
            corrupted[pixel] = corruption switch
            {
                Corruption.Gaussian => Math.Clamp(clean[pixel] + (level * (float)random.Normal()), 0, 1),
                Corruption.Masking => random.Chance(level) ? 0 : clean[pixel],
                _ => random.Chance(level) ? random.Below(2) : clean[pixel],
            };
        }
    }
}
