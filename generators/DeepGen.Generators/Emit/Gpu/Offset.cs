namespace DeepGen.Generators.Emit.Gpu;

/// <summary>Arithmetic of places in tensors as C#, without what changes nothing.</summary>
internal static class Offset
{
    public static string Times(string x, long factor) => factor == 1 || x == "0" ? x : $"{Grouped(x)} * {Literals.Int(factor)}";

    public static string Over(string x, long divisor) => divisor == 1 ? x : $"{x} / {Literals.Int(divisor)}";

    public static string Rest(string x, long divisor) => divisor == 1 ? "0" : $"{x} % {Literals.Int(divisor)}";

    /// <summary>What is added to something before it.</summary>
    public static string Plus(int number) => number == 0 ? "" : number < 0 ? " - " + Literals.Int(-(long)number) : " + " + Literals.Int(number);

    /// <summary>A row-major place: each coordinate with the extent of its axis, of which the first does not matter.</summary>
    public static string Of(params (string Coordinate, long Extent)[] axes)
    {
        var place = axes[0].Coordinate;
        foreach (var (coordinate, extent) in axes.Skip(1))
        {
            place = place == "0" ? coordinate : coordinate == "0" ? Times(place, extent) : $"{Times(place, extent)} + {coordinate}";
        }

        return place;
    }

    private static string Grouped(string x) => x.IndexOf('+') >= 0 || x.IndexOf('%') >= 0 || x.IndexOf('-') >= 0 || x.IndexOf('/') >= 0 ? "(" + x + ")" : x;
}
