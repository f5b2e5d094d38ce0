using System.Globalization;
using System.Text;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>The examples of docs/data.md: each stands here word for word, and is run.</summary>
public sealed class DataPageTests : IDisposable
{
    private const ulong seed = 4;

    private readonly TemporaryFolder temporary = new();
    private readonly Linear net = new(new NetworkOptions { Seed = 1, MaxBatch = 32 });
    private readonly InMemoryDataset train = Support.Clusters(100);
    private readonly Adam optimizer = new(0.01f);
    private readonly LabelledImages photographs = Photographs(24);

    private string folder => temporary.Path;

    public void Dispose()
    {
        net.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public void Folders_of_classes()
    {
        foreach (var (name, height) in new[] { ("cat", 40), ("cow", 44), ("dog", 50) })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            new Image(3, height, 45).Save(Path.Combine(folder, name, "1.png"));
        }

        using var pictures = ImageFolder.Open(folder, new ImageFileOptions { Channels = 3, MixedSizes = true });
        var samples = new ImageDataset(pictures, new ImageDatasetOptions
        {
            Transforms = [ImageTransform.Resize(40), ImageTransform.RandomCrop(32, 32), ImageTransform.HorizontalFlip()],
            Seed = 7,
        });
        using var batch = new Batch(ImageDatasetTests.Network([3, 32, 32]), 3);
        samples.Fill([0, 1, 2], batch);
        Assert.Equal([0, 1, 2], batch.Target<int>().ToArray());
    }

    [Fact]
    public void Augmentation_splits_standardization_and_mixup()
    {
        var augmentation = new ImageDatasetOptions
        {
            Seed = 1,
            Border = Border.Mirror,
            Transforms =
            [
                ImageTransform.RandomCrop(32, 32, padding: 4),
                ImageTransform.HorizontalFlip(),
                ImageTransform.Rotation(15),
                ImageTransform.Zoom(0.9, 1.1),
                ImageTransform.Elastic(strength: 10, smoothness: 4),
                ImageTransform.Brightness(0.2),
                ImageTransform.Saturation(0.3).WithProbability(0.5),
                ImageTransform.Erasing(),
            ],
        };
        int[][] chosen = DataSplit.Stratified(photographs.Labels, seed: 3, 0.75, 0.25);
        IDataset training = new ImageDataset(photographs, augmentation).Subset(chosen[0]);
        IDataset validating = new ImageDataset(photographs).Subset(chosen[1]);
        Assert.Equal((18, 6), (training.Count, validating.Count));

        using var colors = new Shaped(ImageDatasetTests.Network([3, 32, 32]));
        var standardization = Standardization.Fit(colors, new ImageDataset(photographs).Subset(chosen[0]));
        IDataset prepared = standardization.Apply(training);
        var imagenet = new Standardization([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);
        Assert.Equal((3, 3), (standardization.Means.Count, imagenet.Deviations.Count));
        using var batch = new Batch(colors, 18);
        standardization.Apply(new ImageDataset(photographs).Subset(chosen[0])).Fill([.. Enumerable.Range(0, 18)], batch);
        Assert.Equal(0, batch.Input<float>().ToArray().Average(), 1e-3);
        prepared.Fill([3, 4], batch);
        Assert.NotEqual(batch.Input<float>()[0], batch.Input<float>()[3072]);

        IDataset mixed = new MixupDataset(training, classes: 3, alpha: 0.2, seed: 9);
        using var soft = new Batch(ImageDatasetTests.Network([3, 32, 32], new TensorDefinition("shares", [3])), 2);
        mixed.Fill([0, 1], soft);
        Assert.Equal(2, soft.Target<float>().ToArray().Sum(), 1e-5f);
    }

    [Fact]
    public void Ten_crops_and_functions()
    {
        IDataset crops = ImageDataset.TenCrop(photographs, 28, 28);
        var sharp = ImageTransform.From((Span<float> pixels, int channels, int height, int width, ref CounterRandom random) =>
        {
            var power = (float)random.Uniform(0.8, 1.25);
            foreach (ref var pixel in pixels) pixel = MathF.Pow(pixel, power);
        });
        Assert.Equal(240, crops.Count);
        using var batch = new Batch(ImageDatasetTests.Network([3, 32, 32]), 1);
        new ImageDataset(photographs).Fill([5], batch);
        var before = batch.Input<float>().ToArray();
        new ImageDataset(photographs, new ImageDatasetOptions { Transforms = [sharp] }).Fill([5], batch);
        var power = Math.Log(batch.Input<float>()[100]) / Math.Log(before[100]);
        Assert.InRange(power, 0.8, 1.25);
        Assert.Equal(Math.Pow(before[200], power), batch.Input<float>()[200], 1e-5);
    }

    [Fact]
    public void Maps()
    {
        foreach (var part in new[] { "images", "masks" })
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
            new Image(1, 20, 20).Save(Path.Combine(folder, part, "1.png"));
        }

        var images = ImageFiles.InFolder(Path.Combine(folder, "images"), new ImageFileOptions { Channels = 1 });
        var masks = images.Matching(Path.Combine(folder, "masks"), new ImageFileOptions { Values = PixelValues.Raw });
        var cells = new ImageDataset(images, new LabelMaps(masks, values: [0, 255]), new ImageDatasetOptions
        {
            Transforms = [ImageTransform.HorizontalFlip(), ImageTransform.ElasticGrid(grid: 3, deviation: 10)],
            Border = Border.Mirror,
        });
        using var batch = new Batch(ImageDatasetTests.Network([1, 20, 20], new TensorDefinition("map", [20, 20], Element.Int32, 2)), 1);
        cells.Fill([0], batch);
        Assert.All(batch.Target<int>().ToArray(), label => Assert.Equal(0, label));
    }

