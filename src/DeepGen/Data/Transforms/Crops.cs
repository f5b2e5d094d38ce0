namespace DeepGen;

/// <summary>A part of given size.</summary>
internal abstract class Crop : GeometricTransform
{
    protected Crop(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (Height, Width) = (height, width);
    }

    protected int Height { get; }

    protected int Width { get; }

    internal override bool ChangesSize => true;

    internal override (int Height, int Width) SizeAfter(int height, int width) => (Height, Width);
}

/// <summary>A part at a random place.</summary>
internal sealed class RandomCrop : Crop
{
    private readonly int _padding;

    public RandomCrop(int height, int width, int padding) : base(height, width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        _padding = padding;
    }

    public override void Compose(ImageWorkspace workspace, Geometry geometry, ref CounterRandom random)
    {
        SizeAfter(geometry.Height, geometry.Width);
        var top = random.Below(geometry.Height + (2 * _padding) - Height + 1);
        var left = random.Below(geometry.Width + (2 * _padding) - Width + 1);
        geometry.Append(Affine.Shift(left - _padding, top - _padding), Height, Width);
    }

    internal override (int Height, int Width) SizeAfter(int height, int width) => height + (2 * _padding) >= Height && width + (2 * _padding) >= Width
        ? (Height, Width)
        : throw new ArgumentException($"RandomCrop takes {Height}x{Width} pixels (height, width), and the picture has {height}x{width}{(_padding > 0 ? $" with {_padding} more on every side" : "")}; resize it first, or give it padding.");
}

/// <summary>A part at a certain place.</summary>
internal sealed class FixedCrop(int height, int width, int place, bool mirrored) : Crop(height, width)
{
    public const int Center = 4;

    public override void Compose(ImageWorkspace workspace, Geometry geometry, ref CounterRandom random)
    {
        SizeAfter(geometry.Height, geometry.Width);
        if (mirrored) geometry.Append(new Affine(-1, 0, geometry.Width - 1, 0, 1, 0));
        int below = geometry.Height - Height, right = geometry.Width - Width;
        geometry.Append(
            place switch
            {
                0 => Affine.Shift(0, 0),
                1 => Affine.Shift(right, 0),
                2 => Affine.Shift(0, below),
                3 => Affine.Shift(right, below),
                _ => Affine.Shift(Middle(right), Middle(below)),
            },
            Height,
            Width);
    }

    internal override (int Height, int Width) SizeAfter(int height, int width) => place == Center || (height >= Height && width >= Width)
        ? (Height, Width)
        : throw new ArgumentException($"TenCrop takes {Height}x{Width} pixels (height, width), and the picture has {height}x{width}; resize it first.");

    /// <summary>As torchvision rounds: half to even, and a border's smaller half first.</summary>
    private static double Middle(int rest) => rest >= 0 ? Math.Round(rest / 2.0) : -(-rest / 2);
}

/// <summary>A part of random area and proportions, enlarged or reduced to a given size.</summary>
internal sealed class RandomResizedCrop : Crop
{
    private const int Attempts = 10;

    private readonly ImageTransform.Interval _area;
    private readonly ImageTransform.Interval _aspect;
    private readonly double _maxAspect;

    public RandomResizedCrop(int height, int width, double minArea, double maxArea, double maxAspect) : base(height, width)
    {
        if (!(maxArea <= 1)) throw new ArgumentOutOfRangeException(nameof(maxArea), maxArea, "A share of the area is at most 1.");
        _area = new Interval(Above(minArea, 0, nameof(minArea)), maxArea, nameof(maxArea));
        _maxAspect = AtLeast(maxAspect, 1, nameof(maxAspect));
        _aspect = new Interval(1 / maxAspect, maxAspect, nameof(maxAspect));
    }

    public override void Compose(ImageWorkspace workspace, Geometry geometry, ref CounterRandom random)
    {
        // What torchvision does: a part that fits, or else as much of the picture as the proportions allow, in the middle.
        int h = Math.Min(geometry.Height, (int)Math.Round(geometry.Width * _maxAspect)), w = Math.Min(geometry.Width, (int)Math.Round(geometry.Height * _maxAspect));
        var found = false;
        for (var attempt = 0; attempt < Attempts && !found; attempt++)
        {
            var area = _area.Draw(ref random) * geometry.Height * geometry.Width;
            var aspect = _aspect.DrawLogarithmic(ref random);
            var (height, width) = ((int)Math.Round(Math.Sqrt(area / aspect)), (int)Math.Round(Math.Sqrt(area * aspect)));
            found = height > 0 && height <= geometry.Height && width > 0 && width <= geometry.Width;
            if (found) (h, w) = (height, width);
        }

        var top = found ? random.Below(geometry.Height - h + 1) : (geometry.Height - h) / 2;
        var left = found ? random.Below(geometry.Width - w + 1) : (geometry.Width - w) / 2;
        double sy = (double)h / Height, sx = (double)w / Width;
        geometry.Append(new Affine(sx, 0, left + (sx / 2) - 0.5, 0, sy, top + (sy / 2) - 0.5), Height, Width);
    }
}
