namespace DeepGen;

/// <summary>The picture that a thread is transforming, as floats plane after plane, with its map of labels, and memory to work in.</summary>
internal sealed unsafe class ImageWorkspace
{
    [ThreadStatic]
    private static ImageWorkspace? current;

    private FloatBuffer _front = new();
    private FloatBuffer _back = new();
    private FloatBuffer _labelsFront = new();
    private FloatBuffer _labelsBack = new();
    private readonly FloatBuffer[] _scratch = [new(), new(), new(), new()];

    public static ImageWorkspace Current => current ??= new ImageWorkspace();

    /// <summary>For sources to read into.</summary>
    public Image Decoded { get; } = new();

    public Image DecodedMap { get; } = new();

    public Geometry Geometry { get; } = new();

    public int Channels { get; private set; }

    public int Height { get; private set; }

    public int Width { get; private set; }

    public int PlaneSize => Height * Width;

    /// <summary>The picture, 0 black to 1.</summary>
    public float* Values { get; private set; }

    public Span<float> Pixels => new(Values, Channels * PlaneSize);

    /// <summary>The class of each pixel; null where there is no map.</summary>
    public int* Labels { get; private set; }

    /// <summary>What comes in from outside the map.</summary>
    public int Outside { get; private set; }

    public Border Border { get; private set; }

    /// <summary>Starts with the decoded picture.</summary>
    public void Begin(Border border)
    {
        (Channels, Height, Width) = (Decoded.Channels, Decoded.Height, Decoded.Width);
        Border = border;
        Values = _front.Get((nint)Channels * PlaneSize);
        Labels = null;
        fixed (byte* bytes = Decoded.Pixels) PixelMath.FromBytes(bytes, Values, Channels * PlaneSize);
    }

    /// <summary>Memory for a map of labels as large as the picture.</summary>
    public Span<int> BeginLabels(int outside)
    {
        Outside = outside;
        Labels = (int*)_labelsFront.Get(PlaneSize);
        return new Span<int>(Labels, PlaneSize);
    }

    /// <summary>Memory for the picture, and its map, in another size; <see cref="Finish"/> makes it the picture.</summary>
    public float* Target(int height, int width, out int* labels)
    {
        labels = Labels == null ? null : (int*)_labelsBack.Get((nint)height * width);
        return _back.Get((nint)Channels * height * width);
    }

    public void Finish(int height, int width)
    {
        (_front, _back) = (_back, _front);
        Values = _front.Get((nint)Channels * height * width);
        if (Labels != null)
        {
            (_labelsFront, _labelsBack) = (_labelsBack, _labelsFront);
            Labels = (int*)_labelsFront.Get((nint)height * width);
        }

        (Height, Width) = (height, width);
    }

    /// <summary>Memory of one of four kinds; what it held is undefined.</summary>
    public float* Scratch(int slot, nint floats) => _scratch[slot].Get(floats);
}
