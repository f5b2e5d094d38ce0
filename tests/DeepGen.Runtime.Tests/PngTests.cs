using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DeepGen.Runtime.Tests;

public class PngTests
{
    private static readonly Dictionary<string, (long[] Shape, byte[] Data)> Fixture = ReadFixture();

    public static TheoryData<string> Files => [.. Fixture.Keys.Where(name => name.EndsWith(".png", StringComparison.Ordinal)).Select(name => name[..^4])];

    /// <summary>Every colour type, bit depth, interlacing and filter; written by tests/fixtures/images.py and read by Pillow too.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Every_kind_of_file_is_read(string name)
    {
        var image = new Image();
        Decode(Fixture[name + ".png"].Data, image);
        var (shape, colors) = Fixture[name + ".colors"];
        Assert.Equal(shape, new long[] { image.Channels, image.Height, image.Width });
        Assert.Equal(colors, image.Pixels.ToArray());
        Assert.Equal((image.Height, image.Width), ImageFormats.ReadSize(ImageFormats.All, Fixture[name + ".png"].Data, name));
        if (!Fixture.TryGetValue(name + ".raw", out var raw)) return;
        Decode(Fixture[name + ".png"].Data, image, PixelValues.Raw);
        Assert.Equal(raw.Shape, new long[] { image.Channels, image.Height, image.Width });
        Assert.Equal(raw.Data, image.Pixels.ToArray());
    }

