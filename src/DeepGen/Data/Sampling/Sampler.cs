namespace DeepGen;

/// <summary>
/// Which samples of a dataset make up an epoch, and in which order. An order depends on the epoch and the sampler's own seed alone, so a training that is resumed sees the
/// samples that it would have seen.
/// </summary>
public abstract class Sampler
{
    /// <summary>All samples, in the order of the dataset.</summary>
    public static Sampler Sequential { get; } = new SequentialSampler();

    /// <summary>The batch size that the order is made for; null when any will do.</summary>
    internal virtual int? BatchSize => null;

    /// <summary>All samples, in a new random order each epoch.</summary>
    /// <param name="seed">The key of the orders.</param>
    public static Sampler Shuffled(ulong seed) => new ShuffledSampler(seed);

    /// <summary>
    /// Every class equally often, whatever its share of the samples, in a new random order each epoch: the samples of a rare class come several times, of a frequent one some are left out,
    /// in turn. Each class goes through its samples without replacement.
    /// </summary>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="seed">The key of the orders.</param>
    /// <param name="count">Samples of an epoch; as many as the dataset has when null.</param>
    /// <exception cref="ArgumentException">There is no label, or one is negative.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1.</exception>
    public static Sampler Balanced(IReadOnlyList<int> labels, ulong seed, int? count = null) => new BalancedSampler(labels, seed, count);

    /// <summary>
    /// Easy samples first (Y. Bengio et al. 2009): at each place of the order one of the easiest g samples is drawn, g growing with the training. Samples are drawn without replacement until
    /// all of the g were; an epoch has as many as the dataset, so under a small g samples come several times. Once g is the whole dataset it is an ordinary shuffle.
    /// </summary>
    /// <param name="difficulty">The difficulty of each sample on any scale; <see cref="Difficulty"/> has one. Equally difficult ones keep the order of the dataset.</param>
    /// <param name="pacing">How g grows.</param>
    /// <param name="seed">The key of the orders.</param>
    /// <exception cref="ArgumentException">There is no difficulty, or one is NaN.</exception>
    public static Sampler Curriculum(IReadOnlyList<double> difficulty, Pacing pacing, ulong seed) => new CurriculumSampler(difficulty, pacing, seed);

    /// <summary>
    /// Several contiguous streams side by side, for training on a long text with states that are carried over: the samples are cut into as many parts as a batch has rows, and
    /// batch b holds sample b of every part. Where they cannot be equal the first parts have one sample more: the last batch, which has fewer rows. The states are the trainer's
    /// (<see cref="TrainerOptions.CarriedStates"/>).
    /// </summary>
    /// <param name="rows">The number of streams: the batch size.</param>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public static Sampler Streams(int rows) => new StreamSampler(rows);

    /// <summary>The number of samples of an epoch; at least 1.</summary>
    /// <param name="samples">The number of samples of the dataset; at least 1.</param>
    /// <exception cref="ArgumentException">The sampler was made for another number of samples.</exception>
    public abstract int Count(int samples);

    /// <summary>Writes the order of an epoch.</summary>
    /// <param name="samples">The number of samples of the dataset.</param>
    /// <param name="epoch">The epoch, counted from 1.</param>
    /// <param name="order">Becomes sample numbers in [0, samples); its length is <see cref="Count"/>.</param>
    public abstract void Order(int samples, int epoch, Span<int> order);

    /// <summary>That a sampler made from one number for each sample has the right dataset before it.</summary>
    private protected static int Matching(int samples, int own, string what) => samples == own
        ? samples
        : throw new ArgumentException($"The sampler was made from {Shapes.Count(own, what)}, but the dataset has {Shapes.Count(samples, "sample")}.", nameof(samples));
}
