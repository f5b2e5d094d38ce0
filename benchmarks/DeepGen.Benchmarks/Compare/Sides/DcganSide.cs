using DeepGen.Zoo.Networks;

namespace DeepGen.Benchmarks.Compare;

/// <summary>
/// DCGAN: one step of the discriminator, on real and on generated images, and one of the generator against the discriminator that has moved.
/// The images are generated once.
/// </summary>
internal sealed class DcganSide : ISide
{
    private readonly Workload _workload;
    private readonly DcganGenerator _generator;
    private readonly DcganDiscriminator _discriminator;
    private readonly float[] _noise;
    private readonly float[] _real;
    private readonly float[] _images;
    private readonly float[] _imageGradient;
    private readonly float[] _logits;
    private readonly float[] _logitGradient;
    private FirstWeights[] _first = [];
    private Optimizer _generatorOptimizer;
    private Optimizer _discriminatorOptimizer;

    public DcganSide(Workload workload, int threads)
    {
        _workload = workload;
        var options = new NetworkOptions { MaxBatch = workload.Batch, Threads = threads, Seed = 1 };
        _generator = DcganGenerator.Create(options);
        _discriminator = DcganDiscriminator.Create(options);
        (_generatorOptimizer, _discriminatorOptimizer) = (workload.Optimizer(), workload.Optimizer());
        _noise = new float[workload.Batch * _generator.Definition.Inputs[0].Size];
        _images = new float[workload.Batch * _generator.Definition.Outputs[0].Size];
        _real = new float[_images.Length];
        _imageGradient = new float[_images.Length];
        _logits = new float[workload.Batch];
        _logitGradient = new float[workload.Batch];
        var random = new Random(1);
        Samples.Normal(_noise, random);
        Samples.Normal(_real, random);
        foreach (ref var pixel in _real.AsSpan())
            pixel = MathF.Tanh(pixel);
    }

    public long Parameters => _generator.Parameters.Concat(_discriminator.Parameters).Where(parameter => parameter.IsTrainable).Sum(parameter => (long)parameter.Count);

    public void Export(Exchange files)
    {
        files.AddWeights(_generator);
        files.AddWeights(_discriminator);
        files.AddInput(_noise, "float", [_workload.Batch, .. _generator.Definition.Inputs[0].Shape]);
        files.AddInput(_real, "float", [_workload.Batch, .. _discriminator.Definition.Inputs[0].Shape]);
        _first = [new FirstWeights(_generator), new FirstWeights(_discriminator)];
    }

    public float[] Outputs()
    {
        _generator.Predict(_noise, _images);
        _discriminator.Predict(_real, _logits);
        return [.. _images, .. _logits];
    }

    public float Run()
    {
        _discriminator.ZeroGradients();
        _discriminator.Forward(_real, _logits);
        var loss = Judge(real: true);
        _discriminator.Backward(_logitGradient);
        _generator.Forward(_noise, _images);
        _discriminator.Forward(_images, _logits);
        loss += Judge(real: false);
        _discriminator.Backward(_logitGradient);
        _discriminator.Update(_discriminatorOptimizer);

        _discriminator.Forward(_images, _logits);
        loss += Judge(real: true);
        _discriminator.Backward(_logitGradient, _imageGradient, parameters: false);
        _generator.ZeroGradients();
        _generator.Backward(_imageGradient);
        _generator.Update(_generatorOptimizer);
        return loss;
    }

    public void Restart()
    {
        foreach (var weights in _first)
            weights.Restore();
        (_generatorOptimizer, _discriminatorOptimizer) = (_workload.Optimizer(), _workload.Optimizer());
    }

    public void Dispose()
    {
        _generator.Dispose();
        _discriminator.Dispose();
    }

    /// <summary>The binary cross-entropy of the logits, and its gradient.</summary>
    private float Judge(bool real)
    {
        var sum = 0f;
        var sign = real ? -1 : 1;
        for (var i = 0; i < _logits.Length; i++)
        {
            var doubt = 1 / (1 + MathF.Exp(-sign * _logits[i]));
            sum -= MathF.Log(1 - doubt);
            _logitGradient[i] = sign * doubt / _logits.Length;
        }
        return sum / _logits.Length;
    }
}
