namespace DeepGen;

/// <summary>What the bytes of a decoded picture are.</summary>
public enum PixelValues
{
    /// <summary>Brightness from 0 to 255, whatever the file's bit depth: a palette is looked up, 1 bit becomes 0 or 255, 16 bits are rounded to 8.</summary>
    Colors,

    /// <summary>The numbers as they stand in the file, for maps of labels: the index into the palette, or the grey value of 1 to 16 bits, which must be below 256. One channel.</summary>
    Raw,
}
