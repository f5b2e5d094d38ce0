namespace DeepGen;

/// <summary>Probabilities from what heads give.</summary>
internal static class Probabilities
{
    /// <summary>Of each sample's values [C, …] the softmax over the first axis, the sigmoid or the exponential, as the kind says; as they are where they are no logits.</summary>
    public static void Of(HeadKind? kind, ReadOnlySpan<float> values, int samples, ReadOnlySpan<int> shape, Span<float> probabilities)
    {
        switch (kind)
        {
            case HeadKind.ClassLogits:
                Softmax(values, samples, shape, probabilities);
                break;
            case HeadKind.ClassLogProbabilities:
                for (var i = 0; i < values.Length; i++) probabilities[i] = MathF.Exp(values[i]);
                break;
            case HeadKind.BinaryLogits:
                for (var i = 0; i < values.Length; i++) probabilities[i] = (float)(1 / (1 + Math.Exp(-(double)values[i])));
                break;
            default:
                values.CopyTo(probabilities);
                break;
        }
    }

    private static void Softmax(ReadOnlySpan<float> values, int samples, ReadOnlySpan<int> shape, Span<float> probabilities)
    {
        var size = values.Length / samples;
        var places = size / shape[0];
        for (var first = 0; first < values.Length; first += size)
        {
            for (var p = first; p < first + places; p++)
            {
                var highest = float.NegativeInfinity;
                for (var at = p; at < first + size; at += places) highest = Math.Max(highest, values[at]);
                var sum = 0.0;
                for (var at = p; at < first + size; at += places) sum += Math.Exp((double)values[at] - highest);
                for (var at = p; at < first + size; at += places) probabilities[at] = (float)(Math.Exp((double)values[at] - highest) / sum);
            }
        }
    }
}
