using System.Text;

namespace DeepGen.Runtime.Tests;

public class PnmTests
{
    [Fact]
    public void All_six_kinds_are_read()
    {
        Assert.Equal([0, 255, 255, 0, 0, 255], Read("P1\n# a comment\n3 2\n1 0 0\n110"));
        Assert.Equal([0, 255, 255, 0, 0, 255], Read("P4 3 2\n", 0b1000_0000, 0b1101_1111));
        Assert.Equal([0, 17, 255, 34, 68, 51], Read("P2 3 2 15\n0 1 15\n2 4 3\n"));
        Assert.Equal([0, 1, 255, 2, 4, 3], Read("P5\n3 2\n255\n", 0, 1, 255, 2, 4, 3));
        Assert.Equal([0, 128, 255], Read("P5 3 1 2\n", 0, 1, 2));
        Assert.Equal([0, 1, 255], Read("P5 3 1 65535 ", 0, 100, 1, 1, 255, 255));
        Assert.Equal([1, 4, 2, 5, 3, 6], Read("P3 2 1 255 1 2 3 4 5 6"));
        Assert.Equal([1, 4, 2, 5, 3, 6], Read("P6#\n2#x\n1 255\n", 1, 2, 3, 4, 5, 6));
        Assert.Equal([32, 35], Read("P5 2 1 255\n #"));
    }

    [Fact]
    public void Raw_values_are_those_of_the_file()
    {
        Assert.Equal([1, 0, 1], Raw("P1 3 1 1 0 1"));
        Assert.Equal([0, 1, 2], Raw("P2 3 1 2 0 1 2"));
        Assert.Contains("row 0, column 1 is 300, and labels must be below 256", Assert.Throws<InvalidDataException>(() => Raw("P2 3 1 1000 0 300 2")).Message);
        Assert.Contains("in colour", Assert.Throws<InvalidDataException>(() => Raw("P3 1 1 255 0 1 2")).Message);
    }

    [Fact]
    public void Damaged_files_are_refused_with_the_reason()
    {
        Refused("no format that is read here", "P7 1 1 255 1");
        Refused("the width should stand at byte 3", "P5 x");
        Refused("the width is missing", "P5 ");
        Refused("the height is missing", "P5 12 # 13");
        Refused("the height at byte 6 is no number", "P5 12 1x");
        Refused("its size is 0x2", "P5 0 2 255 ");
        Refused("its maximum is 65536", "P5 1 1 65536 ");
        Refused("the width is too large", "P5 99999999999 1 255 ");
        Refused("it is truncated: its 2x2 pixels are 4 bytes, and 3 are there", "P5 2 2 255\n123");
        Refused("it is truncated: its 2x2 pixels are 4 bytes, and 0 are there", "P5 2 2 255");
        Refused("more follows the picture", "P5 2 2 255\n12345");
        Refused("more follows the picture", "P2 2 1 255 1 2 3");
        Refused("a pixel is missing", "P2 2 2 255 1 2 3      ");
        Refused("a pixel should stand at byte", "P2 2 2 255 1 2 3 x");
        Refused("neither 0 nor 1", "P1 2 2 1 0 2 1");
        Refused("row 1, column 0 is 4, and the maximum is 3", "P2 1 2 3 1 4");
        Refused("row 0, column 1 is 50, and the maximum is 3", "P5 2 1 3 \u00012");
        Refused("are more than", "P5 2000000000 2000000000 255 ");

        static void Refused(string reason, string file)
        {
            var error = Assert.Throws<InvalidDataException>(() => Decode(Encoding.Latin1.GetBytes(file)));
            Assert.StartsWith("Cannot read the image 'x.pnm': ", error.Message);
            Assert.Contains(reason, error.Message);
        }
    }

    [Theory]
    [InlineData(1, "x.pgm")]
    [InlineData(3, "x.ppm")]
    public void What_is_written_is_read(int channels, string name)
    {
        using var folder = new TemporaryFolder();
        var image = new Image(channels, 5, 7);
        new Random(1).NextBytes(image.Pixels);
        image.Save(folder.File(name));
        var read = Image.Read(folder.File(name));
        Assert.Equal((channels, 5, 7), (read.Channels, read.Height, read.Width));
        Assert.Equal(image.Pixels.ToArray(), read.Pixels.ToArray());
    }

    private static byte[] Read(string head, params byte[] data)
    {
        byte[] file = [.. Encoding.ASCII.GetBytes(head), .. data];
        var image = Decode(file);
        Assert.Equal(head[1] is '3' or '6' ? 3 : 1, image.Channels);
        Assert.Equal((image.Height, image.Width), ImageFormats.ReadSize(ImageFormats.All, file, ""));
        return image.Pixels.ToArray();
    }

    private static byte[] Raw(string file) => Decode(Encoding.ASCII.GetBytes(file), PixelValues.Raw).Pixels.ToArray();

    private static Image Decode(byte[] file, PixelValues values = PixelValues.Colors)
    {
        var image = new Image();
        ImageFormats.Read(ImageFormats.All, file, "x.pnm", image, values);
        return image;
    }
}
