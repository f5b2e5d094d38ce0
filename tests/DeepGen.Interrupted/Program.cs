using DeepGen;

// Trains with checkpoints every few steps, says after each step how far it is, and saves the weights at the end:
//   DeepGen.Interrupted CHECKPOINTS WEIGHTS
var (folder, weights) = (args[0], args[1]);
using var net = Patterns.Create(new NetworkOptions { MaxBatch = 16, Seed = 3, Threads = 2 });
var options = new TrainerOptions
{
    Optimizer = new AdamW(0.01f)
    {
        Clipping = GradientClipping.ByGlobalNorm(1),
        Noise = new GradientNoise(0.01f, seed: 5),
        Groups = [new("Dense1.*") { RateFactor = 0.5f, MaxNorm = 2 }, new("*.bias") { WeightDecay = 0 }],
    },
    LearningRate = LearningRateSchedule.Cosine().WarmUp(1).ReduceOnPlateau(factor: 0.5, patience: 0, fromBest: true),
    EarlyStopping = new EarlyStopping(patience: 100),
    Epochs = 8,
    BatchSize = 28,
    MicroBatch = 14,
    Seed = 7,
    ProgressInterval = TimeSpan.Zero,
    Checkpoints = new CheckpointOptions(folder) { Every = CheckpointInterval.Steps(3), Keep = 2 },
};
var result = new Trainer(net, options).Fit(Samples(200, 1), Samples(60, 2), new Reporter());
net.Save(weights);
Console.WriteLine($"done, resumed from step {result.Resumed?.Step ?? 0}, skipped {result.Resumed?.Skipped.Count ?? 0}");

// Stripes and noise; hard enough that validation does not always improve.
static InMemoryDataset Samples(int count, int seed)
{
    const int Values = 2 * 6 * 6;
    var random = new Random(seed);
    var samples = new float[count * Values];
    var labels = new int[count];
    for (var n = 0; n < count; n++)
    {
        labels[n] = random.Next(3);
        for (var i = 0; i < Values; i++) samples[(n * Values) + i] = (float)random.NextDouble() + (i % 3 == labels[n] ? 0.15f : 0);
    }

    return new InMemoryDataset(samples, Values, labels);
}

/// <summary>A line for each report.</summary>
internal sealed class Reporter : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => Console.WriteLine($"epoch {value.Epoch}, batch {value.Batch}");
}
