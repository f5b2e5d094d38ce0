namespace DeepGen;

/// <summary>How files of pictures are read.</summary>
public sealed record ImageFileOptions
{
    /// <summary>The channels that pictures are converted to, 1 or 3 (<see cref="Image.ConvertTo"/>); those of the files when null, which must then be alike.</summary>
    public int? Channels { get; init; }

    /// <summary>What the bytes are: <see cref="PixelValues.Raw"/> for maps of labels.</summary>
    public PixelValues Values { get; init; }

    /// <summary>Whether pictures may differ in height and width. Transforms must then bring them to the size that the network takes.</summary>
    public bool MixedSizes { get; init; }

    /// <summary>
    /// Whether every file is decoded once when the files are opened, so that a damaged one is named before a training starts. Otherwise only its head is looked at: for sets so large that one
    /// more pass over them is too long.
    /// </summary>
    public bool CheckAll { get; init; } = true;

    /// <summary>The formats to look for, the first that recognises a file decodes it.</summary>
    public IReadOnlyList<IImageFormat> Formats { get; init; } = ImageFormats.All;

    internal ImageFileOptions Checked() => Channels is null or 1 or 3
        ? this
        : throw new ArgumentOutOfRangeException(nameof(Channels), Channels, "ImageFileOptions.Channels must be 1 or 3, or null for those of the files.");
}
