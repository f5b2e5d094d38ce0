namespace DeepGen;

/// <summary>
/// A file format of pictures. DeepGen has PNG and PNM (<see cref="ImageFormats"/>); another one, for instance JPEG through a library of your choice, is added to <see cref="ImageFileOptions.Formats"/>.
/// Its methods may be called from several threads at once.
/// </summary>
public interface IImageFormat
{
    /// <summary>The format's name, for messages.</summary>
    string Name { get; }

    /// <summary>What names of its files end with, in lower case and with the dot.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>Whether a file is of this format.</summary>
    /// <param name="start">Its first bytes: 16, or all if there are fewer.</param>
    bool Recognizes(ReadOnlySpan<byte> start);

    /// <summary>Reads the size of a picture from the head of its file.</summary>
    /// <param name="file">The file, or at least its first 4096 bytes.</param>
    /// <exception cref="InvalidDataException">It is damaged or cannot be read; the message is the reason alone, such as "it is truncated".</exception>
    (int Height, int Width) ReadSize(ReadOnlyMemory<byte> file);

    /// <summary>Decodes a file.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="image">Becomes the picture.</param>
    /// <param name="values">What its bytes are to be.</param>
    /// <exception cref="InvalidDataException">As for <see cref="ReadSize"/>.</exception>
    void Decode(ReadOnlyMemory<byte> file, Image image, PixelValues values);
}
