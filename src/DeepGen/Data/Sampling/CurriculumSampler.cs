namespace DeepGen;

/// <summary>Draws from the easiest samples, more of them as the training goes on.</summary>
internal sealed class CurriculumSampler : Sampler
{
    /// <summary>Apart from other shuffles under the same seed.</summary>
    private const uint Stream = 0x43555252;

    private readonly Pacing _pacing;
    private readonly ulong _seed;
    private readonly int[] _ranked;
    private readonly int[] _pool;

    public CurriculumSampler(IReadOnlyList<double> difficulty, Pacing pacing, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(difficulty);
        ArgumentNullException.ThrowIfNull(pacing);
        if (difficulty.Count == 0) throw new ArgumentException("There is no difficulty.", nameof(difficulty));
        for (var i = 0; i < difficulty.Count; i++)
            if (double.IsNaN(difficulty[i]))
                throw new ArgumentException($"The difficulty of sample {i} is NaN.", nameof(difficulty));
        (_pacing, _seed) = (pacing, seed);
        _ranked = [.. Enumerable.Range(0, difficulty.Count).OrderBy(i => difficulty[i])];
        _pool = new int[difficulty.Count];
    }

    public override int Count(int samples) => Matching(samples, _ranked.Length, "difficulty");

    public override void Order(int samples, int epoch, Span<int> order)
    {
        Matching(samples, _ranked.Length, "difficulty");
        lock (_pool)
        {
            _ranked.CopyTo(_pool, 0);

            // The pool's first `drawn` samples were drawn in this round; those up to `open` can be.
            int drawn = 0, open = 0;
            for (var place = 0; place < order.Length; place++)
            {
                open = Math.Max(open, _pacing.Samples(epoch - 1 + ((double)place / order.Length), samples));
                if (drawn == open) drawn = 0;
                var other = drawn + Shuffling.Below(open - drawn, place, _seed, epoch, Stream);
                (_pool[drawn], _pool[other]) = (_pool[other], _pool[drawn]);
                order[place] = _pool[drawn++];
            }
        }
    }
}
