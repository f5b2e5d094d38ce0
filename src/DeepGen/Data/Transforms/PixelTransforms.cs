namespace DeepGen;

/// <summary>A normal number for each value.</summary>
internal sealed unsafe class Noise(float deviation) : PixelTransform
{
    public override void Apply(ImageWorkspace workspace, ref CounterRandom random)
    {
        var count = workspace.Pixels.Length;
        var numbers = workspace.Scratch(2, count + 1);
        random.Fill(new Span<float>(numbers, 2 * ((count + 1) / 2)));
        PixelMath.AddNormal(workspace.Values, count, deviation, numbers);
    }
}

/// <summary>Overwrites a rectangle.</summary>
internal sealed unsafe class Erasing : PixelTransform
{
    private const int Attempts = 10;

    private readonly Interval _area;
    private readonly Interval _aspect;
    private readonly float? _value;

    public Erasing(double minArea, double maxArea, double maxAspect, float? value)
    {
        if (!(maxArea <= 1)) throw new ArgumentOutOfRangeException(nameof(maxArea), maxArea, "A share of the area is at most 1.");
        if (value is { } number && !float.IsFinite(number)) throw new ArgumentOutOfRangeException(nameof(value), value, "The value must be finite.");
        _area = new Interval(Above(minArea, 0, nameof(minArea)), maxArea, nameof(maxArea));
        _aspect = new Interval(1 / AtLeast(maxAspect, 1, nameof(maxAspect)), maxAspect, nameof(maxAspect));
        _value = value;
    }

    public override void Apply(ImageWorkspace workspace, ref CounterRandom random)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = _area.Draw(ref random) * workspace.PlaneSize;
            var aspect = _aspect.DrawLogarithmic(ref random);
            var (height, width) = ((int)Math.Round(Math.Sqrt(area / aspect)), (int)Math.Round(Math.Sqrt(area * aspect)));
            if (height < 1 || height > workspace.Height || width < 1 || width > workspace.Width) continue;
            Erase(workspace, random.Below(workspace.Height - height + 1), random.Below(workspace.Width - width + 1), height, width, ref random);
            return;
        }
    }

    private void Erase(ImageWorkspace workspace, int top, int left, int height, int width, ref CounterRandom random)
    {
        for (var c = 0; c < workspace.Channels; c++)
        {
            for (var y = top; y < top + height; y++)
            {
                var row = new Span<float>(workspace.Values + ((nint)c * workspace.PlaneSize) + ((nint)y * workspace.Width) + left, width);
                if (_value is { } value) row.Fill(value);
                else random.Fill(row);
            }
        }
    }
}

/// <summary>A function of the user's.</summary>
internal sealed class CustomTransform(PixelFunction function) : PixelTransform
{
    public override void Apply(ImageWorkspace workspace, ref CounterRandom random) => function(workspace.Pixels, workspace.Channels, workspace.Height, workspace.Width, ref random);
}
