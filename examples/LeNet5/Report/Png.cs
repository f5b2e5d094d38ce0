namespace DeepGen.Examples.Report;

/// <summary>Pictures inside the page.</summary>
internal static class Png
{
    /// <summary>A grey picture as a <c>data:</c> address, so that the page needs no file beside it.</summary>
    /// <param name="pixels">Rows of grey values, 0 black to 255 white.</param>
    /// <param name="width">The pixels of a row.</param>
    public static string DataAddress(ReadOnlySpan<byte> pixels, int width)
    {
        var image = new Image(1, pixels.Length / width, width);
        pixels.CopyTo(image.Pixels);
        return "data:image/png;base64," + Convert.ToBase64String(image.ToPng());
    }
}
