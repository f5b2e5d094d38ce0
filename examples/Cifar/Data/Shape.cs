namespace DeepGen.Examples.Cifar.Data;

/// <summary>The ten shapes, each around (0, 0) and within a circle of radius 1.</summary>
internal static class Shape
{
    /// <summary>Their names, in the order of their labels.</summary>
    public static readonly string[] Names = ["disc", "ring", "square", "triangle", "hexagon", "star", "cross", "crescent", "heart", "bar"];

    /// <summary>Whether a point lies in a shape.</summary>
    /// <param name="shape">Its label.</param>
    /// <param name="x">To the right.</param>
    /// <param name="y">Upwards.</param>
    public static bool Contains(int shape, double x, double y)
    {
        var distance = Math.Sqrt((x * x) + (y * y));
        return shape switch
        {
            0 => distance <= 0.85,
            1 => distance is <= 0.95 and >= 0.55,
            2 => Polygon(4, x, y),
            3 => Polygon(3, x, y),
            4 => Polygon(6, x, y),
            5 => Star(x, y),
            6 => Math.Max(Math.Abs(x), Math.Abs(y)) <= 0.9 && Math.Min(Math.Abs(x), Math.Abs(y)) <= 0.28,
            7 => distance <= 0.95 && Math.Sqrt(((x - 0.45) * (x - 0.45)) + (y * y)) > 0.75,
            8 => Heart(1.25 * x, (1.25 * y) + 0.1),
            9 => Math.Abs(x) <= 0.95 && Math.Abs(y) <= 0.3,
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "There are ten shapes."),
        };
    }

    /// <summary>A regular polygon whose corners lie on the circle: within a sector around the middle of a side, the side is a line at a fixed distance.</summary>
    private static bool Polygon(int corners, double x, double y)
    {
        var sector = 2 * Math.PI / corners;
        var angle = Math.Atan2(y, x) / sector;
        var fromMiddle = (angle - Math.Round(angle)) * sector;
        return Math.Sqrt((x * x) + (y * y)) * Math.Cos(fromMiddle) <= Math.Cos(Math.PI / corners);
    }

    /// <summary>Five tips on the circle, and a line from each to the notch beside it.</summary>
    private static bool Star(double x, double y)
    {
        const double Half = Math.PI / 5, Notch = 0.42;
        var turned = Math.Atan2(y, x) / (2 * Half);
        var angle = Math.Abs(turned - Math.Round(turned)) * 2 * Half;
        var distance = Math.Sqrt((x * x) + (y * y));
        double px = distance * Math.Cos(angle), py = distance * Math.Sin(angle), nx = Notch * Math.Cos(Half), ny = Notch * Math.Sin(Half);
        return ((nx - 1) * py) - (ny * (px - 1)) >= 0;
    }

    private static bool Heart(double x, double y)
    {
        var a = (x * x) + (y * y) - 0.75;
        return (a * a * a) - (x * x * y * y * y) <= 0;
    }
}
