using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>The examples of docs/training.md: each stands here word for word, and is run.</summary>
public sealed class TrainingPageTests : IDisposable
{
    private readonly Linear net = Classifier.Create(new NetworkOptions { Seed = 1 });
    private readonly InMemoryDataset train = Support.Clusters(200);
    private readonly InMemoryDataset validation = Support.Clusters(60, 2);
    private readonly Batch batch;

    public TrainingPageTests() => batch = Part(12);

    public void Dispose()
    {
        batch.Dispose();
        net.Dispose();
    }

    [Fact]
    public void A_training()
    {
        var trainer = new Trainer(net, new TrainerOptions
        {
            Optimizer = new Sgd(0.1f, momentum: 0.9f, weightDecay: 5e-4f) { Clipping = GradientClipping.ByGlobalNorm(5) },
            LearningRate = LearningRateSchedule.Cosine().WarmUp(1),
            Epochs = 8,
            BatchSize = 32,
            EarlyStopping = new EarlyStopping(patience: 3),
        });
        FitResult result = trainer.Fit(train, validation);
        Assert.True(result.History.Max(epoch => epoch.ValidationAccuracy) > 0.8);
        Assert.True(result.BestRestored);
    }

    [Fact]
    public void Carried_states()
    {
        using var letters = Letters.Create(new NetworkOptions { Seed = 1, MaxBatch = 4 });
        int[] tokens = [.. Enumerable.Range(0, 220).Select(i => i / 3 % 5)];
        CarriedState[] states = [new(Output: "after", Input: "before")];
        var reading = new Trainer(letters, new TrainerOptions { BatchSize = 4, Epochs = 5, CarriedStates = states });
        FitResult learned = reading.Fit(new TextWindows(tokens[..180], length: 4), new TextWindows(tokens[180..], length: 4));
        double nats = Metrics.Evaluate(letters, new TextWindows(tokens[180..], length: 4), states, rows: 1).Loss;
        Assert.True(learned.History[^1].ValidationLoss < learned.History[0].ValidationLoss);
        Assert.InRange(nats, 0, 2);
    }

    [Fact]
    public void Groups()
    {
        var optimizer = new AdamW(1e-3f, weightDecay: 0.05f)
        {
            Groups =
            [
                new("*.bias") { WeightDecay = 0 },
                new("Dense1.*") { RateFactor = 0.1f },
                new("*.weight") { MaxNorm = 3 },
            ],
        };
        net.Step(batch, optimizer);
        Assert.Equal(3, optimizer.Groups.Count);
    }

    [Fact]
    public void Releasing_layers()
    {
        var before = Support.Bits(net);
        var finetuning = new Adam(1e-3f) { Groups = [new("Dense1.*") { Frozen = true }] };
        net.Step(batch, finetuning);
        finetuning.Groups = [new("Dense1.*") { RateFactor = 0.1f }];
        net.Step(batch, finetuning);
        Assert.NotEqual(before, Support.Bits(net));
    }

    [Fact]
    public void Clipping_and_noise()
    {
        var rmsProp = new RmsProp(1e-3f)
        {
            Clipping = GradientClipping.ByGlobalNorm(1),
            Noise = new GradientNoise(variance: 0.01f, decay: 0.55f, seed: 7),
        };
        net.Step(batch, rmsProp);
        double norm = rmsProp.GradientNorm;
        Assert.True(norm > 0);
    }

    [Fact]
    public void Micro_batches()
    {
        using var small = Classifier.Create(new NetworkOptions { MaxBatch = 16 });
        new Trainer(small, new TrainerOptions { BatchSize = 50, MicroBatch = 16, Epochs = 1 }).Fit(train);
        Assert.NotEqual(Support.Bits(net), Support.Bits(small));
    }

