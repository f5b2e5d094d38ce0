using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>States that are carried from batch to batch.</summary>
public sealed class CarriedStateTests : IDisposable
{
    private static readonly CarriedState[] States = [new("after", "before")];
    private readonly TemporaryFolder _folder = new();

    /// <summary>11 windows: 4 streams of which three have 3 and one has 2.</summary>
    private static TextWindows Train => Text(46, 3);

    private static TextWindows Validation => Text(30, 5);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_trainer_does_what_a_loop_by_hand_does()
    {
        using Letters fitted = New(), own = New();
        var result = new Trainer(fitted, Options(null)).Fit(Train, Validation);

        var adam = new Adam(0.05f);
        var losses = new List<double>();
        var validated = new List<double>();
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            losses.Add(Epoch(own, Train, (batch, after) => own.Step(batch, after, adam)));
            validated.Add(Epoch(own, Validation, (batch, after) => own.Evaluate(batch, after)));
        }

        Assert.Equal(Support.Bits(own), Support.Bits(fitted));
        Assert.Equal(losses, result.History.Select(epoch => epoch.TrainLoss));
        Assert.Equal(validated, result.History.Select(epoch => epoch.ValidationLoss!.Value));

        using var forgetful = New();
        new Trainer(forgetful, Options(null) with { CarriedStates = [], Sampler = Sampler.Streams(4) }).Fit(Train, Validation);
        Assert.NotEqual(Support.Bits(own), Support.Bits(forgetful));
    }

    [Fact]
    public void In_parts_of_a_batch_it_is_the_same_up_to_rounding()
    {
        using Letters whole = New(), parts = New();
        var expected = new Trainer(whole, Options(null)).Fit(Train, Validation);
        var result = new Trainer(parts, Options(null) with { MicroBatch = 3 }).Fit(Train, Validation);
        Assert.Equal(expected.History[^1].TrainLoss, result.History[^1].TrainLoss, 1e-4);
    }

    [Fact]
    public void Evaluation_in_one_stream_is_that_of_the_whole_text()
    {
        using var network = New();
        var metrics = Metrics.Evaluate(network, Validation, States, rows: 1);
        var expected = Epoch(network, Validation, (batch, after) => network.Evaluate(batch, after), rows: 1);
        Assert.Equal(expected, metrics.Loss);
        Assert.Equal(expected, metrics.Heads[0].Nats, 1e-6);
        Assert.Equal(28, metrics.Predictions);
        Assert.NotEqual(Metrics.Evaluate(network, Validation).Loss, metrics.Loss);
    }

    /// <summary>3 epochs of 3 batches of training and 2 of validation.</summary>
    [Fact]
    public void A_training_cancelled_anywhere_goes_on_bit_for_bit()
    {
        using var whole = New();
        new Trainer(whole, Options(null)).Fit(Train, Validation);
        for (var at = 1; at < 15; at++)
        {
            using Letters interrupted = New(), resumed = New();
            using var source = new CancellationTokenSource();
            var left = at;
            void Count()
            {
                if (--left == 0) source.Cancel();
            }

            var part = new Trainer(interrupted, Options($"{at}") with { Prefetch = 0 }).Fit(new Counted(Train, Count), new Counted(Validation, Count), null, source.Token);
            Assert.True(part.Cancelled);
            var result = new Trainer(resumed, Options($"{at}")).Fit(Train, Validation);
            Assert.NotNull(result.Resumed);
            Assert.Equal(Support.Bits(whole), Support.Bits(resumed));
        }

        using var other = New();
        var error = Assert.Throws<InvalidDataException>(() => new Trainer(other, Options("1") with { CarriedStates = [] }).Fit(Train, Validation));
        Assert.Contains("training.carried_states was after to before", error.Message);
    }

    [Theory]
    [InlineData("later", "before", "Letters has no output 'later' to carry; it has 'after', 'scores'.")]
    [InlineData("after", "earlier", "Letters has no input 'earlier' to carry; it has 'text', 'before'.")]
    [InlineData("scores", "before", "Letters: the output 'scores' has 5x4 per sample float values, but the input 'before' takes 2x6 per sample float values; a state is carried between equal shapes.")]
    [InlineData("after", "text", "Letters: the output 'after' has 2x6 per sample float values, but the input 'text' takes 4 per sample int values; a state is carried between equal shapes.")]
    public void What_cannot_be_carried_is_refused(string output, string input, string message)
    {
        using var network = New();
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => new Trainer(network, new TrainerOptions { CarriedStates = [new(output, input)] })).Message);
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => Metrics.Evaluate(network, Train, [new CarriedState(output, input)], rows: 2)).Message);
    }

    [Fact]
    public void Two_states_for_one_input_and_too_many_streams_are_refused()
    {
        using var network = New();
        Assert.Contains("'before' is given two states", Assert.Throws<ArgumentException>(() => new Trainer(network, new TrainerOptions { CarriedStates = [.. States, .. States] })).Message);
        Assert.Contains("4 streams need at least as many samples", Assert.Throws<ArgumentException>(() => new Trainer(network, Options(null)).Fit(Text(13, 1), null)).Message);
    }

    private static Letters New() => Letters.Create(new NetworkOptions { Seed = 1, MaxBatch = 4 });

    private static TextWindows Text(int length, int step) => new([.. Enumerable.Range(0, length).Select(i => i * i / step % 5)], 4);

    private TrainerOptions Options(string? folder) => new()
    {
        Optimizer = new Adam(0.05f),
        Epochs = 3,
        BatchSize = 4,
        CarriedStates = States,
        KeepBest = false,
        Checkpoints = folder == null ? null : new CheckpointOptions(_folder.File(folder)),
    };

    /// <summary>The mean loss of an epoch, states handed on by hand.</summary>
    private static double Epoch(Letters network, IDataset dataset, Func<Batch, float[], float> run, int rows = 4)
    {
        using var loader = new DataLoader(network, dataset, new DataLoaderOptions { BatchSize = rows, Sampler = Sampler.Streams(rows) });
        var state = new float[rows * 12];
        var sum = 0.0;
        loader.Begin(1);
        while (loader.Next() is { } batch)
        {
            var after = new float[batch.Count * 12];
            state.AsSpan(0, after.Length).CopyTo(batch.Input<float>(1));
            sum += (double)run(batch, after) * batch.Count;
            after.CopyTo(state, 0);
        }

        return sum / loader.Samples;
    }

    private sealed class Counted(IDataset inner, Action then) : IDataset
    {
        public int Count => inner.Count;

        public void Fill(ReadOnlySpan<int> indices, Batch batch)
        {
            inner.Fill(indices, batch);
            then();
        }
    }
}
