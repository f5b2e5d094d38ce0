using System.Buffers.Binary;
using System.Text;

namespace DeepGen;

/// <summary>
/// Writes messages in the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding): a field is its number and kind as a varint, then its value. The buffer is kept, so that after the largest message
/// nothing is allocated.
/// </summary>
internal sealed class ProtobufWriter
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Int(int field, long value)
    {
        Key(field, Varint);
        Number((ulong)value);
    }

    public void Double(int field, double value)
    {
        Key(field, Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(Room(sizeof(double)), value);
    }

    public void Float(int field, float value)
    {
        Key(field, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(Room(sizeof(float)), value);
    }

    public void Text(int field, string value)
    {
        Key(field, Delimited);
        var count = Encoding.UTF8.GetByteCount(value);
        Number((ulong)count);
        Encoding.UTF8.GetBytes(value, Room(count));
    }

    public void Data(int field, ReadOnlySpan<byte> value)
    {
        Key(field, Delimited);
        Number((ulong)value.Length);
        value.CopyTo(Room(value.Length));
    }

    /// <summary>Numbers as one packed field.</summary>
    public void Doubles(int field, ReadOnlySpan<double> values)
    {
        Key(field, Delimited);
        Number((ulong)values.Length * sizeof(double));
        foreach (var value in values) BinaryPrimitives.WriteDoubleLittleEndian(Room(sizeof(double)), value);
    }

    /// <summary>Begins a message within the message.</summary>
    /// <returns>What <see cref="End"/> is given.</returns>
    public int Begin(int field)
    {
        Key(field, Delimited);
        return _length;
    }

    /// <summary>Ends it: its length, known only now, goes before it.</summary>
    public void End(int begin)
    {
        var size = _length - begin;
        var prefix = 1;
        for (var rest = (uint)size; rest >= 0x80; rest >>= 7) prefix++;
        Room(prefix);
        _bytes.AsSpan(begin, size).CopyTo(_bytes.AsSpan(begin + prefix));
        _length = begin;
        Number((ulong)size);
        _length += size;
    }

    private void Key(int field, int kind) => Number(((ulong)field << 3) | (uint)kind);

    private void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Room(1)[0] = (byte)(value | 0x80);
        Room(1)[0] = (byte)value;
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - _length < count) Array.Resize(ref _bytes, Math.Max(checked(_length + count), 2 * _bytes.Length));
        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }
}