    [Fact]
    public void Accumulation_by_hand()
    {
        var optimizer = new Sgd(0.1f);
        using Batch firstPart = Part(8), secondPart = Part(4, 8);
        using var whole = Classifier.Create(new NetworkOptions { Seed = 1 });
        foreach (var network in new[] { net, whole }) network.Parameters["Norm1.momentum"].Span.Clear();
        net.ZeroGradients();
        net.Accumulate(firstPart, first: 0, samples: 12);
        net.Accumulate(secondPart, first: 8, samples: 12);
        net.Update(optimizer);
        whole.Step(batch, new Sgd(0.1f));
        for (var i = 0; i < 15; i++) Assert.Equal(whole.Parameters[0].Values[i], net.Parameters[0].Values[i], 1e-6f);
    }

    [Fact]
    public void Schedules()
    {
        var imagenet = LearningRateSchedule.Milestones([30, 60, 80], factor: 0.1).WarmUp(5);
        var classic = LearningRateSchedule.TimeBased(decay: 1e-4, Per.Step);
        var snapshots = LearningRateSchedule.CosineRestarts(period: 10, growth: 2);
        var patient = LearningRateSchedule.Constant.ReduceOnPlateau(factor: 0.5, patience: 3).WarmUp(500, from: 0.01, Per.Step);
        var restarts = LearningRateSchedule.Constant.ReduceOnPlateau(factor: 0.5, patience: 2, fromBest: true);
        Assert.Equal(0.02f, imagenet.At(0.1f, 0, 9000, 100), 0.011f);
        Assert.Equal(1e-3f, imagenet.At(0.1f, 6500, 9000, 100), 1e-6f);
        Assert.Equal(0.05f, classic.At(0.1f, 10_000, 20_000, 100), 1e-6f);
        Assert.Equal(0.1f, snapshots.At(0.1f, 3000, 9000, 100));
        Assert.Equal(0.1f * 0.01f, patient.At(0.1f, 0, 9000, 100), 1e-6f);
        Assert.True(restarts.Plateau!.FromBest);
    }

    [Fact]
    public void Metrics_and_stopping()
    {
        var options = new TrainerOptions
        {
            Epochs = 20,
            Metric = EpochMetric.FromValidation(
                "recall of class 1",
                metrics => metrics.Heads[0].Recall(1),
                higherIsBetter: true),
            EarlyStopping = new EarlyStopping(patience: 4, minimumImprovement: 0.001),
            KeepBest = true,
        };
        var result = new Trainer(net, options).Fit(train, validation);
        Assert.Equal(result.History.Max(epoch => epoch.Metric), result.History[result.BestEpoch!.Value - 1].Metric);
    }

    [Fact]
    public void Whole_set_metrics()
    {
        Metrics metrics = Metrics.Evaluate(net, validation);
        PredictionMetrics scores = metrics["scores"];
        Console.WriteLine($"loss {metrics.Loss:0.000}, accuracy {scores.Accuracy:0.000}, top-2 error {scores.TopKError(2):0.000}, perplexity {scores.Perplexity:0.00}");
        for (var label = 0; label < scores.Classes; label++)
            Console.WriteLine($"class {label}: precision {scores.Precision(label):0.000}, recall {scores.Recall(label):0.000}, F1 {scores.F1(label):0.000}");
        Assert.Equal(metrics.Loss, scores.Nats, 1e-6);
        var masks = new PredictionMetrics(HeadKind.BinaryProbabilities, classes: 1);
        masks.Add([0.9f, 0.2f, 0.7f, 0.1f], (ReadOnlySpan<float>)[1, 0, 0, 0]);
        double iou = masks.MeanImageIoU;
        Assert.Equal(0.5, iou);
        var metric = EpochMetric.FromValidation("F1 of the marks", m => m["marks"].MicroF1, higherIsBetter: true);
        Assert.True(metric.HigherIsBetter);
    }

