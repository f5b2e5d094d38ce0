using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace DeepGen;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type as written: F32, I64, ...</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Begin">Where its bytes begin, counted from the end of the header.</param>
/// <param name="End">Where they end.</param>
internal sealed record SafetensorsEntry(string Name, string Type, long[] Shape, long Begin, long End)
{
    public override string ToString() => $"{Type} [{string.Join(", ", Shape)}]";
}

/// <summary>
/// The header of a safetensors file: 8 bytes with its length (little endian), then JSON with the type, shape and place of each tensor;
/// after it the tensors' bytes without a gap. https://huggingface.co/docs/safetensors
/// </summary>
internal static class SafetensorsHeader
{
    public const int LengthBytes = 8;

    private const string MetadataKey = "__metadata__";

    /// <summary>The format's own limit, which keeps a foreign file's first bytes from being taken for a length.</summary>
    private const long MaxLength = 100_000_000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The header of tensors that follow one another, padded to a multiple of 8 so that their bytes are aligned.</summary>
    /// <param name="metadata">What is to be known about the file.</param>
    /// <param name="tensors">Those of 8-byte elements first, so that all are aligned.</param>
    public static byte[] Write(IEnumerable<KeyValuePair<string, string>> metadata, IEnumerable<StoredTensor> tensors)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[LengthBytes]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            foreach (var (key, value) in metadata) json.WriteString(key, value);
            json.WriteEndObject();
            long at = 0;
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type);
                json.WriteStartArray("shape");
                foreach (var length in tensor.Shape) json.WriteNumberValue(length);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                at += tensor.ByteCount;
                json.WriteNumberValue(at);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % LengthBytes != 0) buffer.WriteByte((byte)' ');
        var header = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - LengthBytes);
        return header;
    }

    /// <summary>Reads and checks the header of an open file.</summary>
    /// <param name="stream">The file, at its start.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <returns>The tensors in the order of their bytes, where those begin in the file, and its metadata.</returns>
    /// <exception cref="InvalidDataException">It is no safetensors file, or a damaged one.</exception>
    public static (List<SafetensorsEntry> Entries, long DataStart, Dictionary<string, string> Metadata) Read(Stream stream, string path)
    {
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        if (stream.Length < LengthBytes)
            throw Bad(path, $"it has {stream.Length} bytes, and a safetensors file begins with 8 bytes that give the length of its header");
        stream.ReadExactly(lengthBytes);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > MaxLength)
            throw Bad(path, $"its first 8 bytes, the length of the header, say {length}, which is above the format's limit of {MaxLength}; it is probably not a safetensors file");
        if (length > (ulong)(stream.Length - LengthBytes))
            throw Bad(path, $"its header should be {length} bytes long, but only {stream.Length - LengthBytes} bytes follow; the file is truncated or not a safetensors file");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        if (length == 0 || bytes[0] != '{') throw Bad(path, "its header does not begin with '{'; it is not a safetensors file");
        List<SafetensorsEntry> entries;
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            entries = Parse(bytes, path, metadata);
        }
        catch (Exception error) when (error is JsonException or DecoderFallbackException or InvalidOperationException or FormatException)
        {
            throw Bad(path, $"its header is not valid JSON of a safetensors file: {error.Message}", error);
        }

        var start = LengthBytes + (long)length;
        CheckPlaces(entries, stream.Length - start, path);
        return (entries, start, metadata);
    }

    private static List<SafetensorsEntry> Parse(byte[] bytes, string path, Dictionary<string, string> metadata)
    {
        Utf8.GetCharCount(bytes);
        var entries = new List<SafetensorsEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var json = new Utf8JsonReader(bytes);
        Expect(ref json, JsonTokenType.StartObject);
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            if (!names.Add(name)) throw Bad(path, $"its header names '{name}' twice");
            if (name == MetadataKey)
            {
                Expect(ref json, JsonTokenType.StartObject);
                while (Next(ref json) == JsonTokenType.PropertyName)
                {
                    var key = json.GetString()!;
                    Expect(ref json, JsonTokenType.String);
                    metadata[key] = json.GetString()!;
                }
            }
            else
            {
                entries.Add(ParseEntry(ref json, name, path));
            }
        }

        if (json.Read()) throw new JsonException("more follows the header's object");
        return entries;
    }

    private static SafetensorsEntry ParseEntry(ref Utf8JsonReader json, string name, string path)
    {
        string? type = null;
        long[]? shape = null, offsets = null;
        Expect(ref json, JsonTokenType.StartObject);
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            var key = json.GetString();
            var twice = key switch
            {
                "dtype" => type != null,
                "shape" => shape != null,
                "data_offsets" => offsets != null,
                _ => throw Bad(path, $"tensor '{name}' has an unknown property '{key}'"),
            };
            if (twice) throw Bad(path, $"tensor '{name}' has two properties '{key}'");
            if (key == "dtype")
            {
                Expect(ref json, JsonTokenType.String);
                type = json.GetString();
            }
            else if (key == "shape")
            {
                shape = Numbers(ref json);
            }
            else
            {
                offsets = Numbers(ref json);
            }
        }

        if (type == null || shape == null || offsets == null) throw Bad(path, $"tensor '{name}' lacks dtype, shape or data_offsets");
        if (offsets.Length != 2) throw Bad(path, $"data_offsets of tensor '{name}' must be two numbers");
        return new SafetensorsEntry(name, type, shape, offsets[0], offsets[1]);
    }

    private static long[] Numbers(ref Utf8JsonReader json)
    {
        var numbers = new List<long>();
        Expect(ref json, JsonTokenType.StartArray);
        while (Next(ref json) == JsonTokenType.Number)
        {
            if (!json.TryGetInt64(out var number) || number < 0) throw new JsonException("a shape or an offset is not a whole number of at least 0");
            numbers.Add(number);
        }

        if (json.TokenType != JsonTokenType.EndArray) throw new JsonException("a shape or an offset is not a number");
        return [.. numbers];
    }

    private static JsonTokenType Next(ref Utf8JsonReader json) => json.Read() ? json.TokenType : throw new JsonException("it ends too early");

    private static void Expect(ref Utf8JsonReader json, JsonTokenType expected)
    {
        if (Next(ref json) != expected) throw new JsonException($"expected {expected}, found {json.TokenType}");
    }

    /// <summary>Tensors must lie one after the other, each as long as its shape says, and fill the file.</summary>
    private static void CheckPlaces(List<SafetensorsEntry> entries, long dataBytes, string path)
    {
        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long end = 0;
        foreach (var entry in entries)
        {
            var bits = (Int128)BitsPerElement(entry, path);
            foreach (var length in entry.Shape)
            {
                bits *= length;
                if (bits > long.MaxValue) throw Bad(path, $"the shape of tensor '{entry.Name}' {entry} is too large");
            }

            if (entry.Begin != end)
                throw Bad(path, $"tensor '{entry.Name}' begins at byte {entry.Begin}, but the one before it ends at {end}; tensors must follow one another without a gap");
            if (entry.End < entry.Begin || bits % 8 != 0 || entry.End - entry.Begin != bits / 8)
                throw Bad(path, $"tensor '{entry.Name}' {entry} needs {bits / 8} bytes, but data_offsets give it {(Int128)entry.End - entry.Begin}");
            end = entry.End;
        }

        if (end > dataBytes) throw Bad(path, $"its tensors need {end} bytes, but only {dataBytes} follow the header; the file is truncated");
        if (end < dataBytes) throw Bad(path, $"its tensors need {end} bytes, but {dataBytes} follow the header");
    }

    private static int BitsPerElement(SafetensorsEntry entry, string path) => entry.Type switch
    {
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" or "F8_E8M0" => 8,
        "U16" or "I16" or "F16" or "BF16" => 16,
        "U32" or "I32" or "F32" => 32,
        "U64" or "I64" or "F64" or "C64" => 64,
        "F4" => 4,
        "F6_E2M3" or "F6_E3M2" => 6,
        _ => throw Bad(path, $"tensor '{entry.Name}' has the unknown type '{entry.Type}'"),
    };

    private static InvalidDataException Bad(string path, string reason, Exception? inner = null) => new($"Cannot load '{path}': {reason}.", inner);
}
