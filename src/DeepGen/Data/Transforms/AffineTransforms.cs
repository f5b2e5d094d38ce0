namespace DeepGen;

/// <summary>Mirrors.</summary>
internal sealed class Flip(bool horizontal) : GeometricTransform
{
    public override void Compose(ImageWorkspace workspace, Geometry geometry, ref CounterRandom random) =>
        geometry.Append(horizontal ? new Affine(-1, 0, geometry.Width - 1, 0, 1, 0) : new Affine(1, 0, 0, 0, -1, geometry.Height - 1));
}

/// <summary>Rotation about the middle, counterclockwise as it is seen, with rows counted downwards.</summary>
internal sealed class Rotation(ImageTransform.Interval degrees) : GeometricTransform
{
    public override void Compose(ImageWorkspace workspace, Geometry geometry, ref CounterRandom random)
    {
        var (sin, cos) = Math.SinCos(degrees.Draw(ref random) * (Math.PI / 180));
        geometry.Append(Affine.Around(geometry.Height, geometry.Width, cos, -sin, sin, cos));
    }
}

/// <summary>Enlarges about the middle.</summary>
internal sealed class Zoom(ImageTransform.Interval factor, double maxAspect) : GeometricTransform
{
    private readonly ImageTransform.Interval _aspect = new(1 / maxAspect, maxAspect, nameof(maxAspect));

    public override void Compose(ImageWorkspace workspace, Geometry geometry, ref CounterRandom random)
    {
        var size = factor.DrawLogarithmic(ref random);
        var half = Math.Sqrt(_aspect.DrawLogarithmic(ref random));
        geometry.Append(Affine.Around(geometry.Height, geometry.Width, 1 / (size * half), 0, 0, half / size));
    }
}

/// <summary>Moves by whole pixels.</summary>
internal sealed class Translation(double horizontal, double vertical) : GeometricTransform
{
    public override void Compose(ImageWorkspace workspace, Geometry geometry, ref CounterRandom random)
    {
        double x = horizontal * geometry.Width, y = vertical * geometry.Height;
        x = Math.Round(random.Uniform(-x, x));
        y = Math.Round(random.Uniform(-y, y));
        geometry.Append(Affine.Shift(-x, -y));
    }
}

/// <summary>Slants rows.</summary>
internal sealed class Shear(double degrees) : GeometricTransform
{
    public override void Compose(ImageWorkspace workspace, Geometry geometry, ref CounterRandom random) =>
        geometry.Append(Affine.Around(geometry.Height, geometry.Width, 1, Math.Tan(random.Uniform(-degrees, degrees) * (Math.PI / 180)), 0, 1));
}
