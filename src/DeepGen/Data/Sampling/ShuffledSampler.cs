namespace DeepGen;

/// <summary>A permutation for each epoch.</summary>
internal sealed class ShuffledSampler(ulong seed) : Sampler
{
    public override int Count(int samples) => samples;

    public override void Order(int samples, int epoch, Span<int> order) => Shuffling.Permute(order, seed, epoch);
}
