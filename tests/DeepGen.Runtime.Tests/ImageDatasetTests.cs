using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class ImageDatasetTests
{
    private static readonly ImageTransform[] Everything =
    [
        ImageTransform.RandomCrop(16, 16, padding: 2), ImageTransform.HorizontalFlip(), ImageTransform.Rotation(15), ImageTransform.Zoom(0.9, 1.1), ImageTransform.Translation(0.1, 0.1), ImageTransform.Elastic(8, 3),
        ImageTransform.Brightness(0.2), ImageTransform.Contrast(0.2), ImageTransform.Saturation(0.2), ImageTransform.Hue(0.1), ImageTransform.Noise(0.02), ImageTransform.Erasing(),
    ];

    [Fact]
    public void Bytes_become_floats_and_classes_targets()
    {
        var images = new LabelledImages(new ImageArray([0, 51, 102, 153, 204, 255, 1, 2], 2, 1, 2), [1, 2]);
        using var batch = new Batch(Network([2, 1, 2]), 2);
        new ImageDataset(images).Fill([1, 0], batch);
        Assert.Equal([204 / 255f, 1, 1 / 255f, 2 / 255f, 0, 0.2f, 0.4f, 0.6f], batch.Input<float>().ToArray());
        Assert.Equal([2, 1], batch.Target<int>().ToArray());

        using var floats = new Batch(Network([2, 1, 2], new TensorDefinition("y", [1])), 2);
        new ImageDataset(images).Fill([1, 0], floats);
        Assert.Equal([2, 1], floats.Target<float>().ToArray());
        using var none = new Batch(Network([4]) with { Targets = [] }, 1);
        new ImageDataset(images.Images).Fill([0], none);
        Assert.Equal([0, 0.2f, 0.4f, 0.6f], none.Input<float>().ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var images = new LabelledImages(new ImageArray(new byte[8], 2, 1, 2), [1, 2]);
        Refused("input 'image' is [1, 1, 2], but 'image 1' is [2, 1, 2] after the transforms", images, Network([1, 1, 2]));
        Refused("needs 3 values (3 per sample), but a picture has one class", images, Network([2, 1, 2], new TensorDefinition("y", [3])));
        Refused("takes int values", images, Network([2, 1, 2]) with { Inputs = [new("image", [2, 1, 2], Element.Int32)] });
        Refused("has 2 inputs", images, Network([2, 1, 2]) with { Inputs = [new("a", [1]), new("b", [1])] });
        using var batch = new Batch(Network([2, 1, 2]), 1);
        Assert.Contains("no labels", Assert.Throws<ArgumentException>(() => new ImageDataset(images.Images).Fill([0], batch)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageDataset(images).Fill([2], batch));

        static void Refused(string reason, LabelledImages images, NetworkDefinition network)
        {
            using var batch = new Batch(network, 1);
            Assert.Contains(reason, Assert.Throws<ArgumentException>(() => new ImageDataset(images).Fill([1], batch)).Message);
        }
    }

    [Fact]
    public void Maps_of_labels_become_targets()
    {
        var images = new ImageArray([.. Enumerable.Range(0, 24).Select(i => (byte)i)], 1, 4, 6);
        var maps = new LabelMaps(new ImageArray([.. Enumerable.Range(0, 24).Select(i => (byte)(i % 5 == 0 ? 255 : i % 5 == 1 ? 9 : 0))], 1, 4, 6), [0, 255], ignored: 9);
        using var batch = new Batch(Network([1, 4, 6], new TensorDefinition("map", [4, 6], Element.Int32, 2, -100)), 1);
        new ImageDataset(images, maps).Fill([0], batch);
        var expected = Enumerable.Range(0, 24).Select(i => i % 5 == 0 ? 1 : i % 5 == 1 ? -100 : 0).ToArray();
        Assert.Equal(expected, batch.Target<int>().ToArray());

        // Mirrored as the picture is.
        new ImageDataset(images, maps, new ImageDatasetOptions { Transforms = [ImageTransform.VerticalFlip(1)] }).Fill([0], batch);
        Assert.Equal(18 / 255f, batch.Input<float>()[0]);
        Assert.Equal(expected[18..], batch.Target<int>()[..6].ToArray());

        // A network without padding wants the middle; a loss of its own floats.
        using var middle = new Batch(Network([1, 4, 6], new TensorDefinition("map", [1, 2, 2])), 1);
        new ImageDataset(images, new LabelMaps(maps.Maps, [0, 255, 9])).Fill([0], middle);
        Assert.Equal(new[] { 8, 9, 14, 15 }.Select(i => i % 5 == 0 ? 1f : i % 5 == 1 ? 2 : 0), middle.Target<float>().ToArray());

        // What comes from outside the map.
        var padded = new ImageDataset(images, new LabelMaps(maps.Maps, [0, 255, 9], outside: 2), new ImageDatasetOptions { Transforms = [ImageTransform.CenterCrop(6, 6)] });
        using var larger = new Batch(Network([1, 6, 6], new TensorDefinition("map", [6, 6], Element.Int32, 3)), 1);
        padded.Fill([0], larger);
        Assert.All(larger.Target<int>()[..6].ToArray(), label => Assert.Equal(2, label));
    }

    [Fact]
    public void Wrong_maps_are_refused_when_they_are_opened()
    {
        using var folder = new TemporaryFolder();
        var map = new Image(1, 2, 3);
        map.Pixels[4] = 7;
        map.Save(folder.File("a.png"));
        var files = ImageFiles.InFolder(folder.Path, new ImageFileOptions { Values = PixelValues.Raw });
        var error = Assert.Throws<InvalidDataException>(() => new LabelMaps(files, [0, 255]));
        Assert.Equal($"'{folder.File("a.png")}' has the value 7 in row 1, column 1, which stands for none of the 2 classes.", error.Message);
        Assert.Equal(2, new LabelMaps(files, [0, 7]).Classes);
        Assert.Contains("has 3 channels", Assert.Throws<InvalidDataException>(() => new LabelMaps(new ImageArray(new byte[3], 3, 1, 1), [0])).Message);
        Assert.Contains("stands for two classes", Assert.Throws<ArgumentException>(() => new LabelMaps(files, [0, 7, 0])).Message);
        Assert.Throws<ArgumentException>(() => new LabelMaps(files, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LabelMaps(files, [0, 7], outside: 2));
        var maps = new LabelMaps(files, [0, 7]);
        Assert.Contains("2 pictures, but 1 map", Assert.Throws<ArgumentException>(() => new ImageDataset(new ImageArray(new byte[12], 1, 2, 3), maps)).Message);
        Assert.Contains("but its picture 'image 0' is 3x2", Assert.Throws<InvalidDataException>(() => new ImageDataset(new ImageArray(new byte[6], 1, 3, 2), maps)).Message);
    }

    [Fact]
    public void Pictures_of_different_sizes_must_end_alike()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 3; i++) new Image(1, 10 + i, 12).Save(folder.File($"{i}.png"));
        var files = ImageFiles.InFolder(folder.Path, new ImageFileOptions { MixedSizes = true });
        Assert.Contains("1.png' is 11x12 (height, width) after the transforms", Assert.Throws<ArgumentException>(() => new ImageDataset(files)).Message);
        Assert.Contains("0.png': RandomCrop takes 11x8", Assert.Throws<ArgumentException>(() => new ImageDataset(files, new ImageDatasetOptions { Transforms = [ImageTransform.RandomCrop(11, 8)] })).Message);
        using var batch = new Batch(Network([1, 10, 10]) with { Targets = [] }, 3);
        new ImageDataset(files, new ImageDatasetOptions { Transforms = [ImageTransform.Resize(10), ImageTransform.CenterCrop(10, 10)] }).Fill([0, 1, 2], batch);
        new ImageDataset(files, new ImageDatasetOptions { Transforms = [ImageTransform.RandomCrop(10, 10)] }).Fill([2, 1, 0], batch);
    }

    /// <summary>What a sample looks like depends on seed, epoch and sample alone.</summary>
    [Fact]
    public void Augmentation_depends_on_seed_epoch_and_sample_and_on_nothing_else()
    {
        var dataset = Augmented(1);
        var network = Network([3, 16, 16]);
        using var batch = new Batch(network, 20) { Epoch = 3 };
        dataset.Fill([.. Enumerable.Range(0, 20)], batch);
        var expected = batch.Input<float>().ToArray();
        Assert.Equal(expected, Parallel(dataset, 4));
        Assert.Equal(expected, Parallel(Augmented(1), 1));
        Assert.NotEqual(expected, Parallel(Augmented(2), 1));
        Assert.NotEqual(expected, Parallel(Augmented(1ul << 32 | 1), 1));

        // In other batches, in other places, through views.
        using var one = new Batch(network, 3) { Epoch = 3 };
        foreach (var (source, index) in new (IDataset, int)[] { (dataset, 17), (dataset.Subset([5, 17]), 1), (Datasets.Concat(dataset.Subset([1]), dataset), 18) })
        {
            source.Fill([0, index, 0], one);
            Assert.Equal(expected.AsSpan(17 * 768, 768), one.Input<float>().Slice(768, 768));
        }

        // Other epochs, and other times in one, are other pictures.
        one.Epoch = 4;
        dataset.Fill([17], one);
        Assert.NotEqual(expected[(17 * 768)..(18 * 768)], one.Input<float>().ToArray());
        one.Epoch = 3;
        one.Occurrences[0] = 1;
        dataset.Fill([17], one);
        Assert.NotEqual(expected[(17 * 768)..(18 * 768)], one.Input<float>().ToArray());

        float[] Parallel(IDataset source, int threads)
        {
            var result = new float[20 * 768];
            System.Threading.Tasks.Parallel.For(0, 20, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
            {
                using var own = new Batch(network, 1) { Epoch = 3 };
                source.Fill([i], own);
                own.Input<float>().CopyTo(result.AsSpan(i * 768));
            });
            return result;
        }
    }

    [Fact]
    public void Ten_crops_of_each_picture_lie_together()
    {
        var images = Pictures();
        var dataset = ImageDataset.TenCrop(images, 5, 6);
        Assert.Equal(200, dataset.Count);
        using var batch = new Batch(Network([3, 5, 6]), 10);
        dataset.Fill([.. Enumerable.Range(70, 10)], batch);
        Assert.All(batch.Target<int>().ToArray(), label => Assert.Equal(images.Labels[7], label));
        var picture = ((ImageArray)images.Images)[7];
        Assert.Equal(picture[0] / 255f, batch.Input<float>()[0]);
        Assert.Equal(picture[15] / 255f, batch.Input<float>()[(1 * 90) + 5]);
        Assert.Equal(picture[(15 * 16) + 15] / 255f, batch.Input<float>()[(3 * 90) + 29]);
        Assert.Equal(picture[15] / 255f, batch.Input<float>()[5 * 90]);
        Assert.Equal(picture[0] / 255f, batch.Input<float>()[(6 * 90) + 5]);
    }

    [Fact]
    public void Random_numbers_are_uniform_and_do_not_repeat()
    {
        var seen = new HashSet<uint>();
        for (var place = 0; place < 5; place++)
            for (var epoch = 1; epoch < 5; epoch++)
                for (var sample = 0; sample < 5; sample++)
                    for (var occurrence = 0; occurrence < 3; occurrence++)
                    {
                        var random = new CounterRandom(1, place, epoch, sample, occurrence);
                        for (var i = 0; i < 9; i++) Assert.True(seen.Add(random.NextBits()));
                    }

        var one = new CounterRandom(1, 0, 1, 0, 0);
        var many = new float[100003];
        one.Fill(many);
        Assert.InRange(many.Average(), 0.497, 0.503);
        Assert.InRange(many.Select(x => x * x).Average(), 0.330, 0.337);
        Assert.True(many.Min() >= 0 && many.Max() < 1);
        var again = new float[100];
        one.Fill(again);
        Assert.NotEqual(many[..100], again);
        var first = new CounterRandom(1, 0, 1, 0, 0);
        first.Fill(again);
        Assert.Equal(many[..100], again);

        // Halves of the words of eight blocks, in the same order on every machine.
        var purpose = 0x41554700u ^ 0x9E37_79B1u;
        Assert.Equal(Enumerable.Range(0, 8).Select(i => (ushort)Kernels.Philox.Block((uint)i, 0, 1, purpose, 1, 0).X0 / 65536f), many[..8]);
        Assert.Equal((Kernels.Philox.Block(9, 0, 1, purpose, 1, 0).X3 >> 16) / 65536f, many[64 + 56 + 1]);
        var counts = new int[7];
        for (var i = 0; i < 7000; i++) counts[one.Below(7)]++;
        Assert.InRange(counts.Sum(count => (count - 1000.0) * (count - 1000) / 1000), 0.3, 23);
    }

    internal static ImageDataset Augmented(ulong seed) => new(Pictures(), new ImageDatasetOptions { Transforms = Everything, Seed = seed, Border = Border.Mirror });

    private static LabelledImages Pictures()
    {
        var pixels = new byte[20 * 768];
        new Random(1).NextBytes(pixels);
        return new LabelledImages(new ImageArray(pixels, 3, 16, 16), [.. Enumerable.Range(0, 20).Select(i => i % 3)]);
    }

    internal static NetworkDefinition Network(int[] shape, TensorDefinition? target = null) => Linear.Static with { Inputs = [new("image", shape)], Targets = [target ?? Linear.Static.Targets[0]] };
}
