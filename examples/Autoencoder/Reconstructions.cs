namespace DeepGen.Examples.Autoencoder;

/// <summary>What a network makes of corrupted pictures.</summary>
/// <param name="Corrupted">The mean over the pictures of the peak signal-to-noise ratio before, in dB.</param>
/// <param name="Reconstructed">The same afterwards.</param>
/// <param name="Rows">The first of them: clean, corrupted, reconstructed.</param>
internal sealed record Reconstructions(double Corrupted, double Reconstructed, PictureGrid Rows)
{
    /// <summary>A picture that is exactly right has no finite ratio; it counts as one that is wrong by a thousandth of a grey value.</summary>
    private const double LeastError = 1e-3 / 255 * (1e-3 / 255);

    /// <summary>Reconstructs every picture of a set.</summary>
    /// <param name="net">The network.</param>
    /// <param name="pictures">Corrupted inputs, clean targets.</param>
    /// <param name="shown">How many are shown.</param>
    public static Reconstructions Of(Network net, CorruptedPictures pictures, int shown)
    {
        const int Size = SmallPictures.Side * SmallPictures.Side;
        shown = Math.Min(shown, pictures.Count);
        var rows = new float[3 * shown * Size];
        var outputs = new float[net.MaxBatch * Size];
        double before = 0, after = 0;
        var i = 0;
        using var loader = new DataLoader(net, pictures, new DataLoaderOptions());
        loader.Begin(1);
        while (loader.Next() is { } batch)
        {
            net.Predict(batch, outputs.AsSpan(0, batch.Count * Size));
            for (var k = 0; k < batch.Count; k++, i++)
            {
                Span<float> clean = batch.Target<float>().Slice(k * Size, Size), corrupted = batch.Input<float>().Slice(k * Size, Size), found = outputs.AsSpan(k * Size, Size);
                foreach (ref var value in found) value = Math.Clamp(value, 0, 1);
                before += Psnr(clean, corrupted);
                after += Psnr(clean, found);
                if (i >= shown) continue;
                clean.CopyTo(rows.AsSpan(i * Size));
                corrupted.CopyTo(rows.AsSpan((shown + i) * Size));
                found.CopyTo(rows.AsSpan(((2 * shown) + i) * Size));
            }
        }

        return new Reconstructions(before / i, after / i, PictureGrid.OfPictures(rows, 1, SmallPictures.Side, SmallPictures.Side, columns: shown, scale: 2));
    }

    /// <summary>10 log₁₀(1 / mean squared error), white being 1.</summary>
    private static double Psnr(ReadOnlySpan<float> clean, ReadOnlySpan<float> other)
    {
        double sum = 0;
        for (var i = 0; i < clean.Length; i++) sum += ((double)clean[i] - other[i]) * ((double)clean[i] - other[i]);
        return -10 * Math.Log10(Math.Max(sum / clean.Length, LeastError));
    }
}
