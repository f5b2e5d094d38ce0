using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace DeepGen;

/// <summary>
/// Files of pictures, each decoded when it is wanted, so that there may be more of them than memory holds; <see cref="ImageArray.Load"/> keeps them in memory instead. Reading a file
/// allocates a few small objects, its handle and the decompressor.
/// </summary>
public sealed class ImageFiles : IImageSource, IKnownImages
{
    private const int HeadBytes = 4096;

    private readonly string[] _paths;
    private readonly ImageFileOptions _options;
    private readonly int? _channels;
    private readonly (int Height, int Width)[] _sizes;

    /// <summary>Opens files.</summary>
    /// <param name="paths">The files, in the order of their numbers.</param>
    /// <param name="options">How they are read; the defaults when null.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">There is none, one cannot be read, or they differ in size or channels; the message names the path and the reason.</exception>
    public ImageFiles(IEnumerable<string> paths, ImageFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        _paths = [.. paths];
        _options = (options ?? new ImageFileOptions()).Checked();
        if (_paths.Length == 0) throw new InvalidDataException("There is no image file to read.");
        _sizes = new (int, int)[_paths.Length];
        var image = new Image();
        for (var i = 0; i < _paths.Length; i++)
        {
            _sizes[i] = _options.CheckAll ? Decode(i, image) : ReadHead(i);
            if (i == 0) _channels = _options.CheckAll ? image.Channels : _options.Channels;
            if (!_options.MixedSizes && _sizes[i] != _sizes[0])
                throw new InvalidDataException($"'{_paths[i]}' is {_sizes[i].Height}x{_sizes[i].Width} (height, width), but '{_paths[0]}' is {_sizes[0].Height}x{_sizes[0].Width}; make them alike, or set ImageFileOptions.MixedSizes and give transforms that do.");
            CheckChannels(i, _options.CheckAll ? image.Channels : _channels);
        }
    }

    /// <inheritdoc/>
    public int Count => _paths.Length;

    /// <summary>The files.</summary>
    public IReadOnlyList<string> Paths => _paths;

    /// <summary>The height of all pictures; null where they may differ.</summary>
    public int? Height => _options.MixedSizes ? null : _sizes[0].Height;

    /// <summary>The width of all pictures; null where they may differ.</summary>
    public int? Width => _options.MixedSizes ? null : _sizes[0].Width;

    int? IKnownImages.KnownChannels => _channels;

    /// <summary>The pictures of one folder, in the ordinal order of their names.</summary>
    /// <param name="folder">The folder; folders in it are left out.</param>
    /// <param name="options">How they are read; the defaults when null.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">As for the constructor, or the folder has files of pictures in a format that cannot be read.</exception>
    public static ImageFiles InFolder(string folder, ImageFileOptions? options = null)
    {
        var paths = Find(folder, SearchOption.TopDirectoryOnly, options?.Formats ?? ImageFormats.All);
        return paths.Length > 0 ? new ImageFiles(paths, options) : throw new InvalidDataException($"The folder '{folder}' has no {Extensions(options?.Formats ?? ImageFormats.All)} file.");
    }

    /// <summary>For each of these files the one of the same name, whatever its extension, in another folder: the maps of labels for pictures.</summary>
    /// <param name="folder">The other folder.</param>
    /// <param name="options">How its files are read; the defaults when null.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A picture has no file there, or several, or as for the constructor.</exception>
    public ImageFiles Matching(string folder, ImageFileOptions? options = null)
    {
        var found = Find(folder, SearchOption.TopDirectoryOnly, options?.Formats ?? ImageFormats.All).ToLookup(path => Path.GetFileNameWithoutExtension(path)!, StringComparer.Ordinal);
        return new ImageFiles(_paths.Select(path => found[Path.GetFileNameWithoutExtension(path)].ToArray() switch
        {
            [var one] => one,
            [] => throw new InvalidDataException($"For '{path}' there is no file '{Path.GetFileNameWithoutExtension(path)}' in '{folder}'."),
            [var one, var other, ..] => throw new InvalidDataException($"For '{path}' there are '{one}' and '{other}'; one is wanted."),
        }), options);
    }

    /// <inheritdoc/>
    public void Read(int index, Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if ((uint)index >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {Shapes.Count(Count, "picture")}.");
        if (Decode(index, image) != _sizes[index])
            throw new InvalidDataException($"'{_paths[index]}' is {image.Height}x{image.Width} (height, width), but it was {_sizes[index].Height}x{_sizes[index].Width} when it was opened.");
        CheckChannels(index, image.Channels);
    }

    /// <inheritdoc/>
    public string Name(int index) => _paths[index];

    (int Height, int Width) IKnownImages.SizeOf(int index) => _sizes[index];

    /// <summary>The pictures below a folder in ordinal order of their paths. Files that are none are passed over, but not pictures that cannot be read.</summary>
    internal static string[] Find(string folder, SearchOption depth, IReadOnlyList<IImageFormat> formats)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        DataFile.CheckFolder(folder);
        var known = formats.SelectMany(format => format.Extensions).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var files = Directory.EnumerateFiles(folder, "*", depth).Where(path => !Path.GetFileName(path).StartsWith('.')).ToArray();
        Array.Sort(files, StringComparer.Ordinal);
        var foreign = Array.Find(files, path => !known.Contains(Path.GetExtension(path)) && ImageFormats.Unsupported.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase));
        if (foreign != null)
            throw new InvalidDataException($"Cannot read the image '{foreign}': only {Extensions(formats)} files are read here; convert it (for instance with ImageMagick: mogrify -format png), or give a decoder for it in ImageFileOptions.Formats.");
        return Array.FindAll(files, path => known.Contains(Path.GetExtension(path)));
    }

    /// <summary>Decodes a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or no picture that can be read.</exception>
    internal static void Decode(string path, IReadOnlyList<IImageFormat> formats, PixelValues values, Image image)
    {
        using var file = Open(path);
        var length = RandomAccess.GetLength(file);
        if (length > Array.MaxLength) throw new InvalidDataException($"Cannot read the image '{path}': its {length} bytes are too many.");
        var memory = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            var read = 0;
            while (read < length)
            {
                var more = RandomAccess.Read(file, memory.AsSpan(read, (int)length - read), read);
                if (more == 0) break;
                read += more;
            }

            ImageFormats.Read(formats, memory.AsMemory(0, read), path, image, values);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(memory);
        }
    }

    internal static string Extensions(IReadOnlyList<IImageFormat> formats) => string.Join(", ", formats.SelectMany(format => format.Extensions));

    private (int Height, int Width) ReadHead(int index)
    {
        using var file = Open(_paths[index]);
        var head = new byte[(int)Math.Min(HeadBytes, RandomAccess.GetLength(file))];
        return ImageFormats.ReadSize(_options.Formats, head.AsMemory(0, RandomAccess.Read(file, head, 0)), _paths[index]);
    }

    private (int Height, int Width) Decode(int index, Image image)
    {
        Decode(_paths[index], _options.Formats, _options.Values, image);
        if (_options.Channels is { } channels) image.ConvertTo(channels);
        return (image.Height, image.Width);
    }

    private static SafeFileHandle Open(string path)
    {
        DataFile.CheckExists(path, "image file");
        return File.OpenHandle(path);
    }

    private void CheckChannels(int index, int? channels)
    {
        if (_channels is { } expected && channels is { } found && found != expected)
            throw new InvalidDataException($"'{_paths[index]}' has {Shapes.Count(found, "channel")}, but '{_paths[0]}' has {expected}; set ImageFileOptions.Channels to 1 or 3 to convert them.");
    }
}
