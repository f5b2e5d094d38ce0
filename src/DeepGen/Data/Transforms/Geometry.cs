namespace DeepGen;

/// <summary>
/// The way from the pixels of a result back to those of the picture: what several transforms do to places, composed, so that the picture is resampled once. Affine maps become one; a field of displacements
/// stands between two of them.
/// </summary>
internal sealed unsafe class Geometry
{
    private readonly List<Affine> _maps = [];
    private readonly List<Field> _fields = [];
    private FloatBuffer[] _memory = [];

    public int Height { get; private set; }

    public int Width { get; private set; }

    /// <summary>From the picture: map 0, field 0, map 1, field 1, and so on to the last map.</summary>
    public IReadOnlyList<Affine> Maps => _maps;

    public int Fields => _fields.Count;

    /// <summary>Begins with a picture as it is.</summary>
    public void Begin(int height, int width)
    {
        _maps.Clear();
        _fields.Clear();
        _maps.Add(Affine.Identity);
        (Height, Width) = (height, width);
    }

    public void Append(Affine map) => Append(map, Height, Width);

    public void Append(Affine map, int height, int width)
    {
        _maps[^1] = _maps[^1].After(map);
        (Height, Width) = (height, width);
    }

    /// <summary>Memory for the displacements of every pixel at the present size: all in x, then all in y.</summary>
    public float* AppendField()
    {
        if (_memory.Length == _fields.Count) _memory = [.. _memory, new FloatBuffer()];
        nint size = (nint)Height * Width;
        var memory = _memory[_fields.Count].Get(2 * size);
        _fields.Add(new Field((nint)memory, (nint)(memory + size), Height, Width));
        _maps.Add(Affine.Identity);
        return memory;
    }

    /// <summary>Where the pixels of a row of the result come from.</summary>
    /// <param name="row">The row.</param>
    /// <param name="xs">Becomes the x of each; the memory is a multiple of eight floats long.</param>
    /// <param name="ys">Becomes the y of each, likewise.</param>
    public void Row(int row, float* xs, float* ys)
    {
        var map = _maps[^1];
        PixelMath.Line(xs, ys, Width, map.XX, (map.XY * row) + map.X0, map.YX, (map.YY * row) + map.Y0);
        for (var i = _fields.Count - 1; i >= 0; i--)
        {
            _fields[i].Displace(xs, ys, Width, _maps[i + 1] == Affine.Identity && Height == _fields[i].Height && Width == _fields[i].Width ? row : null);
            if (_maps[i] != Affine.Identity) PixelMath.Map(xs, ys, Width, _maps[i]);
        }
    }

    private readonly record struct Field(nint X, nint Y, int Height, int Width)
    {
        /// <summary>Adds the displacements at places, between pixels bilinearly, and outside those at the edge.</summary>
        /// <param name="xs">The x of each place.</param>
        /// <param name="ys">The y of each.</param>
        /// <param name="count">The number of places.</param>
        /// <param name="row">The row of the field that they are exactly; null when they lie anywhere.</param>
        public void Displace(float* xs, float* ys, int count, int? row)
        {
            float* dx = (float*)X, dy = (float*)Y;
            if (row is { } exact)
            {
                PixelMath.Add(xs, dx + ((nint)exact * Width), count);
                PixelMath.Add(ys, dy + ((nint)exact * Width), count);
                return;
            }

            for (var i = 0; i < count; i++)
            {
                float x = Math.Clamp(xs[i], 0, Width - 1), y = Math.Clamp(ys[i], 0, Height - 1);
                int left = (int)x, top = (int)y, right = Math.Min(left + 1, Width - 1), bottom = Math.Min(top + 1, Height - 1);
                xs[i] += Between(dx + (top * Width), dx + (bottom * Width), left, right, x - left, y - top);
                ys[i] += Between(dy + (top * Width), dy + (bottom * Width), left, right, x - left, y - top);
            }
        }

        private static float Between(float* above, float* below, int left, int right, float fx, float fy)
        {
            var upper = above[left] + (fx * (above[right] - above[left]));
            var lower = below[left] + (fx * (below[right] - below[left]));
            return upper + (fy * (lower - upper));
        }
    }
}
