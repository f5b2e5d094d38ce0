namespace DeepGen.Runtime.Tests;

public class ImageFileTests
{
    [Fact]
    public void A_folder_for_each_class()
    {
        using var folder = new TemporaryFolder();
        Save(folder, "dog/2.png", 20);
        Save(folder, "dog/10.png", 10);
        Save(folder, "cat/more/x.pgm", 5);
        Save(folder, "cat/a.png", 4);
        Save(folder, ".hidden/a.png", 99);
        File.WriteAllText(folder.File("cat/notes.txt"), "no picture");
        File.WriteAllText(folder.File("cat/.DS_Store"), "neither");
        using var set = ImageFolder.Open(folder.Path);
        Assert.Equal(["cat", "dog"], set.Classes);
        Assert.Equal([0, 0, 1, 1], set.Labels);
        var images = Assert.IsType<ImageFiles>(set.Images);
        Assert.Equal((2, 3), (images.Height, images.Width));
        Assert.Equal(["a.png", "x.pgm", "10.png", "2.png"], images.Paths.Select(path => Path.GetFileName(path)));
        Assert.Equal([4, 5, 10, 20], First(set.Images));
        Assert.Equal(folder.File("dog/2.png"), set.Images.Name(3));

        var memory = set.InMemory();
        Directory.Delete(folder.File("cat"), recursive: true);
        Assert.Equal([4, 5, 10, 20], First(memory.Images));
        Assert.Equal(folder.File("dog/2.png"), memory.Images.Name(3));
        Assert.Contains("a.png", Assert.Throws<FileNotFoundException>(() => images.Read(0, new Image())).FileName);

        // A test set must have the labels of the training set.
        Assert.Contains("no folder for the class 'cat'", Assert.Throws<InvalidDataException>(() => ImageFolder.Open(folder.Path, classes: set.Classes)).Message);
        Assert.Contains("'dog' is none of the classes cat, cow", Assert.Throws<InvalidDataException>(() => ImageFolder.Open(folder.Path, classes: ["cat", "cow"])).Message.Replace(folder.Path + Path.DirectorySeparatorChar, ""));
    }

