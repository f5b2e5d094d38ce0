namespace DeepGen;

/// <summary>The order of the dataset.</summary>
internal sealed class SequentialSampler : Sampler
{
    public override int Count(int samples) => samples;

    public override void Order(int samples, int epoch, Span<int> order)
    {
        for (var i = 0; i < order.Length; i++) order[i] = i;
    }
}
