namespace DeepGen.Zoo.Networks;

/// <summary>Undercomplete autoencoder: reducing the dimensionality of data with neural networks (Hinton &amp; Salakhutdinov 2006).</summary>
[Network, BinaryCrossEntropyWithLogits]
public sealed partial class Autoencoder
{
    static Tensor Forward([Input(784)] Tensor image) => Body(image, widths: [1000, 500, 250], code: 30);

    internal static Tensor Body(Tensor image, ReadOnlySpan<int> widths, int code)
    {
        var x = image;
        foreach (var width in widths) x = x.Dense(width).Sigmoid();
        x = x.Dense(code);
        for (var i = widths.Length - 1; i >= 0; i--) x = x.Dense(widths[i]).Sigmoid();
        return x.Dense(image.Features);
    }
}

/// <summary>The autoencoder for pictures of 8 × 8.</summary>
[Network, BinaryCrossEntropyWithLogits]
public sealed partial class AutoencoderSmall
{
    static Tensor Forward([Input(64)] Tensor image) => Autoencoder.Body(image, widths: [64, 32, 16], code: 8);
}

/// <summary>Sparse autoencoder: a code larger than the image, of which a penalty leaves little (Ng 2011; Goodfellow, Bengio &amp; Courville 2016, 14.2.1).</summary>
[Network]
public sealed partial class SparseAutoencoder
{
    static (Tensor Image, Tensor Code) Forward([Input(784)] Tensor image) => Body(image, code: 1024);

    static Tensor Loss(Tensor image, Tensor code, [Target(784)] Tensor wanted) => Penalized(image, code, wanted);

    internal static (Tensor Image, Tensor Code) Body(Tensor image, int code)
    {
        var h = image.Dense(code, name: "encoder").Relu();
        return (h.Dense(image.Features, name: "decoder"), h);
    }

    internal static Tensor Penalized(Tensor image, Tensor code, Tensor wanted) => image.MeanSquaredError(wanted) + code.L1Penalty(1e-3f);
}

/// <summary>The sparse autoencoder for pictures of 8 × 8.</summary>
[Network]
public sealed partial class SparseAutoencoderSmall
{
    static (Tensor Image, Tensor Code) Forward([Input(64)] Tensor image) => SparseAutoencoder.Body(image, code: 96);

    static Tensor Loss(Tensor image, Tensor code, [Target(64)] Tensor wanted) => SparseAutoencoder.Penalized(image, code, wanted);
}

/// <summary>Denoising autoencoder (Vincent et al. 2010), residual as in Zhang et al. 2017: it finds the noise, and what is left is the image.</summary>
[Network, MeanSquaredError]
public sealed partial class DenoisingAutoencoder
{
    static Tensor Forward([Input(784)] Tensor image) => Body(image, widths: [1000, 500]);

    internal static Tensor Body(Tensor image, ReadOnlySpan<int> widths)
    {
        var noisy = image.GaussianNoise(0.3f);
        var noise = noisy;
        foreach (var width in widths) noise = noise.Dense(width).Relu();
        return noisy - noise.Dense(image.Features);
    }
}

/// <summary>The denoising autoencoder for pictures of 8 × 8.</summary>
[Network, MeanSquaredError]
public sealed partial class DenoisingAutoencoderSmall
{
    static Tensor Forward([Input(64)] Tensor image) => DenoisingAutoencoder.Body(image, widths: [80, 40]);
}
