namespace DeepGen.Zoo.Networks;

/// <summary>Variational autoencoder: auto-encoding variational Bayes (Kingma &amp; Welling 2013), with the Bernoulli MLP decoder for MNIST.</summary>
[Network]
public sealed partial class Vae
{
    static (Tensor Image, Tensor Mean, Tensor LogVariance) Forward([Input(784)] Tensor image) => Body(image, width: 500, code: 20);

    static Tensor Loss(Tensor image, Tensor mean, Tensor logVariance, [Target(784)] Tensor wanted) => Bound(image, mean, logVariance, wanted);

    internal static (Tensor Image, Tensor Mean, Tensor LogVariance) Body(Tensor image, int width, int code)
    {
        var h = image.Dense(width, name: "encoder").Tanh();
        var (mean, logVariance) = (h.Dense(code, name: "mean"), h.Dense(code, name: "log_variance"));
        var z = mean + (0.5f * logVariance).Exp() * mean.RandomNormal();
        return (z.Dense(width, name: "decoder").Tanh().Dense(image.Features, name: "image"), mean, logVariance);
    }

    /// <summary>The variational bound with its sign turned: what reconstruction costs, and how far the code is from standard normal.</summary>
    internal static Tensor Bound(Tensor image, Tensor mean, Tensor logVariance, Tensor wanted) =>
        image.Features * image.BinaryCrossEntropyWithLogits(wanted) - 0.5f * (1 + logVariance - mean * mean - logVariance.Exp()).Sum();
}

/// <summary>The variational autoencoder for pictures of 8 × 8.</summary>
[Network]
public sealed partial class VaeSmall
{
    static (Tensor Image, Tensor Mean, Tensor LogVariance) Forward([Input(64)] Tensor image) => Vae.Body(image, width: 40, code: 5);

    static Tensor Loss(Tensor image, Tensor mean, Tensor logVariance, [Target(64)] Tensor wanted) => Vae.Bound(image, mean, logVariance, wanted);
}
