using System.Diagnostics;
using DeepGen.Benchmarks.Compare;
using DeepGen.Zoo.Networks;

namespace DeepGen.Benchmarks.Loader;

/// <summary>
/// What the loading of samples costs a training: ResNet-20's step over batches that a <see cref="DataLoader"/> reads and augments ahead, beside the same step over a batch that is there. Steps of each take
/// turns, in one order and then in the other; a ratio is that of two steps of one turn, so that what else the machine does falls on both.
/// A batch that takes longer to fill than a step would hold the training up besides: that time is printed too.
/// </summary>
internal static class LoaderCommand
{
    private const int BatchSize = 128;

    /// <summary>As many as CIFAR-10 has to train on, so that their bytes come from memory and not from a cache.</summary>
    private const int Pictures = 50_000;

    private const int WarmSteps = 8;

    private const int LeastTurns = 3;

    private const double DefaultSeconds = 50;

    private static readonly ImageTransform[] FlipsAndCrops = [ImageTransform.RandomCrop(32, 32, padding: 4), ImageTransform.HorizontalFlip()];

    private static readonly ImageTransform[] All =
    [
        .. FlipsAndCrops,
        ImageTransform.Rotation(15), ImageTransform.Zoom(0.9, 1.1), ImageTransform.Translation(0.1, 0.1), ImageTransform.Elastic(strength: 10, smoothness: 4),
        ImageTransform.Brightness(0.2), ImageTransform.Contrast(0.2), ImageTransform.Saturation(0.2), ImageTransform.Hue(0.1), ImageTransform.Noise(0.05), ImageTransform.Erasing(),
    ];

    /// <summary>The command; the first argument is the number of seconds (50 when missing).</summary>
    public static int Run(string[] args)
    {
        var seconds = DefaultSeconds;
        if (args.Length > 1 || (args.Length == 1 && (!double.TryParse(args[0], out seconds) || !(seconds > 0))))
        {
            Console.Error.WriteLine($"loader: expected a number of seconds, got '{string.Join(' ', args)}'");
            return 2;
        }

        using var network = ResNet20.Create(new NetworkOptions { MaxBatch = BatchSize, Threads = Environment.ProcessorCount });
        var optimizer = new Sgd(0.01f, 0.9f);
        var images = Images();
        using var ready = new Batch(network) { Count = BatchSize, Epoch = 1 };
        using var cropped = new Feed("flips and crops", network, images, FlipsAndCrops);
        using var augmented = new Feed("all transforms", network, images, All);
        Feed[] feeds = [cropped, augmented];
        foreach (var line in Machine.Describe()) Console.WriteLine(line);
        Console.WriteLine($"load average of the last minute: {Machine.Load}");
        Console.WriteLine($"ResNet-20, batch {BatchSize}, {network.Options.Threads} threads and the loader's");

        // What is measured is warm, and the step has the same samples to look at.
        foreach (var feed in feeds) feed.Warm(ready);
        for (var i = 0; i < WarmSteps; i++) network.Step(ready, optimizer);

        var without = new List<double>();
        var began = Stopwatch.GetTimestamp();
        while (without.Count < LeastTurns || Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            var turned = without.Count % 2 == 1;
            if (!turned) without.Add(Step(() => ready));
            foreach (var feed in turned ? feeds.Reverse() : feeds) feed.Seconds.Add(Step(feed.Next));
            if (turned) without.Add(Step(() => ready));
        }

        Console.WriteLine($"{without.Count} turns; median step without a loader {1e3 * Comparison.Median([.. without]):0.0} ms");
        foreach (var feed in feeds)
        {
            double[] ratios = [.. feed.Seconds.Zip(without, (with, alone) => with / alone)];
            Console.WriteLine($"{feed.Name,-16} {1e3 * feed.FillSeconds:0.0} ms to fill a batch; median step {1e3 * Comparison.Median([.. feed.Seconds]):0.0} ms, {Comparison.Median(ratios):0.000} of that without ({ratios.Min():0.000}..{ratios.Max():0.000})");
        }

        return 0;

        double Step(Func<Batch> next)
        {
            // A batch is there, and while the step computes the next one is filled: in no other step.
            Thread.Sleep(TimeSpan.FromSeconds(1.5 * feeds.Max(feed => feed.FillSeconds)));
            var start = Stopwatch.GetTimestamp();
            network.Step(next(), optimizer);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    private static LabelledImages Images()
    {
        var pixels = new byte[Pictures * 3 * 32 * 32];
        new Random(1).NextBytes(pixels);
        return new LabelledImages(new ImageArray(pixels, 3, 32, 32), [.. Enumerable.Range(0, Pictures).Select(i => i % 10)]);
    }

    /// <summary>A loader, and the seconds of the steps over its batches.</summary>
    private sealed class Feed : IDisposable
    {
        private readonly IDataset _dataset;
        private readonly DataLoader _loader;
        private int _epoch;

        public Feed(string name, Network network, LabelledImages images, ImageTransform[] transforms)
        {
            Name = name;
            _dataset = new Standardization([0.5f, 0.5f, 0.5f], [0.25f, 0.25f, 0.25f]).Apply(new ImageDataset(images, new ImageDatasetOptions { Transforms = transforms, Seed = 1 }));
            _loader = new DataLoader(network, _dataset, new DataLoaderOptions { BatchSize = BatchSize, Sampler = Sampler.Shuffled(1) });
        }

        public string Name { get; }

        public List<double> Seconds { get; } = [];

        /// <summary>How long a batch takes on a thread that has nothing else to do.</summary>
        public double FillSeconds { get; private set; }

        /// <summary>Fills a batch until the code is compiled at its best, and begins.</summary>
        public void Warm(Batch batch)
        {
            int[] indices = [.. Enumerable.Range(0, BatchSize)];
            var times = new double[30];
            for (var i = 0; i < times.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                _dataset.Fill(indices, batch);
                times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }

            FillSeconds = Comparison.Median(times[^9..]);
            Next();
        }

        /// <summary>The next batch, of the next epoch where one has ended.</summary>
        public Batch Next()
        {
            while (true)
            {
                if (_epoch > 0 && _loader.Next() is { } batch) return batch;
                _loader.Begin(++_epoch);
            }
        }

        public void Dispose() => _loader.Dispose();
    }
}
