namespace DeepGen;

/// <summary>Pictures that can be had by number, in memory or read when they are wanted. It may be read by several threads at once.</summary>
public interface IImageSource
{
    /// <summary>The number of pictures.</summary>
    int Count { get; }

    /// <summary>Reads a picture.</summary>
    /// <param name="index">Its number in [0, <see cref="Count"/>).</param>
    /// <param name="image">Becomes the picture.</param>
    /// <exception cref="InvalidDataException">Its file is damaged; the message names the path and the reason.</exception>
    void Read(int index, Image image);

    /// <summary>What messages call a picture: the path of its file, or its number.</summary>
    /// <param name="index">Its number.</param>
    string Name(int index);
}
