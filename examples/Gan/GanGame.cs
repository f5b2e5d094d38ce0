namespace DeepGen.Examples.Gan;

/// <summary>
/// Generator against discriminator (I. Goodfellow et al. 2014). Neither has the other in its graph: the discriminator hands the gradient of its input to the generator, which takes it as the gradient of its output.
/// </summary>
internal sealed class GanGame : IDisposable
{
    /// <summary>What real pictures are called, in place of 1: a discriminator that need not be sure keeps useful gradients (T. Salimans et al. 2016, one-sided label smoothing).</summary>
    private const float RealTarget = 0.9f;

    /// <summary>Adam's β₁ (A. Radford et al. 2016).</summary>
    private const float Beta1 = 0.5f;

    /// <summary>Adam's rate for both; the paper's 2e-4 is for more steps than few pictures give.</summary>
    private const float Rate = 5e-4f;

    /// <summary>How both learn, for people.</summary>
    public static string Optimizers { get; } = FormattableString.Invariant($"Adam, rate {Rate}, β₁ {Beta1}; real pictures are called {RealTarget}");

    /// <summary>Keep the noise of the training apart from that of the pictures that are shown.</summary>
    private const int ForTraining = 0, ForShowing = 1;

    private readonly ulong _seed;
    private readonly int _batch;
    private readonly Adam _generatorAdam = new(Rate, Beta1);
    private readonly Adam _discriminatorAdam = new(Rate, Beta1);
    private readonly DataLoader _loader;
    private readonly Batch _fake;
    private readonly float[] _noise;
    private readonly float[] _noiseShown;
    private readonly float[] _gradients;
    private readonly float[] _logits;
    private readonly float[] _logitGradients;

    /// <summary>Networks with new weights.</summary>
    /// <param name="pictures">The real pictures.</param>
    /// <param name="batch">Pictures of one step; what is left at the end of an epoch is left out.</param>
    /// <param name="seed">The key of weights, orders and noise.</param>
    /// <param name="threads">Threads that work on one step.</param>
    public GanGame(Pictures pictures, int batch, ulong seed, int threads)
    {
        (_seed, _batch) = (seed, batch);
        Generator = Generator.Create(new NetworkOptions { MaxBatch = batch, Seed = seed, Threads = threads });
        Discriminator = Discriminator.Create(new NetworkOptions { MaxBatch = batch, Seed = seed + 1, Threads = threads });
        _loader = new DataLoader(Discriminator, pictures.Real(RealTarget), new DataLoaderOptions { BatchSize = batch, Sampler = Sampler.Shuffled(seed), DropLast = true });
        _fake = new Batch(Discriminator) { Count = batch };
        _noise = new float[batch * Generator.Noise];
        _noiseShown = new float[_noise.Length];
        _gradients = new float[batch * Pictures.Size];
        _logits = new float[batch];
        _logitGradients = new float[batch];
        Checkpoint = new Checkpoint()
            .Add("generator", Generator).Add("generator_adam", _generatorAdam, Generator)
            .Add("discriminator", Discriminator).Add("discriminator_adam", _discriminatorAdam, Discriminator);
    }

    public Generator Generator { get; }

    public Discriminator Discriminator { get; }

    /// <summary>Both networks and their optimizers; noise and orders need no more than the number of the epoch.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>Steps of an epoch.</summary>
    public int Steps => _loader.Batches;

    /// <summary>Plays an epoch.</summary>
    /// <param name="epoch">Its number, from 1: noise and order of the pictures depend on it.</param>
    /// <param name="progress">Told after every step: which it was, and the discriminator's mean loss so far.</param>
    /// <param name="stop">Breaks the epoch off between two steps.</param>
    /// <returns>What it gave; null where it was broken off.</returns>
    public GameEpoch? Play(int epoch, Action<int, double>? progress, CancellationToken stop)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        double discriminatorLoss = 0, generatorLoss = 0;
        int realRight = 0, fakeRight = 0, step = 0;
        _loader.Begin(epoch);
        while (_loader.Next() is { } real)
        {
            if (stop.IsCancellationRequested) return null;
            Draw(_noise, ForTraining, epoch, step * _batch);
            Generator.Forward(_noise, _fake.Input<float>());

            // The discriminator learns from real pictures and generated ones apart, for its batch normalization's sake, in one update.
            Discriminator.ZeroGradients();
            discriminatorLoss += Discriminator.Accumulate(real, 0, 2 * _batch, _logits) / 2;
            realRight += _logits.Count(logit => logit > 0);
            discriminatorLoss += Discriminator.Accumulate(_fake, _batch, 2 * _batch, _logits) / 2;
            fakeRight += _logits.Count(logit => logit <= 0);
            Discriminator.Update(_discriminatorAdam);

            // The generator learns from what the discriminator says now; its own forward run is still the last one.
            Discriminator.Forward(_fake, _logits);
            for (var i = 0; i < _batch; i++)
            {
                var doubt = 1 / (1 + Math.Exp(_logits[i]));
                generatorLoss -= Math.Log(Math.Max(1 - doubt, 1e-12)) / _batch;
                _logitGradients[i] = (float)(-doubt / _batch);
            }

            Discriminator.Backward(_fake, _logitGradients, _gradients, parameters: false);
            Generator.ZeroGradients();
            Generator.Backward(_gradients);
            Generator.Update(_generatorAdam);
            progress?.Invoke(++step, discriminatorLoss / step);
        }

        var samples = (double)Steps * _batch;
        return new GameEpoch(epoch, discriminatorLoss / Steps, generatorLoss / Steps, realRight / samples, fakeRight / samples, System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>Pictures that the generator makes as it is now; the same noise at every call.</summary>
    /// <param name="count">How many.</param>
    /// <returns>[count, 28, 28], from −1 to 1.</returns>
    public float[] Show(int count)
    {
        var pictures = new float[count * Pictures.Size];
        for (var first = 0; first < count; first += _batch)
        {
            var number = Math.Min(_batch, count - first);
            Draw(_noiseShown, ForShowing, 0, first);
            Generator.Predict(_noiseShown.AsSpan(0, number * Generator.Noise), pictures.AsSpan(first * Pictures.Size, number * Pictures.Size));
        }

        return pictures;
    }

    public void Dispose()
    {
        _loader.Dispose();
        _fake.Dispose();
        Generator.Dispose();
        Discriminator.Dispose();
    }

    /// <summary>Standard normal numbers for a batch of pictures; each depends on the seed, the epoch and the number of its picture alone.</summary>
    private void Draw(float[] noise, int purpose, int epoch, int first)
    {
        for (var i = 0; i < _batch; i++)
        {
            var random = new CounterRandom(_seed, purpose, epoch, first + i, 0);
            for (var k = 0; k < Generator.Noise; k++) noise[(i * Generator.Noise) + k] = (float)random.Normal();
        }
    }
}
