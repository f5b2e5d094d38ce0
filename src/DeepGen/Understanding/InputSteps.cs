namespace DeepGen;

/// <summary>What all that change an input step by step have in common.</summary>
internal static class InputSteps
{
    /// <summary>Checks the options.</summary>
    /// <param name="type">Whose they are, for messages.</param>
    /// <param name="steps">Its Steps.</param>
    /// <param name="rate">Its Rate.</param>
    /// <param name="lowest">Its Lowest.</param>
    /// <param name="highest">Its Highest.</param>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public static void Check(string type, int steps, float rate, float lowest, float highest)
    {
        if (steps < 1) throw new ArgumentOutOfRangeException("Steps", steps, $"{type}.Steps must be at least 1.");
        if (!(rate > 0) || !float.IsFinite(rate)) throw new ArgumentOutOfRangeException("Rate", rate, $"{type}.Rate must be above 0.");
        if (!(lowest <= highest)) throw new ArgumentException($"{type}.Lowest is {lowest}, above Highest, which is {highest}.");
    }

    /// <summary>x ← x·(1 − decay) + rate · g/mean|g|, within the bounds.</summary>
    public static void Ascend(Span<float> x, ReadOnlySpan<float> gradient, float rate, float decay, float lowest, float highest)
    {
        var sum = 0.0;
        foreach (var value in gradient) sum += Math.Abs(value);
        var scale = sum > 0 ? rate / (sum / gradient.Length) : 0;
        for (var i = 0; i < x.Length; i++) x[i] = Math.Clamp((float)((x[i] * (1.0 - decay)) + (scale * gradient[i])), lowest, highest);
    }
}
