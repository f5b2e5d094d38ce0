using System.IO.Compression;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class DataTests
{
    private static readonly byte[] Images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 5, 0, 51, 102, 153, 204, 255, 0, 0, 0, 255];
    private static readonly byte[] Labels = [0, 0, 8, 1, 0, 0, 0, 2, 1, 2];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Idx_files_are_read_packed_or_not(bool packed)
    {
        using var folder = new TemporaryFolder();
        var images = folder.File("images", packed ? Gzip(Images) : Images);
        var labels = folder.File("labels", packed ? Gzip(Labels) : Labels);
        var file = IdxFile.Read(images);
        Assert.Equal([2, 1, 5], file.Shape);
        Assert.Equal(Images[16..], file.Data);

        var dataset = InMemoryDataset.FromIdx(images, labels);
        Assert.Equal((2, 5), (dataset.Count, dataset.SampleSize));
        using var batch = new Batch(Linear.Static, 4) { Count = 2 };
        dataset.Fill([1, 0], batch);
        Assert.Equal([1, 0, 0, 0, 1, 0, 0.2f, 0.4f, 0.6f, 0.8f], batch.Input<float>().ToArray());
        Assert.Equal([2, 1], batch.Target<int>().ToArray());
    }

    [Fact]
    public void The_packed_file_is_found_by_the_plain_name()
    {
        using var folder = new TemporaryFolder();
        folder.File("images.gz", Gzip(Images));
        Assert.Equal([2, 1, 5], IdxFile.Read(folder.File("images")).Shape);
        var error = Assert.Throws<FileNotFoundException>(() => IdxFile.Read(folder.File("none")));
        Assert.Contains("none.gz", error.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_idx_file_cut_at_any_byte_is_refused(bool packed)
    {
        using var folder = new TemporaryFolder();
        var whole = packed ? Gzip(Images) : Images;
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.File("cut", whole[..length]);
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => IdxFile.Read(path)).Message);
        }
    }

    [Fact]
    public void Damaged_idx_files_are_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        Refused("begins with the bytes 01 00", [1, .. Images[1..]]);
        Refused("element type is 0x0D", [0, 0, 0x0D, .. Images[3..]]);
        Refused("no dimensions", [0, 0, 8, 0]);
        Refused("more follows", [.. Images, 0]);
        Refused("truncated", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        Refused("too short", [0, 0, 8, 2, 0, 1, 0, 0, 0, 0, 0x10, 0, 1, 2, 3]);
        Refused("more than", [0, 0, 8, 2, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3]);
        Refused("dimension 0 is", [0, 0, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]);
        Refused("too short", Gzip([0, 0, 8, 2, 0, 1, 0, 0, 0, 0, 0x10, 0, 1, 2, 3]));
        var packed = Gzip(new byte[1000].Select((_, i) => (byte)(i < 4 ? Images[i] : i)).ToArray());
        packed[packed.Length / 2] ^= 0x10;
        Refused("", packed);

        void Refused(string reason, byte[] bytes)
        {
            var path = folder.File("bad", bytes);
            var error = Assert.Throws<InvalidDataException>(() => IdxFile.Read(path));
            Assert.Contains(path, error.Message);
            Assert.Contains(reason, error.Message);
        }
    }

    [Fact]
    public void Images_and_labels_must_belong_together()
    {
        using var folder = new TemporaryFolder();
        var images = folder.File("images", Images);
        var labels = folder.File("labels", Labels);
        var other = folder.File("other", [0, 0, 8, 1, 0, 0, 0, 1, 1]);
        var none = folder.File("none", [0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5]);
        Assert.Contains("2 images", Assert.Throws<InvalidDataException>(() => InMemoryDataset.FromIdx(images, other)).Message);
        Assert.Contains("exchanged", Assert.Throws<InvalidDataException>(() => InMemoryDataset.FromIdx(labels, images)).Message);
        Assert.Contains("exchanged", Assert.Throws<InvalidDataException>(() => InMemoryDataset.FromIdx(images, images)).Message);
        Assert.Contains("no images", Assert.Throws<InvalidDataException>(() => InMemoryDataset.FromIdx(none, folder.File("l", [0, 0, 8, 1, 0, 0, 0, 0]))).Message);
    }

    [Fact]
    public void Pixels_are_normalised()
    {
        var dataset = new InMemoryDataset([0, 255, 51, 0, 0], 5, [0], mean: 0.5f, deviation: 0.25f);
        using var batch = new Batch(Linear.Static, 1);
        dataset.Fill([0], batch);
        Assert.Equal([-2, 2, -1.2f, -2, -2], batch.Input<float>().ToArray());
    }

    [Fact]
    public void Float_targets_are_copied()
    {
        var network = Linear.Static with { Targets = [new("target", [2])] };
        var dataset = new InMemoryDataset(Support.Numbers(10), 5, [1f, 2, 3, 4], 2);
        using var batch = new Batch(network, 2);
        dataset.Fill([1, 0], batch);
        Assert.Equal([3, 4, 1, 2], batch.Target<float>().ToArray());
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Contains("no multiple", Assert.Throws<ArgumentException>(() => new InMemoryDataset(new float[9], 5, [1])).Message);
        Assert.Contains("2 samples", Assert.Throws<ArgumentException>(() => new InMemoryDataset(new float[10], 5, [1])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new InMemoryDataset(new float[10], 0, [1]));
        Assert.Throws<ArgumentNullException>(() => new InMemoryDataset((float[])null!, 5, [1]));

        using var batch = new Batch(Linear.Static, 1);
        var error = Assert.Throws<ArgumentException>(() => new InMemoryDataset(new float[8], 4, [1, 2]).Fill([0], batch));
        Assert.Equal("Linear's input 'image' needs 5 float values (1x1x5 per sample), but the dataset's samples have 4 float values.", error.Message);
        Assert.Contains("has 1 float values", Assert.Throws<ArgumentException>(() => new InMemoryDataset(new float[5], 5, [1f], 1).Fill([0], batch)).Message);
        var dataset = new InMemoryDataset(new float[10], 5, [1, 2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.Fill([2], batch));
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.Fill([0, 1], batch));
    }

    [Fact]
    public void A_batch_checks_types_and_room()
    {
        var batch = new Batch(Linear.Static, 2) { Count = 2 };
        Assert.Equal(10, batch.Input<float>().Length);
        Assert.Equal(2, batch.Target<int>().Length);
        Assert.Contains("holds float values", Assert.Throws<ArgumentException>(() => _ = batch.Input<int>()[0]).Message);
        Assert.Contains("has no input 1", Assert.Throws<ArgumentException>(() => _ = batch.Input<float>(1)[0]).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Count = 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Batch(Linear.Static, 0));
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _ = batch.Input<float>()[0]);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
