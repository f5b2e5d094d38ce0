namespace DeepGen.Examples.Tests;

/// <summary>What three examples read: the four files of MNIST.</summary>
public sealed class SmallPicturesTests : IDisposable
{
    private static readonly byte[] Images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28, .. new byte[2 * 28 * 28]];
    private static readonly byte[] Labels = [0, 0, 8, 1, 0, 0, 0, 2, 9, 0];

    private readonly string _folder = Directory.CreateTempSubdirectory("deepgen-pictures-").FullName;

    public SmallPicturesTests()
    {
        foreach (var set in new[] { "train", "t10k" })
        {
            File.WriteAllBytes(PathOf($"{set}-images-idx3-ubyte"), Images);
            File.WriteAllBytes(PathOf($"{set}-labels-idx1-ubyte"), Labels);
        }
    }

    [Fact]
    public void A_folder_of_the_four_files_is_read()
    {
        var pictures = SmallPictures.FromFolder(_folder);
        Assert.Equal((Path.GetFileName(_folder), 2, 2), (pictures.Name, pictures.Train.Count, pictures.Test.Count));
        Assert.Equal([9, 0], pictures.Test.Labels);
        Assert.Equal(1500, SmallPictures.Read(null).Train.Count);
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte")]
    [InlineData("train-labels-idx1-ubyte")]
    [InlineData("t10k-images-idx3-ubyte")]
    [InlineData("t10k-labels-idx1-ubyte")]
    public void A_file_that_is_missing_or_damaged_is_named(string name)
    {
        var path = PathOf(name);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        Assert.Contains($"'{path}': it is truncated", Assert.Throws<InvalidDataException>(() => SmallPictures.FromFolder(_folder)).Message, StringComparison.Ordinal);
        File.Delete(path);
        Assert.Contains($"'{path}'", Assert.Throws<FileNotFoundException>(() => SmallPictures.FromFolder(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_such_set_is_refused_with_the_reason()
    {
        Assert.Contains("but a file", Assert.Throws<DirectoryNotFoundException>(() => SmallPictures.FromFolder(PathOf("train-images-idx3-ubyte"))).Message, StringComparison.Ordinal);
        Refused("t10k-labels-idx1-ubyte", [.. Labels[..^1], 10], "gives image 1 the label 10; there are 10 classes");
        Refused("t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 9], "has 1 labels; they do not belong together");
        Refused("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 14, 0, 0, 0, 56, .. new byte[2 * 28 * 28]], "images [count, 28, 28] are needed");
        Refused("train-images-idx3-ubyte", Labels, "images [count, 28, 28] are needed");

        void Refused(string name, byte[] bytes, string reason)
        {
            File.WriteAllBytes(PathOf(name), bytes);
            var error = Assert.Throws<InvalidDataException>(() => SmallPictures.FromFolder(_folder));
            Assert.Contains($"'{PathOf(name)}'", error.Message, StringComparison.Ordinal);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);
}
