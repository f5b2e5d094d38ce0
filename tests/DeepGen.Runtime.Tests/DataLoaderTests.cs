using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class DataLoaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public void Batches_are_the_same_however_many_are_filled_ahead(int prefetch)
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 8 });
        using var loader = new DataLoader(network, new Numbered(50), new DataLoaderOptions { Sampler = Sampler.Shuffled(3), Prefetch = prefetch });
        Assert.Equal((7, 50, 8), (loader.Batches, loader.Samples, loader.BatchSize));
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            var order = new int[50];
            Shuffling.Permute(order, 3, epoch);
            Assert.Equal(order.Select(i => (float)(i + (1000 * epoch))), Read(loader, epoch));
        }

        // From the middle, as after a resumption, and without having finished the epoch before.
        loader.Begin(4);
        loader.Next();
        Assert.Equal(Read(loader, 5)[24..], Read(loader, 5, skip: 3));
        Assert.Empty(Read(loader, 5, skip: 7));
    }

    [Fact]
    public void A_batch_stays_until_the_next_is_asked_for()
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 1 });
        using var loader = new DataLoader(network, new Numbered(200), new DataLoaderOptions { Prefetch = 2 });
        loader.Begin(1);
        for (var i = 0; loader.Next() is { } batch; i++)
        {
            if (i % 20 == 0) Thread.Sleep(2);
            Assert.Equal(1000 + i, batch.Input<float>()[0]);
        }
    }

    [Fact]
    public void The_next_batches_are_filled_while_one_is_used_and_no_more_than_asked_for()
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 1 });
        var dataset = new Numbered(10);
        using var loader = new DataLoader(network, dataset, new DataLoaderOptions { Prefetch = 2 });
        loader.Begin(1);
        for (var taken = 1; taken <= 10; taken++)
        {
            loader.Next();
            Assert.True(SpinWait.SpinUntil(() => dataset.Filled == Math.Min(10, taken + 2), 5000));
        }

        Thread.Sleep(20);
        Assert.Equal(10, dataset.Filled);
        Assert.All(dataset.Threads, name => Assert.Equal("DeepGen loader", name));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void An_error_of_the_dataset_comes_where_its_batch_would_have_with_the_stack_of_its_origin(int prefetch)
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 4 });
        using var loader = new DataLoader(network, new Numbered(20, broken: 13), new DataLoaderOptions { Prefetch = prefetch });
        loader.Begin(1);
        for (var i = 0; i < 3; i++) Assert.NotNull(loader.Next());
        for (var i = 0; i < 2; i++)
        {
            var error = Assert.Throws<InvalidDataException>(() => loader.Next());
            Assert.Equal("sample 13", error.Message);
            Assert.Contains(nameof(Numbered.Fail), error.StackTrace);
        }

        // The next epoch tries again.
        loader.Begin(2);
        Assert.NotNull(loader.Next());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void The_trainer_gives_the_same_bits_with_and_without_prefetch(int prefetch)
    {
        Assert.Equal(Train(1), Train(prefetch));

        static int[] Train(int prefetch)
        {
            using var network = new Linear(new NetworkOptions { Seed = 1, Threads = 2 });
            new Trainer(network, new TrainerOptions { Epochs = 3, BatchSize = 16, Seed = 2, Prefetch = prefetch }).Fit(Support.Clusters(100), Support.Clusters(50, 2));
            return Support.Bits(network);
        }
    }

    [Fact]
    public void Disposing_ends_the_thread_in_the_middle_of_an_epoch()
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 1 });
        var dataset = new Numbered(1000);
        var loader = new DataLoader(network, dataset);
        loader.Begin(1);
        loader.Next();
        loader.Dispose();
        loader.Dispose();
        var filled = dataset.Filled;
        Thread.Sleep(20);
        Assert.Equal(filled, dataset.Filled);
        Assert.Throws<ObjectDisposedException>(() => loader.Next());
        Assert.Throws<ObjectDisposedException>(() => loader.Begin(1));
    }

    [Fact]
    public void A_cancelled_training_leaves_no_thread_behind()
    {
        using var network = new Linear();
        using var source = new CancellationTokenSource();
        var dataset = new Numbered(1000);
        var recorder = new Recorder(report =>
        {
            if (report.Batch == 3) source.Cancel();
        });
        var result = new Trainer(network, new TrainerOptions { BatchSize = 1, ProgressInterval = TimeSpan.Zero }).Fit(dataset, null, recorder, source.Token);
        Assert.True(result.Cancelled);
        var filled = dataset.Filled;
        Assert.InRange(filled, 3, 5);
        Thread.Sleep(20);
        Assert.Equal(filled, dataset.Filled);
    }

    [Fact]
    public void A_short_last_batch_can_be_left_out()
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 8 });
        using var loader = new DataLoader(network, new Numbered(50), new DataLoaderOptions { DropLast = true });
        Assert.Equal((6, 48), (loader.Batches, loader.Samples));
        Assert.Equal(Enumerable.Range(1000, 48).Select(i => (float)i), Read(loader, 1));
        using var all = new DataLoader(network, new Numbered(48), new DataLoaderOptions { DropLast = true });
        Assert.Equal(6, all.Batches);
        Assert.Contains("DropLast", Assert.Throws<ArgumentException>(() => new DataLoader(network, new Numbered(7), new DataLoaderOptions { DropLast = true })).Message);
    }

    [Fact]
    public void Samples_that_come_again_are_counted()
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 3 });
        var occurrences = new List<(int Sample, int Occurrence)>();
        using var loader = new DataLoader(network, new Numbered(4, seen: occurrences), new DataLoaderOptions { Sampler = new Fixed(2, 2, 0, 2, 1, 0, 2), Prefetch = 0 });
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            occurrences.Clear();
            Read(loader, epoch);
            Assert.Equal([(2, 0), (2, 1), (0, 0), (2, 2), (1, 0), (0, 1), (2, 3)], occurrences);
        }

        occurrences.Clear();
        Read(loader, 1, skip: 2);
        Assert.Equal([(2, 3)], occurrences);
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 8 });
        var dataset = new Numbered(20);
        Assert.Contains("at least 1", Refused(new DataLoaderOptions { BatchSize = 0 }));
        Assert.Contains("prefetch", Refused(new DataLoaderOptions { Prefetch = -1 }));
        Assert.Contains("5 streams", Refused(new DataLoaderOptions { Sampler = Sampler.Streams(5) }));
        Assert.Contains("holds no sample", Assert.Throws<ArgumentException>(() => new DataLoader(network, new Numbered(0))).Message);
        using var wrong = new DataLoader(network, dataset, new DataLoaderOptions { Sampler = new Fixed(1, 20) });
        Assert.Equal("DataLoader: Fixed.Order gave sample 20; the dataset has samples 0 to 19.", Assert.Throws<InvalidOperationException>(() => wrong.Begin(1)).Message);
        using var loader = new DataLoader(network, dataset);
        Assert.Contains("Begin", Assert.Throws<InvalidOperationException>(() => loader.Next()).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Begin(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Begin(1, 4));

        string Refused(DataLoaderOptions options) => Assert.ThrowsAny<ArgumentException>(() => new DataLoader(network, dataset, options)).Message;
    }

    [Fact]
    public void A_window_is_a_part_of_its_batch()
    {
        using var batch = new Batch(Linear.Static, 10) { Count = 10, Epoch = 7 };
        for (var i = 0; i < 50; i++) batch.Input<float>()[i] = i;
        for (var i = 0; i < 10; i++) (batch.Target<int>()[i], batch.Occurrences[i]) = (i, 10 * i);
        var window = batch.Window(3, 4);
        Assert.Equal((4, 4, 7), (window.Capacity, window.Count, window.Epoch));
        Assert.Equal(Enumerable.Range(15, 20).Select(i => (float)i), window.Input<float>().ToArray());
        Assert.Equal([3, 4, 5, 6], window.Target<int>().ToArray());
        var inner = window.Window(1, 2);
        Assert.Equal([4, 5], inner.Target<int>().ToArray());
        Assert.Equal(50, inner.Occurrence(1));
        inner.Target<int>()[0] = 99;
        Assert.Equal(99, batch.Target<int>()[4]);
        Assert.Equal([9], batch.Window(9, 1).Target<int>().ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Window(7, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Window(-1, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Window(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => window.Window(0, 11));
    }

    private static float[] Read(DataLoader loader, int epoch, int skip = 0)
    {
        var read = new List<float>();
        loader.Begin(epoch, skip);
        while (loader.Next() is { } batch)
            for (var i = 0; i < batch.Count; i++)
                read.Add(batch.Input<float>()[i * Linear.Features]);
        return [.. read];
    }

    private sealed class Fixed(params int[] order) : Sampler
    {
        public override int Count(int samples) => order.Length;

        public override void Order(int samples, int epoch, Span<int> into) => order.CopyTo(into);
    }

    /// <summary>The values of a sample are its number and the epoch.</summary>
    private sealed class Numbered(int count, int broken = -1, List<(int, int)>? seen = null) : IDataset
    {
        private int _filled;

        public int Count => count;

        public int Filled => Volatile.Read(ref _filled);

        public HashSet<string?> Threads { get; } = [];

        public void Fill(ReadOnlySpan<int> indices, Batch batch)
        {
            for (var i = 0; i < indices.Length; i++)
            {
                if (indices[i] == broken && batch.Epoch == 1) Fail(indices[i]);
                batch.Input<float>().Slice(i * Linear.Features, Linear.Features).Fill(indices[i] + (1000 * batch.Epoch));
                batch.Target<int>()[i] = indices[i] % Linear.Classes;
                seen?.Add((indices[i], batch.Occurrence(i)));
            }

            Threads.Add(Thread.CurrentThread.Name);
            Interlocked.Increment(ref _filled);
        }

        public static void Fail(int sample) => throw new InvalidDataException($"sample {sample}");
    }
}
