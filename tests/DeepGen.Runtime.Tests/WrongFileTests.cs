using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Every reader of files with every kind of wrong file: it is named with its path and the reason, and no memory is reserved for what it claims to be.</summary>
public sealed class WrongFileTests : IDisposable
{
    private const int Megabyte = 1 << 20;

    private static readonly byte[] Images = [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6];
    private static readonly byte[] Labels = [0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 1];
    private static readonly byte[] Table = "kind,length,width\na,1,2\nb,3,4\na,5,6.5\n"u8.ToArray();

    private readonly TemporaryFolder _folder = new();

    /// <summary>What reads a folder, and the file in it that is made wrong.</summary>
    private static readonly Dictionary<string, (string File, Action<TemporaryFolder> Write, Action<TemporaryFolder> Read)> Readers = new()
    {
        ["idx images"] = ("images", WriteIdx, folder => IdxFile.ReadImages(folder.File("images"), folder.File("labels"))),
        ["idx images, streamed"] = ("images", WriteIdx, folder => IdxFile.ReadImages(folder.File("images"), folder.File("labels"), stream: true)),
        ["idx labels"] = ("labels", WriteIdx, folder => IdxFile.ReadImages(folder.File("images"), folder.File("labels"), ["no", "yes"])),
        ["idx dataset"] = ("images", WriteIdx, folder => InMemoryDataset.FromIdx(folder.File("images"), folder.File("labels"))),
        ["idx packed"] = ("labels", folder =>
        {
            WriteIdx(folder);
            folder.File("labels", Gzip(Labels));
        }, folder => IdxFile.ReadImages(folder.File("images"), folder.File("labels"))),
        ["cifar-10"] = ("test_batch.bin", WriteCifar, folder => Cifar.Read10(folder.Path)),
        ["cifar-10, streamed"] = ("data_batch_3.bin", WriteCifar, folder => Cifar.Read10(folder.Path, stream: true)),
        ["cifar-10, names"] = ("batches.meta.txt", WriteCifar, folder => Cifar.Read10(folder.Path)),
        ["cifar-100"] = ("test.bin", WriteCifar, folder => Cifar.Read100(folder.Path)),
        ["png"] = ("x.png", folder => Picture(1).Save(folder.File("x.png")), folder => Image.Read(folder.File("x.png"))),
        ["pgm"] = ("x.pgm", folder => Picture(1).Save(folder.File("x.pgm")), folder => Image.Read(folder.File("x.pgm"))),
        ["ppm in digits"] = ("x.ppm", folder => folder.File("x.ppm", "P3 2 1 255 1 2 3 4 5 6\n"u8.ToArray()), folder => Image.Read(folder.File("x.ppm"))),
        ["image files"] = ("b.png", WritePictures, folder => _ = new ImageFiles([folder.File("a.png"), folder.File("b.png")])),
        ["image folder"] = ("cats/2.png", folder =>
        {
            foreach (var name in new[] { "cats", "dogs" })
            {
                Directory.CreateDirectory(folder.File(name));
                for (var i = 0; i < 3; i++) Picture(1).Save(folder.File($"{name}/{i}.png"));
            }
        }, folder => ImageFolder.Open(folder.Path)),
        ["label maps"] = ("b.png", WritePictures, folder => _ = new LabelMaps(ImageFiles.InFolder(folder.Path, new ImageFileOptions { Values = PixelValues.Raw }), [7])),
        ["csv"] = ("x.csv", folder => folder.File("x.csv", Table), folder => CsvTable.Read(folder.File("x.csv")).ForClassification("kind", null, ["a", "b"])),
        ["csv packed"] = ("x.csv", folder => folder.File("x.csv", Gzip(Table)), folder => CsvTable.Read(folder.File("x.csv"))),
        ["text"] = ("x.txt", folder => folder.File("x.txt", Table), folder => TextFile.ReadLines(folder.File("x.txt"))),
        ["text packed"] = ("x.txt", folder => folder.File("x.txt", Gzip(Table)), folder => TextFile.Read(folder.File("x.txt"), TextEncoding.Latin1)),
        ["weights"] = ("x.safetensors", folder => Save(folder, (network, path) => network.Save(path)), folder => Load(folder, (network, path) => network.Load(path))),
        ["some weights"] = ("x.safetensors", folder => Save(folder, (network, path) => network.Save(path)), folder => Load(folder, (network, path) => network.Load(path, LoadOptions.Partial))),
        ["checkpoint"] = ("x.safetensors", folder => Save(folder, (network, path) => new Checkpoint().Add(network).Save(path)), folder => Load(folder, (network, path) => new Checkpoint().Add(network).Load(path))),
        ["training to resume"] = ("x.safetensors", folder => Save(folder, (network, path) =>
        {
            new Trainer(network, new TrainerOptions { Epochs = 1, BatchSize = 5, Checkpoints = new CheckpointOptions(folder.File("first")) }).Fit(Support.Clusters(10));
            File.Move(Directory.GetFiles(folder.File("first"), "*.safetensors").Single(), path);
        }), folder => Load(folder, (network, path) =>
        {
            var options = new TrainerOptions { Epochs = 2, BatchSize = 5, Checkpoints = new CheckpointOptions(folder.File("second")) { Resume = Resume.From(path) } };
            try
            {
                new Trainer(network, options).Fit(Support.Clusters(10));
                Directory.Delete(folder.File("second"), recursive: true);
            }
            finally
            {
                Assert.False(Directory.Exists(folder.File("second")));
            }
        })),
    };