    [Fact]
    public void A_file_cut_at_any_byte_or_with_any_byte_changed_is_refused()
    {
        var whole = Fixture["color2_8bit_adam7.png"].Data;
        var image = new Image();
        for (var length = 0; length < whole.Length; length++)
            Assert.Contains("Cannot read the image 'x.png'", Assert.Throws<InvalidDataException>(() => Decode(whole[..length], image)).Message);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= 0x21;
            Assert.Throws<InvalidDataException>(() => Decode(damaged, image));
        }
    }

    [Fact]
    public void Damaged_files_are_refused_with_the_reason()
    {
        byte[] grey = [0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0], palette = [0, 0, 0, 2, 0, 0, 0, 2, 2, 3, 0, 0, 0];
        byte[] pixels = [0, 1, 2, 0, 3, 4], indices = [0, 0x10, 0, 0x20];
        Assert.Equal([1, 2, 3, 4], Read(File(("IHDR", grey), ("IDAT", Pack(pixels)), ("IEND", []))).Pixels.ToArray());
        Assert.Equal([1, 2, 3, 4], Read([.. File(("IHDR", grey), ("IDAT", Pack(pixels)), ("IEND", [])), 1, 2, 3]).Pixels.ToArray());
        Refused("first chunk is IDAT", ("IDAT", Pack(pixels)), ("IEND", []));
        Refused("its size is 0x2", ("IHDR", [0, 0, 0, 0, 0, 0, 0, 2, 8, 0, 0, 0, 0]));
        Refused("no colour type 2 with 4 bits", ("IHDR", [0, 0, 0, 2, 0, 0, 0, 2, 4, 2, 0, 0, 0]));
        Refused("no colour type 5", ("IHDR", [0, 0, 0, 2, 0, 0, 0, 2, 8, 5, 0, 0, 0]));
        Refused("interlace methods are 0, 0 and 2", ("IHDR", [.. grey[..12], 2]));
        Refused("no IDAT", ("IHDR", grey), ("IEND", []));
        Refused("without an IEND", ("IHDR", grey), ("IDAT", Pack(pixels)));
        Refused("data end before the last row", ("IHDR", grey), ("IDAT", Pack(pixels[..5])), ("IEND", []));
        Refused("compressed data are damaged", ("IHDR", grey), ("IDAT", [1, 2, 3, 4]), ("IEND", []));
        Refused("compressed data are damaged", ("IHDR", grey), ("IDAT", [.. Pack(pixels)[..^4], 1, 2, 3, 4]), ("IEND", []));
        Refused("filter 5", ("IHDR", grey), ("IDAT", Pack([5, 1, 2, 0, 3, 4])), ("IEND", []));
        Refused("do not follow one another", ("IHDR", grey), ("IDAT", Pack(pixels)[..5]), ("tEXt", []), ("IDAT", Pack(pixels)[5..]), ("IEND", []));
        Refused("IHDR is out of place", ("IHDR", grey), ("IHDR", grey), ("IEND", []));
        Refused("chunk ABCD that must be understood", ("IHDR", grey), ("ABCD", []), ("IEND", []));
        Refused("not four letters", ("IHDR", grey), ("AB1D", []), ("IEND", []));
        Refused("too short for that", ("IHDR", [0, 0, 0x10, 0, 0, 0, 0x10, 0, 8, 0, 0, 0, 0]), ("IDAT", Pack(pixels)), ("IEND", []));
        Refused("rows of 2000000000 pixels are too long", ("IHDR", [0x77, 0x35, 0x94, 0, 0, 0, 0, 1, 16, 6, 0, 0, 0]), ("IDAT", Pack(pixels)), ("IEND", []));
        Refused("no PLTE", ("IHDR", palette), ("IDAT", Pack(indices)), ("IEND", []));
        Refused("palette has 4 bytes", ("IHDR", palette), ("PLTE", [1, 2, 3, 4]), ("IDAT", Pack(indices)), ("IEND", []));
        Refused("up to 4 colours", ("IHDR", palette), ("PLTE", new byte[15]), ("IDAT", Pack(indices)), ("IEND", []));
        Refused("a pixel has colour 2 of the palette, which has 2", ("IHDR", palette), ("PLTE", new byte[6]), ("IDAT", Pack(indices)), ("IEND", []));
        Refused("tRNS has 3 values for 2 colours", ("IHDR", palette), ("PLTE", new byte[6]), ("tRNS", [1, 2, 3]), ("IDAT", Pack(indices)), ("IEND", []));
        Refused("PLTE is out of place", ("IHDR", palette), ("IDAT", Pack(indices)), ("PLTE", new byte[6]), ("IEND", []));
        Refused("tRNS has 1 bytes", ("IHDR", grey), ("tRNS", [1]), ("IDAT", Pack(pixels)), ("IEND", []));

        static void Refused(string reason, params (string, byte[])[] chunks)
        {
            var error = Assert.Throws<InvalidDataException>(() => Read(File(chunks)));
            Assert.StartsWith("Cannot read the image 'x.png': ", error.Message);
            Assert.Contains(reason, error.Message);
        }
    }

    [Fact]
    public void Labels_must_be_grey_or_have_a_palette_and_be_below_256()
    {
        Refused("it is in colour or has opacity", Fixture["color2_8bit.png"].Data);
        Refused("it is in colour or has opacity", Fixture["color4_8bit.png"].Data);
        byte[] deep = [0, 0, 0, 1, 0, 0, 0, 1, 16, 0, 0, 0, 0];
        Refused("a pixel is 256", File(("IHDR", deep), ("IDAT", Pack([0, 1, 0])), ("IEND", [])));
        var image = new Image();
        Decode(File(("IHDR", deep), ("IDAT", Pack([0, 0, 200])), ("IEND", [])), image, PixelValues.Raw);
        Assert.Equal([200], image.Pixels.ToArray());

        static void Refused(string reason, byte[] file) =>
            Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Decode(file, new Image(), PixelValues.Raw)).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_is_written_is_read(int channels)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(channels);
        var image = new Image(channels, 20, 31);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)((i % 31 * 4) + random.Next(20));
        image.Save(folder.File("x.png"));
        var read = Image.Read(folder.File("x.png"));
        Assert.Equal((channels, 20, 31), (read.Channels, read.Height, read.Width));
        Assert.Equal(image.Pixels.ToArray(), read.Pixels.ToArray());
        Assert.Equal(System.IO.File.ReadAllBytes(folder.File("x.png")), image.ToPng());

        // A slope packs to less than the noise on it would need without filters.
        Assert.InRange(image.ToPng().Length, 60, (int)(0.85 * image.Pixels.Length));
    }

    [Fact]
    public void Pictures_that_cannot_be_written_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("1 to 4 channels", Assert.Throws<InvalidOperationException>(() => new Image(5, 1, 1).ToPng()).Message);
        Assert.Contains("not '.jpg'", Assert.Throws<ArgumentException>(() => new Image(1, 1, 1).Save(folder.File("x.jpg"))).Message);
        Assert.Contains("1 or 3 channels", Assert.Throws<ArgumentException>(() => new Image(2, 1, 1).Save(folder.File("x.pgm"))).Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Other_formats_are_named()
    {
        Refused("it is a JPEG file, and only PNG and PNM are read here", [0xFF, 0xD8, 0xFF, 0xE0]);
        Refused("it is a GIF file", "GIF89a"u8.ToArray());
        Refused("it is a WebP file", "RIFF....WEBPVP8 "u8.ToArray());
        Refused("its first bytes, 010203, are of no format", [1, 2, 3]);
        Refused("it is empty", []);

        static void Refused(string reason, byte[] file) => Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Read(file)).Message);
    }

    [Fact]
    public void The_checksum_is_that_of_the_standard()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
        Assert.Equal(0xAE426082u, Crc32.Of("IEND"u8));
        Assert.Equal(0xCBF43926u, Crc32.Of("456789"u8, Crc32.Of("123"u8)));
        var bytes = Enumerable.Range(0, 100).Select(i => (byte)(i * 7)).ToArray();
        Assert.Equal(Crc32.Of(bytes), Crc32.Of(bytes.AsSpan(37), Crc32.Of(bytes.AsSpan(0, 37))));
    }

    private static Image Read(byte[] file)
    {
        var image = new Image();
        Decode(file, image);
        return image;
    }

    private static void Decode(byte[] file, Image image, PixelValues values = PixelValues.Colors) => ImageFormats.Read(ImageFormats.All, file, "x.png", image, values);

    private static byte[] File(params (string Type, byte[] Data)[] chunks)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        foreach (var (type, data) in chunks)
        {
            byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
            var word = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
            file.Write(word);
            file.Write(body);
            BinaryPrimitives.WriteUInt32BigEndian(word, Crc32.Of(body));
            file.Write(word);
        }

        return file.ToArray();
    }

    private static byte[] Pack(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(data);
        return packed.ToArray();
    }

    private static Dictionary<string, (long[], byte[])> ReadFixture()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "images.safetensors");
        using var stream = System.IO.File.OpenRead(path);
        var (entries, start, _) = SafetensorsHeader.Read(stream, path);
        var bytes = System.IO.File.ReadAllBytes(path);
        return entries.ToDictionary(e => e.Name, e => (e.Shape.ToArray(), bytes[(int)(start + e.Begin)..(int)(start + e.End)]));
    }
}
