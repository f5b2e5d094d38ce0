namespace DeepGen;

/// <summary>The contents of a PNG file's IDAT chunks as one stream.</summary>
internal sealed class PngData : Stream
{
    private readonly List<ReadOnlyMemory<byte>> _parts = new(1);
    private int _part;
    private int _position;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _parts.Sum(part => (long)part.Length);

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Add(ReadOnlyMemory<byte> part)
    {
        if (_ended) throw new InvalidDataException("its IDAT chunks do not follow one another");
        _parts.Add(part);
    }

    /// <summary>Another chunk came: if there was an IDAT, there must be no more.</summary>
    public void End() => _ended = _parts.Count > 0;

    public override int Read(Span<byte> buffer)
    {
        while (_part < _parts.Count && _position == _parts[_part].Length) (_part, _position) = (_part + 1, 0);
        if (_part == _parts.Count) return 0;
        var rest = _parts[_part].Span[_position..];
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
