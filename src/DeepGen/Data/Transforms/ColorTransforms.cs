namespace DeepGen;

/// <summary>Multiplies all values.</summary>
internal sealed unsafe class Brightness(ImageTransform.Interval factor) : PixelTransform
{
    public override void Apply(ImageWorkspace workspace, ref CounterRandom random) => PixelMath.Blend(workspace.Values, workspace.Pixels.Length, (float)factor.Draw(ref random), 0);
}

/// <summary>Multiplies the distances from the mean grey.</summary>
internal sealed unsafe class Contrast(ImageTransform.Interval factor) : PixelTransform
{
    public override void Apply(ImageWorkspace workspace, ref CounterRandom random)
    {
        var f = (float)factor.Draw(ref random);
        PixelMath.Blend(workspace.Values, workspace.Pixels.Length, f, (1 - f) * PixelMath.MeanGrey(workspace.Values, workspace.Channels, workspace.PlaneSize));
    }
}

/// <summary>Multiplies the distance of each pixel from its grey.</summary>
internal sealed unsafe class Saturation(ImageTransform.Interval factor) : PixelTransform
{
    internal override bool NeedsColor => true;

    public override void Apply(ImageWorkspace workspace, ref CounterRandom random) => PixelMath.Saturate(workspace.Values, workspace.PlaneSize, (float)factor.Draw(ref random));
}

/// <summary>Turns the circle of hues.</summary>
internal sealed unsafe class Hue(ImageTransform.Interval turn) : PixelTransform
{
    internal override bool NeedsColor => true;

    public override void Apply(ImageWorkspace workspace, ref CounterRandom random) => PixelMath.TurnHue(workspace.Values, workspace.PlaneSize, (float)turn.Draw(ref random));
}

/// <summary>Adds one colour to all pixels: the sum of the components, each times its variance and a normal number.</summary>
internal sealed unsafe class ColorShift(ColorComponents components, double deviation) : PixelTransform
{
    internal override bool NeedsColor => true;

    public override void Apply(ImageWorkspace workspace, ref CounterRandom random)
    {
        double red = 0, green = 0, blue = 0;
        for (var i = 0; i < 3; i++)
        {
            var amount = deviation * random.Normal() * components.Variances[i];
            red += amount * components.Directions[i].Red;
            green += amount * components.Directions[i].Green;
            blue += amount * components.Directions[i].Blue;
        }

        var size = workspace.PlaneSize;
        PixelMath.Add(workspace.Values, size, (float)red);
        PixelMath.Add(workspace.Values + size, size, (float)green);
        PixelMath.Add(workspace.Values + (2 * size), size, (float)blue);
    }
}
