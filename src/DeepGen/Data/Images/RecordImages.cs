using Microsoft.Win32.SafeHandles;

namespace DeepGen;

/// <summary>Pictures of one size that lie one after the other in files, each behind a few bytes of its own; they are read from the files one by one.</summary>
internal sealed class RecordImages : IImageSource, IKnownImages, IDisposable
{
    private readonly string[] _paths;
    private readonly SafeFileHandle[] _files;
    private readonly int[] _starts;
    private readonly long _header;
    private readonly int _prefix;
    private readonly int _channels;
    private readonly int _height;
    private readonly int _width;

    /// <summary>Opens files whose sizes were checked.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="header">Bytes at the start of each file.</param>
    /// <param name="prefix">Bytes before each picture.</param>
    /// <param name="channels">The planes of a picture.</param>
    /// <param name="height">The rows of a plane.</param>
    /// <param name="width">The columns of a plane.</param>
    public RecordImages(string[] paths, long header, int prefix, int channels, int height, int width)
    {
        (_paths, _header, _prefix, _channels, _height, _width) = (paths, header, prefix, channels, height, width);
        _files = Array.ConvertAll(paths, path => File.OpenHandle(path, options: FileOptions.RandomAccess));
        _starts = new int[paths.Length + 1];
        for (var i = 0; i < _files.Length; i++) _starts[i + 1] = checked(_starts[i] + (int)((RandomAccess.GetLength(_files[i]) - header) / RecordBytes));
    }

    public int Count => _starts[^1];

    public int? KnownChannels => _channels;

    private int RecordBytes => checked(_prefix + (_channels * _height * _width));

    public void Read(int index, Image image)
    {
        if ((uint)index >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {Shapes.Count(Count, "picture")}.");
        var file = FileOf(index);
        image.SetSize(_channels, _height, _width);
        var pixels = image.Pixels;
        var at = _header + ((long)(index - _starts[file]) * RecordBytes) + _prefix;
        while (pixels.Length > 0)
        {
            var read = RandomAccess.Read(_files[file], pixels, at);
            if (read == 0) throw new InvalidDataException($"Cannot read {Name(index)}: the file became shorter after it was opened.");
            at += read;
            pixels = pixels[read..];
        }
    }

    public (int Height, int Width) SizeOf(int index) => (_height, _width);

    public string Name(int index)
    {
        var file = FileOf(index);
        return $"image {index - _starts[file]} of '{_paths[file]}'";
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private int FileOf(int index)
    {
        var file = Array.BinarySearch(_starts, index);
        return file >= 0 ? file : ~file - 1;
    }
}
