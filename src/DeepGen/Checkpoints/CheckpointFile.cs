using System.Text;

namespace DeepGen;

/// <summary>A checkpoint that was read as a whole and is intact.</summary>
internal sealed unsafe class CheckpointFile : IDisposable
{
    public const string VersionKey = "checkpoint";
    public const string Version = "1";
    public const string LibraryKey = "library";
    public const string StateKey = "training_state";
    public const string ChecksumKey = "crc32c";
    public const string NoChecksum = "00000000";

    /// <summary>The file is read in parts of so many bytes.</summary>
    private const int Part = 1 << 24;

    private readonly Dictionary<string, SafetensorsEntry> _byName;
    private readonly NativeArena _data;

    private CheckpointFile(string path, List<SafetensorsEntry> entries, Dictionary<string, string> metadata, NativeArena data)
    {
        Path = path;
        Metadata = metadata;
        Entries = entries;
        _byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        _data = data;
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>Reads a file and verifies its checksum.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no checkpoint, or a damaged one.</exception>
    public static CheckpointFile Open(string path)
    {
        using var stream = WeightsFile.Open(path);
        var (entries, start, metadata) = SafetensorsHeader.Read(stream, path);
        if (!metadata.ContainsKey(VersionKey)) throw Bad(path, "it is a safetensors file, but no checkpoint: its metadata lack 'checkpoint'");
        if (!metadata.TryGetValue(ChecksumKey, out var expected) || expected.Length != NoChecksum.Length) throw Bad(path, $"its metadata lack '{ChecksumKey}', a checksum of {NoChecksum.Length} digits");
        var header = new byte[start];
        stream.Position = 0;
        stream.ReadExactly(header);
        Encoding.ASCII.GetBytes(NoChecksum, header.AsSpan(ChecksumPlace(header)));
        var checksum = Crc32C.Append(Crc32C.Start, header);
        var bytes = stream.Length - start;
        var data = new NativeArena((nint)((bytes + sizeof(float) - 1) / sizeof(float)), zeroed: false);
        try
        {
            for (long at = 0; at < bytes; at += Part)
            {
                var part = new Span<byte>((byte*)data.Pointer + at, (int)Math.Min(Part, bytes - at));
                stream.ReadExactly(part);
                checksum = Crc32C.Append(checksum, part);
            }

            if (Crc32C.Text(checksum) != expected) throw Bad(path, $"its checksum is {Crc32C.Text(checksum)}, but {expected} was written with it; the file is damaged");
            return new CheckpointFile(path, entries, metadata, data);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Where the digits of the checksum are in a header. Within a string the key would stand behind a backslash, so it is found only in its place.</summary>
    public static int ChecksumPlace(ReadOnlySpan<byte> header) => header.IndexOf("\"crc32c\":\""u8) + "\"crc32c\":\""u8.Length;

    /// <summary>The tensors of a safetensors file that are weights: all, but for the state of the training in a checkpoint.</summary>
    public static IEnumerable<SafetensorsEntry> Weights(IEnumerable<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.ContainsKey(VersionKey) || !metadata.TryGetValue(StateKey, out var names)) return entries;
        var prefixes = Array.ConvertAll(names.Split(' ', StringSplitOptions.RemoveEmptyEntries), name => name + ".");
        return entries.Where(entry => !Array.Exists(prefixes, prefix => entry.Name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    /// <summary>Whether there is a tensor of this type and shape.</summary>
    public bool Has(string name, string type, IReadOnlyList<int> shape) =>
        _byName.TryGetValue(name, out var entry) && entry.Type == type && entry.Shape.SequenceEqual(shape.Select(length => (long)length));

    /// <summary>The values of a tensor, 4 or 8 bytes each as its type has.</summary>
    public ReadOnlySpan<T> Values<T>(string name) where T : unmanaged => Values<T>(_byName[name]);

    /// <summary>The values of a tensor, 4 or 8 bytes each as its type has.</summary>
    public ReadOnlySpan<T> Values<T>(SafetensorsEntry entry) where T : unmanaged => new((byte*)_data.Pointer + entry.Begin, checked((int)((entry.End - entry.Begin) / sizeof(T))));

    /// <summary>Takes an entry of the metadata apart.</summary>
    /// <exception cref="InvalidDataException">It is missing, or not what it should be.</exception>
    public T Read<T>(string key, Func<string, T> parse)
    {
        if (!Metadata.TryGetValue(key, out var text)) throw Bad(Path, $"its metadata lack '{key}'");
        try
        {
            return parse(text);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw Bad(Path, $"'{key}' of its metadata is '{text}': {error.Message}", error);
        }
    }

    public void Dispose() => _data.Dispose();

    public static InvalidDataException Bad(string path, string reason, Exception? inner = null) => new($"Cannot load the checkpoint '{path}': {reason}.", inner);
}
