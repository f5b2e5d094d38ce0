namespace DeepGen.Zoo.Networks;

/// <summary>Generator of generative adversarial nets (Goodfellow et al. 2014), as for MNIST.</summary>
[Network]
public sealed partial class GanGenerator
{
    static Tensor Forward([Input(100)] Tensor noise) => Body(noise, width: 1200);

    internal static Tensor Body(Tensor noise, int width) => noise.Dense(width).Relu().Dense(width).Relu().Dense(784).Sigmoid();
}

/// <summary>Discriminator of generative adversarial nets (Goodfellow et al. 2014): maxout units with dropout. Real is 1, generated 0.</summary>
[Network, BinaryCrossEntropyWithLogits]
public sealed partial class GanDiscriminator
{
    static Tensor Forward([Input(784)] Tensor image) => Body(image, width: 240);

    internal static Tensor Body(Tensor image, int width) => image.Dropout(0.2f).Maxout(width, pieces: 5).Dropout().Maxout(width, pieces: 5).Dropout().Dense(1);
}

/// <summary>The generator with narrow layers.</summary>
[Network]
public sealed partial class GanGeneratorSmall
{
    static Tensor Forward([Input(100)] Tensor noise) => GanGenerator.Body(noise, width: 64);
}

/// <summary>The discriminator with narrow layers.</summary>
[Network, BinaryCrossEntropyWithLogits]
public sealed partial class GanDiscriminatorSmall
{
    static Tensor Forward([Input(784)] Tensor image) => GanDiscriminator.Body(image, width: 60);
}
