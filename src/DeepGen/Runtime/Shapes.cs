namespace DeepGen;

/// <summary>Sizes and texts of shapes, for the messages of errors.</summary>
internal static class Shapes
{
    public static int Size(ReadOnlySpan<int> shape)
    {
        var size = 1;
        foreach (var length in shape) size = checked(size * length);
        return size;
    }

    /// <summary><c>[6, 28, 28]</c>.</summary>
    public static string Text(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary><c>1x28x28 per sample</c>, or <c>1 per sample</c> for single values.</summary>
    public static string PerSample(int[] shape) => (shape.Length == 0 ? "1" : string.Join("x", shape)) + " per sample";

    public static string Count(long count, string singular) => count == 1 ? $"1 {singular}" : $"{count} {singular}s";
}
