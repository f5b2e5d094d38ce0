namespace DeepGen;

/// <summary>A transform that moves pixels, now and then.</summary>
internal sealed class SometimesGeometric(GeometricTransform transform, double probability) : GeometricTransform
{
    public override void Compose(ImageWorkspace workspace, Geometry geometry, ref CounterRandom random)
    {
        if (random.Chance(probability)) transform.Compose(workspace, geometry, ref random);
    }
}

/// <summary>A transform of values, now and then.</summary>
internal sealed class SometimesPixels(PixelTransform transform, double probability) : PixelTransform
{
    internal override string Name => transform.Name;

    internal override bool NeedsColor => transform.NeedsColor;

    public override void Apply(ImageWorkspace workspace, ref CounterRandom random)
    {
        if (random.Chance(probability)) transform.Apply(workspace, ref random);
    }
}