    public static TheoryData<string> Names => [.. Readers.Keys];

    /// <summary>Reader, what is wrong, and words of the reason.</summary>
    public static TheoryData<string, string, string> Cases()
    {
        var cases = new TheoryData<string, string, string>();
        Add("idx images", ("empty", "it is empty"), ("cut", "it is truncated"), ("foreign", "begins with the bytes 47 49"), ("longer", "more follows"));
        Add("idx images, streamed", ("empty", "truncated"), ("cut", "it is truncated"), ("foreign", "begins with the bytes 47 49"), ("longer", "more follows"));
        Add("idx labels", ("empty", "it is empty"), ("cut", "it is truncated"), ("foreign", "begins with the bytes 47 49"), ("longer", "more follows"));
        Add("idx dataset", ("empty", "it is empty"), ("cut", "it is truncated"), ("foreign", "begins with the bytes 47 49"), ("longer", "more follows"));
        Add("idx packed", ("empty", "it is empty"), ("cut", "truncated"), ("cut by one", "truncated"), ("foreign", "begins with the bytes 47 49"), ("damaged", "gzip data are damaged"));
        Add("cifar-10", ("empty", "no records of 3073"), ("cut", "no records of 3073"), ("foreign", "no records of 3073"), ("longer", "no records of 3073"));
        Add("cifar-10, streamed", ("empty", "no records of 3073"), ("cut", "no records of 3073"), ("foreign", "no records of 3073"), ("longer", "no records of 3073"));
        Add("cifar-10, names", ("empty", "it has 0 lines"), ("cut", "there are 10 classes"), ("foreign", "no UTF-8"), ("longer", "it has 11 lines"));
        Add("cifar-100", ("empty", "no records of 3074"), ("cut", "no records of 3074"), ("foreign", "no records of 3074"), ("longer", "no records of 3074"));
        foreach (var reader in new[] { "png", "image files", "image folder", "label maps" })
            Add(reader, ("empty", "it is empty"), ("cut", "truncated"), ("cut by one", "truncated"), ("foreign", "it is a GIF file"), ("damaged", "damaged"));
        Add("pgm", ("empty", "it is empty"), ("cut", "truncated"), ("cut by one", "truncated"), ("foreign", "it is a GIF file"), ("longer", "more follows"));
        Add("ppm in digits", ("empty", "it is empty"), ("cut", "truncated"), ("foreign", "it is a GIF file"), ("longer", "more follows"));
        Add("csv", ("empty", "it is empty"), ("cut", "line 3 has 1 field"), ("foreign", "no UTF-8"), ("longer", "line 5 has 1 field"));
        Add("csv packed", ("empty", "it is empty"), ("cut", "truncated"), ("cut by one", "truncated"), ("foreign", "no UTF-8"), ("damaged", "gzip data are damaged"), ("longer", "truncated, or joined"));
        Add("text", ("foreign", "no UTF-8"));
        Add("text packed", ("cut", "truncated"), ("cut by one", "truncated"), ("damaged", "gzip data are damaged"), ("longer", "truncated, or joined"));
        foreach (var reader in new[] { "weights", "some weights" })
            Add(reader, ("empty", "it has 0 bytes"), ("cut", "truncated"), ("cut by one", "truncated"), ("foreign", "probably not a safetensors file"), ("longer", "follow the header"));
        foreach (var reader in new[] { "checkpoint", "training to resume" })
            Add(reader, ("empty", "it has 0 bytes"), ("cut", "truncated"), ("cut by one", "truncated"), ("foreign", "probably not a safetensors file"), ("longer", "follow the header"), ("damaged", "the file is damaged"));
        return cases;

        void Add(string reader, params (string What, string Reason)[] wrong)
        {
            foreach (var (what, reason) in wrong) cases.Add(reader, what, reason);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_not_there_or_is_a_folder_is_named(string reader)
    {
        var (file, write, read) = Readers[reader];
        write(_folder);
        read(_folder);
        var path = _folder.File(file);
        File.Delete(path);

        // Some files may be missing, and a folder holds what it holds.
        if (reader is not ("cifar-10, names" or "image folder" or "label maps"))
        {
            var missing = Assert.Throws<FileNotFoundException>(() => read(_folder));
            Assert.Contains($"'{path}'", missing.Message);
            Assert.Equal(path, missing.FileName);
        }

        if (reader is "image folder" or "label maps") return;
        Directory.CreateDirectory(path);
        var folder = Assert.ThrowsAny<IOException>(() => read(_folder));
        Assert.Contains($"'{path}'", folder.Message);
        Assert.Contains("it is a folder", folder.Message);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_damaged_or_foreign_is_named_with_the_reason(string reader, string what, string reason)
    {
        var (file, write, read) = Readers[reader];
        write(_folder);
        var path = _folder.File(file);
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, what switch
        {
            "empty" => [],
            "cut" => whole[..(whole.Length * 2 / 3)],
            "cut by one" => whole[..^1],
            "longer" => [.. whole, .. "x"u8],
            "damaged" => [.. whole[..^7], (byte)(whole[^7] ^ 0x10), .. whole[^6..]],
            _ => [.. "GIF89a"u8, .. Enumerable.Range(0, 3074).Select(i => (byte)(0x80 + (i % 50)))],
        });
        var error = Assert.Throws<InvalidDataException>(() => read(_folder));
        Assert.Contains($"'{path}'", error.Message);
        Assert.Contains(reason, error.Message);
    }

    /// <summary>Reader, and the file that claims to hold far more than it has.</summary>
    public static TheoryData<string, byte[]> Boasts()
    {
        var png = Picture(1).ToPng();
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 40_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 40_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32.Of(png.AsSpan(12, 17)));
        byte[] idx = [0, 0, 8, 3, 0, 0, 0xEA, 0x60, 0, 0, 0x10, 0, 0, 0, 8, 0, .. new byte[1000]];
        var gzip = Gzip(Table);
        BinaryPrimitives.WriteInt32LittleEndian(gzip.AsSpan(gzip.Length - 4), 1_000_000_000);
        var huge = """{"a":{"dtype":"F32","shape":[100000,10000],"data_offsets":[0,4000000000]}}""";
        return new TheoryData<string, byte[]>
        {
            { "idx images", idx },
            { "idx images, streamed", idx },
            { "idx images", Gzip(idx) },
            { "idx labels", [0, 0, 8, 1, 0x40, 0, 0, 0, 1] },
            { "png", png },
            { "image folder", png },
            { "label maps", png },
            { "pgm", "P5 40000 40000 255\n123"u8.ToArray() },
            { "pgm", "P2 40000 40000 255\n1 2 3"u8.ToArray() },

            // 6 bytes a pixel are 2^64 + 3134 bytes.
            { "pgm", [.. "P6 1501266375 2047909283 65535\n"u8, .. new byte[3134]] },
            { "pgm", "P3 2147483647 2147483647 255\n1 2 3"u8.ToArray() },
            { "csv packed", gzip },
            { "text packed", gzip },
            { "weights", [.. BitConverter.GetBytes(99_999_999L), .. "{}"u8] },
            { "weights", Support.Safetensors(huge, 0) },
            { "checkpoint", Support.Safetensors(huge, 0) },
        };
    }

    [Theory]
    [MemberData(nameof(Boasts))]
    public void No_memory_is_reserved_for_what_a_file_claims_to_hold(string reader, byte[] boast)
    {
        var (file, write, read) = Readers[reader];
        write(_folder);
        read(_folder);
        var path = _folder.File(file, boast);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(() => read(_folder));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Megabyte);
        Assert.Contains($"'{path}'", error.Message);
    }