    [Fact]
    public void Transfer()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        net.Save(path);
        using var transferred = Classifier.Create(new NetworkOptions { Seed = 2 });
        LoadReport report = transferred.Load(path, LoadOptions.Partial with { Skip = ["Dense1.bias"] });
        Console.WriteLine(report);
        var slow = new Adam(1e-3f) { Groups = [new("*.weight") { RateFactor = 0.1f }, new("Dense1.bias") { RateFactor = 1 }] };
        new Trainer(transferred, new TrainerOptions { Optimizer = slow, Epochs = 3 }).Fit(train, validation);
        Assert.Equal(["Dense1.bias"], report.Skipped);
    }

    [Fact]
    public void Checkpoints()
    {
        using var temporary = new TemporaryFolder();
        var folder = temporary.File("checkpoints");
        using (var uninterrupted = Classifier.Create(new NetworkOptions { Seed = 1 })) Run(uninterrupted);
        Assert.Equal("resumed from epoch 9", Run(net));

        string Run(Linear net)
        {
            var said = "";
            var trainer = new Trainer(net, new TrainerOptions
            {
                Epochs = 8,
                Checkpoints = new CheckpointOptions(folder) { Every = CheckpointInterval.Steps(500), Keep = 3, KeepBest = true },
            });
            FitResult result = trainer.Fit(train, validation);
            if (result.Resumed != null) Say($"resumed from epoch {result.Resumed.Epoch}");
            return said;

            void Say(string text) => said = text;
        }
    }

    [Fact]
    public void Weights_of_a_checkpoint()
    {
        using var temporary = new TemporaryFolder();
        var path = temporary.File("step-0000001200-best.safetensors");
        using (var trained = Classifier.Create(new NetworkOptions { Seed = 2 })) new Checkpoint().Add(trained).Save(path);
        net.Load(path);
        Assert.True(net.Load(path, LoadOptions.Partial).IsComplete);
    }

    [Fact]
    public void A_checkpoint_of_two_networks()
    {
        using var temporary = new TemporaryFolder();
        var path = temporary.File("gan.safetensors");
        using Linear generator = Classifier.Create(new NetworkOptions()), discriminator = Classifier.Create(new NetworkOptions());
        var (generatorAdam, discriminatorAdam) = (new Adam(), new Adam());
        var steps = 2000;
        var checkpoint = new Checkpoint()
            .Add("generator", generator).Add("generator_adam", generatorAdam, generator)
            .Add("discriminator", discriminator).Add("discriminator_adam", discriminatorAdam, discriminator);
        var step = 0;
        if (File.Exists(path))
        {
            checkpoint.Load(path);
            step = int.Parse(checkpoint.Values["step"]);
        }
        for (; step < steps; step++)
        {
            // ... train both ...
            if (step % 1000 != 999) continue;
            checkpoint.Values["step"] = $"{step + 1}";
            checkpoint.Save(path);
        }
        checkpoint.Values.Clear();
        checkpoint.Load(path);
        Assert.Equal("2000", checkpoint.Values["step"]);
    }

    [Fact]
    public void A_loop()
    {
        var before = net.Evaluate(batch);
        var adam = new Adam(3e-3f);
        var schedule = LearningRateSchedule.Cosine(final: 0.01);
        for (var step = 0; step < 40; step++)
        {
            adam.LearningRate = schedule.At(3e-3f, step, steps: 40, stepsPerEpoch: 10);
            net.Step(batch, adam);
        }
        Assert.True(net.Evaluate(batch) < before);
    }

    [Fact]
    public void Every_example_of_the_page_is_one_of_these() => PageExamples.AllStandIn("training.md", 14);

    /// <summary>Samples of the training data.</summary>
    private Batch Part(int count, int first = 0)
    {
        var part = new Batch(net, count) { Count = count };
        train.Fill(Enumerable.Range(first, count).ToArray(), part);
        return part;
    }

    /// <summary>Stands for the class of a network.</summary>
    private static class Classifier
    {
        public static Linear Create(NetworkOptions options) => new(options);
    }
}
