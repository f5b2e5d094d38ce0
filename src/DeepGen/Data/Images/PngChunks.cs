using System.Buffers.Binary;
using System.Text;

namespace DeepGen;

/// <summary>The chunks of a PNG file one after the other: length, type, data, and the checksum of type and data.</summary>
internal sealed class PngChunks(ReadOnlyMemory<byte> file)
{
    private const int Overhead = 12;
    private int _position = Signature.Length;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>Four letters; those of the types that are known are strings of this program.</summary>
    public string Type { get; private set; } = "";

    public ReadOnlyMemory<byte> Data { get; private set; }

    /// <summary>Goes to the next chunk. After IEND there is none; what follows it does not belong to the picture.</summary>
    /// <exception cref="InvalidDataException">The chunk is not whole.</exception>
    public bool Next()
    {
        if (Type == "IEND") return false;
        var rest = file.Span[_position..];
        if (rest.Length < Overhead) throw new InvalidDataException($"it is truncated: it ends {(rest.IsEmpty ? "" : "in the middle of a chunk ")}without an IEND chunk");
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        var type = rest.Slice(4, 4);
        foreach (var letter in type)
            if (!char.IsAsciiLetter((char)letter))
                throw new InvalidDataException($"the chunk at byte {_position} has the type {Convert.ToHexString(type)}, which is not four letters");
        Type = Known(type);
        if (length > rest.Length - Overhead)
            throw new InvalidDataException($"it is truncated: its chunk {Type} at byte {_position} has {length} bytes, and {rest.Length - Overhead} are there");
        var checksum = BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]);
        if (Crc32.Of(rest.Slice(4, 4 + (int)length)) != checksum) throw new InvalidDataException($"its chunk {Type} at byte {_position} is damaged: the checksum is wrong");
        Data = file.Slice(_position + 8, (int)length);
        _position += Overhead + (int)length;
        return true;
    }

    private static string Known(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("IDAT"u8) ? "IDAT" : type.SequenceEqual("IHDR"u8) ? "IHDR" : type.SequenceEqual("PLTE"u8) ? "PLTE" : type.SequenceEqual("IEND"u8) ? "IEND" : Encoding.ASCII.GetString(type);
}