    [Fact]
    public void Tables()
    {
        using var batch = new Batch(net, 20);
        var rows = new StringBuilder("a,b,c,d,e,kind\n");
        for (var start = 0; start < 100; start += 20)
        {
            train.Fill([.. Enumerable.Range(start, 20)], batch);
            for (var i = 0; i < 20; i++)
                rows.AppendLine(string.Join(",", batch.Input<float>().Slice(i * 5, 5).ToArray().Select(value => value.ToString(CultureInfo.InvariantCulture))) + "," + "xyz"[batch.Target<int>()[i]]);
        }

        temporary.File("flowers.csv", Encoding.UTF8.GetBytes(rows.ToString()));
        var table = CsvTable.Read(Path.Combine(folder, "flowers.csv"));
        InMemoryDataset flowers = table.ForClassification(label: "kind", features: ["a", "b", "c", "d", "e"]);
        var (labels, classes) = table.Labels("kind");
        var parts = flowers.Split(labels, seed: 1, 0.7, 0.15, 0.15);
        var scale = Standardization.Fit(net, parts[0], StandardizationGroup.Value);
        var fit = new Trainer(net, new TrainerOptions { Epochs = 5 }).Fit(scale.Apply(parts[0]), scale.Apply(parts[1]));
        Assert.Equal(["x", "y", "z"], classes);
        Assert.True(fit.History[^1].TrainLoss < fit.History[0].TrainLoss);
    }

    [Fact]
    public void Texts()
    {
        temporary.File("text.txt", [.. Enumerable.Repeat("The same again. "u8.ToArray(), 40).SelectMany(bytes => bytes)]);
        temporary.File("reviews.txt", Encoding.Latin1.GetBytes("a très good film\na bad film\nvery good, very\n"));
        int[] opinions = [1, 0, 1];
        using var reader = new Shaped(Linear.Static with { Inputs = [new("text", [16], Element.Int32, 100)], Targets = [new("next", [16], Element.Int32, 100)] });

        string text = TextFile.Read(Path.Combine(folder, "text.txt"));
        string learned = text[..(text.Length * 9 / 10)];
        var letters = Vocabulary.OfCharacters(learned);
        var windows = new TextWindows(letters.EncodeCharacters(learned), length: 16);
        using var stream = new DataLoader(reader, windows, new DataLoaderOptions { BatchSize = 4, Sampler = Sampler.Streams(4) });
        stream.Begin(1);
        var first = stream.Next()!;
        Assert.Equal("The same again. ", letters.Decode(first.Input<int>()[..16]));
        Assert.Equal("he same again. T", letters.Decode(first.Target<int>()[..16]));

        string[][] reviews = [.. TextFile.ReadLines(Path.Combine(folder, "reviews.txt"), TextEncoding.Latin1).Select(line => TextTokens.Words(line))];
        var words = Vocabulary.OfWords(reviews, minCount: 2);
        var sentences = new SequenceDataset([.. reviews.Select(review => words.Encode(review))], opinions, length: 20, padding: words.Padding!.Value, truncate: true);
        Assert.Equal((3, 6), (sentences.Count, words.Count));
    }

    [Fact]
    public void Curricula()
    {
        double[] difficulty = Difficulty.ByLoss(net, train);
        var curriculum = Sampler.Curriculum(difficulty, Pacing.Exponential(start: 0.25, factor: 2, every: 1), seed: 5);
        new Trainer(net, new TrainerOptions { Epochs = 4, Sampler = curriculum }).Fit(train);
        Assert.True(Metrics.Evaluate(net, train).Loss < difficulty.Average());
    }

    [Fact]
    public void A_loop_over_ones_own_data()
    {
        using var loader = new DataLoader(net, train, new DataLoaderOptions { BatchSize = 32, Sampler = Sampler.Shuffled(seed) });
        for (var epoch = 1; epoch <= 10; epoch++)
        {
            loader.Begin(epoch);
            while (loader.Next() is { } part) net.Step(part, optimizer);
        }
        Assert.True(Metrics.Evaluate(net, train).Accuracy > 0.5);
        Assert.Equal(40, Metrics.Evaluate(net, new Sines(40)).Samples);
    }

    [Fact]
    public void Every_example_of_the_page_is_one_of_these() => PageExamples.AllStandIn("data.md", 13);

    private static LabelledImages Photographs(int count)
    {
        var pixels = new byte[count * 3 * 32 * 32];
        new Random(1).NextBytes(pixels);
        return new LabelledImages(new ImageArray(pixels, 3, 32, 32), [.. Enumerable.Range(0, count).Select(i => i % 3)]);
    }

    sealed class Sines(int count) : IDataset
    {
        public int Count => count;

        public void Fill(ReadOnlySpan<int> indices, Batch batch)
        {
            batch.Count = indices.Length;
            for (var i = 0; i < indices.Length; i++)
            {
                for (var k = 0; k < 5; k++) batch.Input<float>()[(i * 5) + k] = MathF.Sin(indices[i] + k);
                batch.Target<int>()[i] = indices[i] % 3;
            }
        }
    }

    /// <summary>A network of any inputs and targets that is only asked for batches.</summary>
    private sealed class Shaped(NetworkDefinition definition) : Network(definition, new NetworkOptions { MaxBatch = 16 });
}