    /// <summary>Files as large as they claim; on the disk they are holes.</summary>
    [Theory]
    [InlineData("text", 0x3FFFFFE0L, "longest text")]
    [InlineData("csv", 0x3FFFFFE0L, "longest text")]
    [InlineData("png", 0x80000000L, "are too many")]
    [InlineData("image folder", 0x80000000L, "are too many")]
    public void Files_too_large_for_memory_are_refused_unread(string reader, long length, string reason)
    {
        var (file, write, read) = Readers[reader];
        write(_folder);
        using (var stream = new FileStream(_folder.File(file), FileMode.Open)) stream.SetLength(length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(() => read(_folder));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Megabyte);
        Assert.Contains(_folder.File(file), error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Images_too_large_to_be_streamed_are_refused()
    {
        var images = _folder.File("images", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50]);
        using (var stream = new FileStream(images, FileMode.Open)) stream.SetLength(16 + (50_000L * 50_000));
        var labels = _folder.File("labels", [0, 0, 8, 1, 0, 0, 0, 1, 0]);
        var error = Assert.Throws<InvalidDataException>(() => IdxFile.ReadImages(images, labels, stream: true));
        Assert.Contains(images, error.Message);
        Assert.Contains("bytes an image", error.Message);
    }

    [Fact]
    public void A_file_in_place_of_a_folder_is_named()
    {
        var file = _folder.File("file", [1]);
        Assert.All<Action>([() => ImageFolder.Open(file), () => ImageFiles.InFolder(file), () => Cifar.Read10(file), () => Cifar.Read100(file)], read =>
        {
            var error = Assert.Throws<DirectoryNotFoundException>(read);
            Assert.Contains($"'{file}'", error.Message);
            Assert.Contains("it is a file", error.Message);
        });
    }

    [Fact]
    public void An_idx_file_is_joined_with_the_labels_of_another()
    {
        WriteIdx(_folder);
        var (images, labels) = (IdxFile.Read(_folder.File("images")), IdxFile.Read(_folder.File("labels")));
        var set = images.WithLabels(labels, ["no", "yes"]);
        Assert.Equal([1, 0, 1], set.Labels);
        Assert.Equal(["no", "yes"], set.Classes);
        Assert.Equal(["0", "1"], images.WithLabels(labels).Classes);
        Assert.Equal($"image 2 of '{_folder.File("images")}'", set.Images.Name(2));
        var image = new Image();
        set.Images.Read(1, image);
        Assert.Equal((1, 2, 1), (image.Channels, image.Height, image.Width));
        Assert.Equal([3, 4], image.Pixels.ToArray());

        var planes = Idx("embedded planes", [0, 0, 8, 4, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6]);
        planes.WithLabels(labels).Images.Read(2, image);
        Assert.Equal((2, 1, 1), (image.Channels, image.Height, image.Width));
        Assert.Equal([5, 6], image.Pixels.ToArray());

        Refused("gives image 0 the label 1; there are 1 classes, so labels are 0 to 0", _folder.File("labels"), () => images.WithLabels(labels, ["no"]));
        Refused("exchanged", _folder.File("labels"), () => labels.WithLabels(images));
        Refused("exchanged", _folder.File("images"), () => images.WithLabels(images));
        Refused("has 3 images, but 'two labels' has 2 labels", _folder.File("images"), () => images.WithLabels(Idx("two labels", [0, 0, 8, 1, 0, 0, 0, 2, 0, 1])));
        Refused("images need [count, height, width] or", "rows", () => Idx("rows", [0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 1, 1, 2, 3]).WithLabels(labels));
        Refused("holds no images", "none", () => Idx("none", [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1]).WithLabels(labels));
        Assert.Throws<ArgumentNullException>(() => images.WithLabels(null!));

        static IdxFile Idx(string name, byte[] bytes) => IdxFile.Read(new MemoryStream(bytes), name);

        static void Refused(string reason, string path, Action read)
        {
            var error = Assert.Throws<InvalidDataException>(read);
            Assert.Contains($"'{path}'", error.Message);
            Assert.Contains(reason, error.Message);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void WriteIdx(TemporaryFolder folder)
    {
        folder.File("images", Images);
        folder.File("labels", Labels);
    }

    private static void WriteCifar(TemporaryFolder folder)
    {
        foreach (var name in new[] { "data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch" }) folder.File(name + ".bin", new byte[2 * 3073]);
        foreach (var name in new[] { "train", "test" }) folder.File(name + ".bin", new byte[2 * 3074]);
        folder.File("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"u8.ToArray());
    }

    private static void WritePictures(TemporaryFolder folder)
    {
        Picture(1).Save(folder.File("a.png"));
        Picture(1).Save(folder.File("b.png"));
    }

    private static Image Picture(int channels)
    {
        var image = new Image(channels, 5, 4);
        image.Pixels.Fill(7);
        return image;
    }

    private static void Save(TemporaryFolder folder, Action<Network, string> save)
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 8 });
        save(network, folder.File("x.safetensors"));
    }

    /// <summary>What is refused changes nothing.</summary>
    private static void Load(TemporaryFolder folder, Action<Network, string> load)
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 8 });
        var before = Support.Bits(network);
        try
        {
            load(network, folder.File("x.safetensors"));
        }
        catch
        {
            Assert.Equal(before, Support.Bits(network));
            throw;
        }
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
