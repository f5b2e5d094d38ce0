using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Samples that do not fit a network are refused before anything has begun, wherever in a dataset they are.</summary>
public sealed class RefusedSamplesTests : IDisposable
{
    private const int Count = 3000;

    private readonly TemporaryFolder _folder = new();

    private static readonly NetworkDefinition Letters = Linear.Static with
    {
        Name = "Letters",
        Inputs = [new("text", [4], Element.Int32, 10)],
        Targets = [new("next", [4], Element.Int32, 10)],
    };

    private static readonly NetworkDefinition Words = Letters with { Targets = [new("kind", [], Element.Int32, 3)] };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_training_begins_with_a_label_that_is_no_class(bool validation)
    {
        byte[] labels = [0, 0, 8, 1, 0, 0, 0, 3, 0, 2, 7], images = [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 5, .. new byte[15]];
        var dataset = InMemoryDataset.FromIdx(_folder.File("images", images), _folder.File("labels", labels));
        using var network = new Linear(new NetworkOptions { MaxBatch = 8 });
        var before = Support.Bits(network);
        var watcher = new Begun();
        var trainer = new Trainer(network, new TrainerOptions { Checkpoints = new CheckpointOptions(_folder.File("checkpoints")), Watchers = [watcher] });
        var error = Assert.Throws<ArgumentException>(() => trainer.Fit(validation ? Support.Clusters(20) : dataset, validation ? dataset : null));
        Assert.Equal($"Fit{(validation ? ", validation" : "")}: target 'labels' of image 2 of '{_folder.File("labels")}' is 7, but there are 3 classes; values must be 0 to 2.", error.Message);
        Assert.False(Directory.Exists(_folder.File("checkpoints")));
        Assert.False(watcher.Any);
        Assert.Equal(before, Support.Bits(network));

        // Without it the training begins.
        new Trainer(network, new TrainerOptions { Epochs = 1, Watchers = [watcher] }).Fit(dataset.Subset([0, 1]));
        Assert.True(watcher.Any);
    }

    [Fact]
    public void The_last_sample_is_found_through_every_view()
    {
        var labels = new int[Count];
        labels[^1] = 3;
        var bad = new InMemoryDataset(new float[Count * 5], 5, labels);
        var good = new InMemoryDataset(new float[Count * 5], 5, new int[Count]);
        int[] reversed = [.. Enumerable.Range(0, Count).Reverse()];
        Refused(bad);
        Refused(bad.Subset(reversed));
        Refused(Datasets.Concat(good, bad));
        Refused(Datasets.Concat(bad.Subset([0]), good, bad));
        Refused(Datasets.Interleave(good, bad));
        Refused(new Standardization([0], [1]).Apply(bad));
        Accepted(good);
        Accepted(bad.Subset(reversed[1..]));
        Accepted(Datasets.Concat(good, bad.Subset(reversed[1..])));
        Accepted(Datasets.Interleave(good, good.Subset(reversed)));

        var soft = Linear.Static with { Targets = [new("mixed", [3])] };
        Refused(new MixupDataset(bad, 3, 0.2, 1), soft);
        Accepted(new MixupDataset(good, 3, 0.2, 1), soft);
        Assert.Contains("for each of 2 classes", Assert.Throws<ArgumentException>(() => Check(new MixupDataset(good, 2, 0.2, 1), soft)).Message);

        static void Refused(IDataset dataset, NetworkDefinition? network = null) =>
            Assert.Contains($"the dataset's sample {Count - 1} is 3, but there are 3 classes", Assert.Throws<ArgumentException>(() => Check(dataset, network ?? Linear.Static)).Message);

        static void Accepted(IDataset dataset, NetworkDefinition? network = null) => Check(dataset, network ?? Linear.Static);
    }

    [Fact]
    public void A_picture_of_a_class_too_many_is_named_and_one_of_another_size()
    {
        foreach (var (name, width) in new[] { ("a", 5), ("b", 5), ("c", 5), ("d", 5) })
        {
            Directory.CreateDirectory(_folder.File(name));
            new Image(1, 1, width).Save(_folder.File($"{name}/1.png"));
        }

        using var pictures = ImageFolder.Open(_folder.Path);
        var error = Assert.Throws<ArgumentException>(() => Check(new ImageDataset(pictures), Linear.Static));
        Assert.Equal($"Here: target 'labels' of '{_folder.File("d/1.png")}' is 3, but there are 3 classes; values must be 0 to 2.", error.Message);
        Check(new ImageDataset(pictures).Subset([2, 0, 1]), Linear.Static);
        var cropped = new ImageDataset(pictures, new ImageDatasetOptions { Transforms = [ImageTransform.CenterCrop(1, 4)] }).Subset([0, 1]);
        Assert.Contains($"'{_folder.File("a/1.png")}' is [1, 1, 4] after the transforms", Assert.Throws<ArgumentException>(() => Check(cropped, Linear.Static)).Message);

        var maps = new LabelMaps(new ImageArray(new byte[20], 1, 1, 5), [0, 1]);
        var map = Linear.Static with { Targets = [new("map", [1, 6], Element.Int32, 2)] };
        Assert.Contains("target 'map' is [1, 6], but the map of", Assert.Throws<ArgumentException>(() => Check(new ImageDataset(pictures.Images, maps), map)).Message);
        Check(new ImageDataset(pictures.Images, maps), Linear.Static with { Targets = [new("map", [1, 5], Element.Int32, 2)] });
    }

    [Fact]
    public void Tokens_that_a_network_does_not_know_are_named()
    {
        Refused("target 'next' of piece 1 of the text, element 3, is 10, but there are 10 classes", new TextWindows([0, 1, 2, 3, 4, 5, 6, 7, 10, 9], 4), Letters);
        Refused("input 'text' of piece 1 of the text, element 3, is -1", new TextWindows([0, 1, 2, 3, 4, 5, 6, -1, 9], 4), Letters);
        Refused("needs 4 int values", new TextWindows([0, 1, 2, 3], 3), Letters);
        Check(new TextWindows([0, 1, 2, 3, 4, 5, 6, 7, 8, 10], 4), Letters);

        Refused("input 'text' of sequence 1, element 1, is 10", new SequenceDataset([[1, 2], [3, 10]], [0, 2], 4), Words);
        Refused("input 'text' of sequence 1, which is filled up, element 2, is 11", new SequenceDataset([[1, 2, 3, 4], [3, 4]], [0, 2], 4, padding: 11), Words);
        Refused("target 'kind' of sequence 0 is 3", new SequenceDataset([[1, 2]], [3], 4), Words);
        Refused("the sequences have no class; give SequenceDataset their labels", new SequenceDataset([[1, 2]], null, 4), Words);
        Check(new SequenceDataset([[1, 2]], null, 4), Words with { Targets = [] });
        Check(new SequenceDataset([[1, 2], [3, 9, 0, 0]], [0, 2], 4), Words);

        static void Refused(string reason, IDataset dataset, NetworkDefinition network) => Assert.Contains(reason, Assert.Throws<ArgumentException>(() => Check(dataset, network)).Message);
    }

    public void Dispose() => _folder.Dispose();

    private static void Check(IDataset dataset, NetworkDefinition network) => Datasets.Check(dataset, network, "Here");

    private sealed class Begun : ITrainingWatcher
    {
        public bool Any { get; private set; }

        public void OnBegin(WatchedTraining training) => Any = true;
    }
}
