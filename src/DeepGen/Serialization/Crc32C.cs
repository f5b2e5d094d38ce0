using System.Buffers.Binary;
using System.Numerics;

namespace DeepGen;

/// <summary>The Castagnoli checksum of iSCSI (RFC 3720), which processors compute themselves.</summary>
internal static class Crc32C
{
    public const uint Start = uint.MaxValue;

    /// <summary>Goes on with a checksum; the bytes may come in any parts.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes) checksum = BitOperations.Crc32C(checksum, value);
        return checksum;
    }

    /// <summary>As eight hexadecimal digits.</summary>
    public static string Text(uint checksum) => (~checksum).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
}
