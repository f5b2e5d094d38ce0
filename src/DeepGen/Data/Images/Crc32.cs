namespace DeepGen;

/// <summary>The checksum of PNG's chunks (ISO/IEC 15948, annex D), eight bytes at a time.</summary>
internal static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    public static uint Of(ReadOnlySpan<byte> data, uint before = 0)
    {
        var crc = ~before;
        ReadOnlySpan<uint> table = Table;
        for (; data.Length >= 8; data = data[8..])
        {
            crc ^= data[0] | (uint)data[1] << 8 | (uint)data[2] << 16 | (uint)data[3] << 24;
            crc = table[0x700 + (int)(byte)crc] ^ table[0x600 + (int)(byte)(crc >> 8)] ^ table[0x500 + (int)(byte)(crc >> 16)] ^ table[0x400 + (int)(crc >> 24)]
                ^ table[0x300 + data[4]] ^ table[0x200 + data[5]] ^ table[0x100 + data[6]] ^ table[data[7]];
        }

        foreach (var value in data) crc = table[(byte)(crc ^ value)] ^ crc >> 8;
        return ~crc;
    }

    /// <summary>Entry 256·k + b is the effect of byte b followed by k zeros.</summary>
    private static uint[] MakeTable()
    {
        var table = new uint[8 * 256];
        for (var i = 0; i < table.Length; i++)
        {
            var before = i < 256 ? (uint)i : table[i - 256];
            table[i] = i < 256 ? before : before >> 8 ^ table[(byte)before];
            for (var bit = 0; bit < 8 && i < 256; bit++) table[i] = (table[i] & 1) != 0 ? table[i] >> 1 ^ 0xEDB88320 : table[i] >> 1;
        }

        return table;
    }
}
