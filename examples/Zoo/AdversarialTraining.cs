using DeepGen.Zoo.Networks;

namespace DeepGen.Zoo;

/// <summary>
/// A generator learns to deceive a discriminator that stands still. Neither has the other in its graph: the discriminator hands the gradient of its input
/// to the generator, which takes it as the gradient of its output.
/// </summary>
internal sealed class AdversarialTraining(
    Network generator,
    Network discriminator,
    float[] start,
    AdversarialTraining.Phase generate,
    AdversarialTraining.Phase judge,
    AdversarialTraining.Phase blame,
    AdversarialTraining.Learning learn,
    float[]? wanted = null) : IDisposable
{
    /// <summary>Of the mean distance to the wanted image, beside the verdict (Isola et al. 2017).</summary>
    private const float DistanceWeight = 100;

    private readonly float[] _image = Numbers(generator, generator.Definition.Outputs[0]);
    private readonly float[] _imageGradient = Numbers(generator, generator.Definition.Outputs[0]);
    private readonly float[] _logits = Numbers(discriminator, discriminator.Definition.Outputs[0]);
    private readonly float[] _logitGradient = Numbers(discriminator, discriminator.Definition.Outputs[0]);

    /// <summary>Forward or backward: what is handed in, and what is handed out.</summary>
    public delegate void Phase(ReadOnlySpan<float> from, Span<float> to);

    /// <summary>Backward for the parameters alone.</summary>
    public delegate void Learning(ReadOnlySpan<float> outputGradient);

    /// <summary>Who learns.</summary>
    public Network Generator => generator;

    public static AdversarialTraining Gan(NetworkOptions? options)
    {
        var (g, d) = (GanGeneratorSmall.Create(options), GanDiscriminatorSmall.Create(options));
        return new(g, d, Start(g), g.Forward, d.Forward, (logits, image) => d.Backward(logits, image, parameters: false), image => g.Backward(image));
    }

    public static AdversarialTraining Dcgan(NetworkOptions? options)
    {
        var (g, d) = (DcganGeneratorSmall.Create(options), DcganDiscriminatorSmall.Create(options));
        return new(g, d, Start(g), g.Forward, d.Forward, (logits, image) => d.Backward(logits, image, parameters: false), image => g.Backward(image));
    }

    public static AdversarialTraining Pix2pix(NetworkOptions? options)
    {
        var (g, d) = (Pix2pixGeneratorSmall.Create(options), Pix2pixDiscriminatorSmall.Create(options));
        var sketch = Start(g);
        var photos = Numbers(g, g.Definition.Outputs[0]);
        var random = new Random(2017);
        foreach (ref var pixel in photos.AsSpan()) pixel = MathF.Tanh(0.5f + (0.2f * Fills.Normal(random)));
        return new(g, d, sketch, g.Forward, (photo, logits) => d.Forward(sketch, photo, logits), (logits, photo) => d.Backward(logits, default, photo, parameters: false), image => g.Backward(image), photos);
    }

    /// <summary>Draws what the generator starts from: as many samples as the networks take, the same in every step.</summary>
    public void Draw(Random random)
    {
        foreach (ref var z in start.AsSpan()) z = Fills.Normal(random);
    }

    /// <summary>One step of the generator; what it returns is −ln σ(logit), the non-saturating loss, and the weighted distance where there is one, before the step.</summary>
    public float Step(Optimizer optimizer)
    {
        generate(start, _image);
        judge(_image, _logits);
        var loss = 0f;
        for (var i = 0; i < _logits.Length; i++)
        {
            var doubt = 1 / (1 + MathF.Exp(_logits[i]));
            loss -= MathF.Log(1 - doubt) / _logits.Length;
            _logitGradient[i] = -doubt / _logits.Length;
        }

        generator.ZeroGradients();
        blame(_logitGradient, _imageGradient);
        for (var i = 0; wanted is not null && i < _image.Length; i++)
        {
            var difference = _image[i] - wanted[i];
            loss += DistanceWeight * MathF.Abs(difference) / _image.Length;
            _imageGradient[i] += MathF.CopySign(DistanceWeight / _image.Length, difference);
        }

        learn(_imageGradient);
        generator.Update(optimizer);
        return loss;
    }

    public void Dispose()
    {
        generator.Dispose();
        discriminator.Dispose();
    }

    private static float[] Start(Network generator) => Numbers(generator, generator.Definition.Inputs[0]);

    private static float[] Numbers(Network network, TensorDefinition tensor) => new float[network.MaxBatch * tensor.Size];
}