    [Fact]
    public void Wrong_files_and_folders_are_named_with_the_reason_when_they_are_opened()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Open(folder.File("none")));
        Refused("has no folders", folder.Path);
        Save(folder, "a/1.png", 1);
        Directory.CreateDirectory(folder.File("b"));
        Refused("has no picture", folder.File("b"));
        Save(folder, "b/2.png", 1, height: 3);
        Refused("is 3x3 (height, width), but", folder.File("b/2.png"));
        Save(folder, "b/2.png", 1, channels: 3);
        Refused("has 3 channels, but", folder.File("b/2.png"));
        var whole = File.ReadAllBytes(folder.File("a/1.png"));
        File.WriteAllBytes(folder.File("b/2.png"), whole[..^20]);
        Refused("truncated", folder.File("b/2.png"));
        File.WriteAllBytes(folder.File("b/2.png"), []);
        Refused("it is empty", folder.File("b/2.png"));
        File.WriteAllText(folder.File("b/2.png"), "hello");
        Refused("of no format that is read here", folder.File("b/2.png"));
        File.WriteAllBytes(folder.File("b/2.png"), whole);
        File.WriteAllBytes(folder.File("b/3.JPG"), [0xFF, 0xD8, 0xFF]);
        Refused("only .png, .pnm, .pbm, .pgm, .ppm files are read here", folder.File("b/3.JPG"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageFiles([folder.File("a/1.png")], new ImageFileOptions { Channels = 2 }));
        Assert.Throws<InvalidDataException>(() => new ImageFiles([]));
        Assert.Throws<FileNotFoundException>(() => new ImageFiles([folder.File("x.png")]));

        void Refused(string reason, string path)
        {
            var error = Assert.Throws<InvalidDataException>(() => ImageFolder.Open(folder.Path));
            Assert.Contains(reason, error.Message);
            Assert.Contains(path, error.Message);
        }
    }

    [Fact]
    public void Without_the_check_damage_shows_when_a_file_is_read()
    {
        using var folder = new TemporaryFolder();
        Save(folder, "a/1.png", 1);
        Save(folder, "a/2.png", 1);
        File.WriteAllBytes(folder.File("a/2.png"), File.ReadAllBytes(folder.File("a/2.png"))[..^20]);
        var files = ImageFiles.InFolder(folder.File("a"), new ImageFileOptions { CheckAll = false });
        Assert.Equal((2, 3), (files.Height, files.Width));
        files.Read(0, new Image());
        Assert.Contains("truncated", Assert.Throws<InvalidDataException>(() => files.Read(1, new Image())).Message);
    }

    [Fact]
    public void Sizes_may_differ_and_channels_be_converted_when_asked_for()
    {
        using var folder = new TemporaryFolder();
        Save(folder, "1.png", 100, height: 4);
        Save(folder, "2.png", 50, channels: 3);
        Save(folder, "3.png", 50, channels: 4);
        var files = ImageFiles.InFolder(folder.Path, new ImageFileOptions { MixedSizes = true, Channels = 3 });
        Assert.Null(files.Height);
        var image = new Image();
        files.Read(0, image);
        Assert.Equal((3, 4, 3), (image.Channels, image.Height, image.Width));
        Assert.All(image.Pixels.ToArray(), pixel => Assert.Equal(100, pixel));
        files.Read(2, image);
        Assert.Equal((3, 2, 3), (image.Channels, image.Height, image.Width));
        Assert.Contains("is 3x2x3 (channels, height, width)", Assert.Throws<InvalidDataException>(() => ImageArray.Load(files)).Message);

        // Pillow: Image.new("RGB", (1, 1), (200, 100, 50)).convert("L") is 124.
        var color = new Image(3, 1, 1);
        (color.Pixels[0], color.Pixels[1], color.Pixels[2]) = (200, 100, 50);
        color.ConvertTo(1);
        Assert.Equal([124], color.Pixels.ToArray());
        color.ConvertTo(3);
        Assert.Equal([124, 124, 124], color.Pixels.ToArray());
        Assert.Throws<ArgumentException>(() => new Image(5, 1, 1).ConvertTo(3));
        Assert.Throws<ArgumentException>(() => color.ConvertTo(4));
    }

    [Fact]
    public void Maps_are_found_by_the_names_of_their_images()
    {
        using var folder = new TemporaryFolder();
        Save(folder, "images/b.png", 1);
        Save(folder, "images/a.png", 2);
        Save(folder, "maps/b.pgm", 3);
        var images = ImageFiles.InFolder(folder.File("images"));
        Assert.Contains("there is no file 'a'", Assert.Throws<InvalidDataException>(() => images.Matching(folder.File("maps"))).Message);
        Save(folder, "maps/a.png", 4);
        Assert.Equal([4, 3], First(images.Matching(folder.File("maps"))));
        Save(folder, "maps/a.pgm", 4);
        Assert.Contains("one is wanted", Assert.Throws<InvalidDataException>(() => images.Matching(folder.File("maps"))).Message);
    }

    [Fact]
    public void A_format_of_ones_own()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.jpg"), "MINE7");
        var files = ImageFiles.InFolder(folder.Path, new ImageFileOptions { Formats = [new Mine(), .. ImageFormats.All] });
        Assert.Equal([7], First(files));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cifar_is_read_from_memory_and_from_its_files(bool stream)
    {
        using var folder = new TemporaryFolder();
        for (var file = 1; file <= 5; file++) folder.File($"data_batch_{file}.bin", Records(3, 1, i => (byte)((10 * file) + i), i => [(byte)((file + i) % 10)]));
        folder.File("test_batch.bin", Records(2, 1, i => (byte)(100 + i), i => [(byte)i]));
        var (train, test) = Cifar.Read10(folder.Path, stream);
        using (train)
        using (test)
        {
            Assert.Equal((15, 2, 10), (train.Count, test.Count, train.Classes.Count));
            Assert.Equal(Enumerable.Range(0, 15).Select(i => ((i / 3) + 1 + (i % 3)) % 10), train.Labels);
            Assert.Equal(Enumerable.Range(0, 15).Select(i => (byte)((10 * ((i / 3) + 1)) + (i % 3))), First(train.Images));
            Assert.Equal($"image 1 of '{folder.File("data_batch_3.bin")}'", train.Images.Name(7));
            var image = new Image();
            train.Images.Read(7, image);
            Assert.Equal((3, 32, 32), (image.Channels, image.Height, image.Width));
            Assert.Equal([(byte)31, 32, 33], new[] { image.Plane(0)[5], image.Plane(1)[5], image.Plane(2)[5] });
            Assert.Throws<ArgumentOutOfRangeException>(() => train.Images.Read(15, image));
        }

        folder.File("batches.meta.txt", "a b c d e f g h i j".Replace(' ', '\n').Select(c => (byte)c).ToArray());
        Assert.Equal("j", Cifar.Read10(folder.Path, stream).Test.Classes[9]);
        folder.File("batches.meta.txt", "a\nb"u8.ToArray());
        Assert.Contains("2 lines", Assert.Throws<InvalidDataException>(() => Cifar.Read10(folder.Path, stream)).Message);

        folder.File("train.bin", Records(2, 2, i => (byte)i, i => [(byte)(19 - i), (byte)(99 - i)]));
        folder.File("test.bin", Records(1, 2, i => 9, i => [1, 2]));
        Assert.Equal([99, 98], Cifar.Read100(folder.Path, stream: stream).Train.Labels);
        Assert.Equal([19, 18], Cifar.Read100(folder.Path, coarse: true, stream).Train.Labels);
        Assert.Equal([9], First(Cifar.Read100(folder.Path, stream: stream).Test.Images));
    }

    [Fact]
    public void Damaged_cifar_files_are_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<FileNotFoundException>(() => Cifar.Read100(folder.Path));
        var good = Records(2, 2, i => 1, i => [1, 1]);
        folder.File("test.bin", good);
        folder.File("train.bin", good[..^1]);
        Refused($"its {good.Length - 1} bytes are no records of 3074");
        folder.File("train.bin", []);
        Refused("its 0 bytes are no records");
        folder.File("train.bin", Records(2, 2, i => 1, i => [1, (byte)(99 + i)]));
        Refused("image 1 has the label 100; there are 100 classes, so labels are 0 to 99");

        void Refused(string reason)
        {
            var error = Assert.Throws<InvalidDataException>(() => Cifar.Read100(folder.Path));
            Assert.Contains(reason, error.Message);
            Assert.Contains(folder.File("train.bin"), error.Message);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Idx_images_are_read_from_memory_and_from_their_file(bool stream)
    {
        using var folder = new TemporaryFolder();
        var images = folder.File("images", [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6]);
        var labels = folder.File("labels", [0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 1]);
        using var set = IdxFile.ReadImages(images, labels, ["no", "yes"], stream);
        Assert.Equal([1, 0, 1], set.Labels);
        Assert.Equal([1, 3, 5], First(set.Images));
        Assert.Equal($"image 2 of '{images}'", set.Images.Name(2));
        Assert.Contains("gives image 0 the label 1; there are 1 classes", Assert.Throws<InvalidDataException>(() => IdxFile.ReadImages(images, labels, ["no"], stream)).Message);
        Assert.Contains("exchanged", Assert.Throws<InvalidDataException>(() => IdxFile.ReadImages(labels, images, null, stream)).Message);
        folder.File("images", [0, 0, 8, 4, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6]);
        var image = new Image();
        using var planes = IdxFile.ReadImages(images, labels, null, stream);
        planes.Images.Read(1, image);
        Assert.Equal((2, 1, 1), (image.Channels, image.Height, image.Width));
        Assert.Equal([3, 4], image.Pixels.ToArray());
        folder.File("images", [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5]);
        Assert.Contains("it ends 1 bytes before the end of the 6 bytes", Assert.Throws<InvalidDataException>(() => IdxFile.ReadImages(images, labels, null, stream)).Message);
        folder.File("images", [0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 1, 1, 2, 3]);
        Assert.Contains("images need [count, height, width] or", Assert.Throws<InvalidDataException>(() => IdxFile.ReadImages(images, labels, null, stream)).Message);
        folder.File("images", [0x1F, 0x8B, 8, 0]);
        Assert.Contains(stream ? "it is packed" : "it is truncated", Assert.Throws<InvalidDataException>(() => IdxFile.ReadImages(images, labels, null, stream)).Message);
    }

    [Fact]
    public void Rows_of_a_sheet_are_pictures()
    {
        var sheet = new Image(2, 3, 4);
        for (var i = 0; i < 24; i++) sheet.Pixels[i] = (byte)i;
        var images = ImageArray.FromRows(sheet, 2, 2);
        Assert.Equal((3, 2, 2, 2), (images.Count, images.Channels, images.Height, images.Width));
        Assert.Equal([4, 5, 6, 7, 16, 17, 18, 19], images[1].ToArray());
        Assert.Throws<ArgumentException>(() => ImageArray.FromRows(sheet, 2, 3));
        Assert.Throws<ArgumentException>(() => new ImageArray(new byte[7], 1, 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => images[3].Length);
    }

    [Fact]
    public void Labels_and_pictures_must_agree()
    {
        var images = new ImageArray(new byte[4], 1, 1, 2);
        Assert.Contains("2 pictures, but 1 label", Assert.Throws<ArgumentException>(() => new LabelledImages(images, [1])).Message);
        Assert.Contains("'image 1' has the label 2; there are 2 classes", Assert.Throws<ArgumentException>(() => new LabelledImages(images, [1, 2], ["a", "b"])).Message);
        Assert.Equal(["0", "1", "2"], new LabelledImages(images, [1, 2]).Classes);
    }

    private static void Save(TemporaryFolder folder, string name, byte value, int channels = 1, int height = 2)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        var image = new Image(channels, height, 3);
        image.Pixels.Fill(value);
        image.Save(folder.File(name));
    }

    private static byte[] First(IImageSource images)
    {
        var image = new Image();
        return [.. Enumerable.Range(0, images.Count).Select(i =>
        {
            images.Read(i, image);
            return image.Pixels[0];
        })];
    }

    /// <summary>Each plane of a picture one brighter than the one before.</summary>
    private static byte[] Records(int count, int labels, Func<int, byte> value, Func<int, byte[]> label) => [.. Enumerable.Range(0, count).SelectMany(i =>
    {
        Assert.Equal(labels, label(i).Length);
        return label(i).Concat(Enumerable.Range(0, 3072).Select(p => (byte)(value(i) + (p / 1024))));
    })];

    private sealed class Mine : IImageFormat
    {
        public string Name => "mine";

        public IReadOnlyList<string> Extensions => [".jpg"];

        public bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith("MINE"u8);

        public (int Height, int Width) ReadSize(ReadOnlyMemory<byte> file) => (1, 1);

        public void Decode(ReadOnlyMemory<byte> file, Image image, PixelValues values)
        {
            image.SetSize(1, 1, 1);
            image.Pixels[0] = (byte)(file.Span[4] - '0');
        }
    }
}
