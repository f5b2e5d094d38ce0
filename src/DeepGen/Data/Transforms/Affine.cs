namespace DeepGen;

/// <summary>Where a pixel of a result comes from: (x, y) from (XX x + XY y + X0, YX x + YY y + Y0), centres of pixels at whole numbers.</summary>
internal readonly record struct Affine(double XX, double XY, double X0, double YX, double YY, double Y0)
{
    public static Affine Identity { get; } = new(1, 0, 0, 0, 1, 0);

    /// <summary>Whether it only moves by whole pixels, mirrored or not.</summary>
    public bool IsCopy => XY == 0 && YX == 0 && Math.Abs(XX) == 1 && Math.Abs(YY) == 1 && Math.Floor(X0) == X0 && Math.Floor(Y0) == Y0;

    public static Affine Shift(double x, double y) => new(1, 0, x, 0, 1, y);

    /// <summary>A linear map around the middle of a picture.</summary>
    public static Affine Around(int height, int width, double xx, double xy, double yx, double yy)
    {
        double x = (width - 1) / 2.0, y = (height - 1) / 2.0;
        return new Affine(xx, xy, x - (xx * x) - (xy * y), yx, yy, y - (yx * x) - (yy * y));
    }

    /// <summary>First <paramref name="then"/>, then this one, as seen from the result.</summary>
    public Affine After(Affine then) => new(
        (XX * then.XX) + (XY * then.YX),
        (XX * then.XY) + (XY * then.YY),
        (XX * then.X0) + (XY * then.Y0) + X0,
        (YX * then.XX) + (YY * then.YX),
        (YX * then.XY) + (YY * then.YY),
        (YX * then.X0) + (YY * then.Y0) + Y0);
}
