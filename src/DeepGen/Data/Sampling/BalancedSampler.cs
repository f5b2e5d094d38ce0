namespace DeepGen;

/// <summary>Equal shares for all classes that have samples.</summary>
internal sealed class BalancedSampler : Sampler
{
    private readonly ulong _seed;
    private readonly int? _count;
    private readonly int[] _members;
    private readonly int[] _starts;
    private readonly int[] _shuffled;

    public BalancedSampler(IReadOnlyList<int> labels, ulong seed, int? count)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (count is { } some) ArgumentOutOfRangeException.ThrowIfLessThan(some, 1, nameof(count));
        (_seed, _count) = (seed, count);
        var classes = ClassBalance.Counts(labels).Select((size, label) => (size, label)).Where(entry => entry.size > 0).ToArray();
        _members = [.. Enumerable.Range(0, labels.Count).OrderBy(i => labels[i])];
        _starts = new int[classes.Length + 1];
        for (var c = 0; c < classes.Length; c++) _starts[c + 1] = _starts[c] + classes[c].size;
        _shuffled = new int[labels.Count];
    }

    private int Classes => _starts.Length - 1;

    public override int Count(int samples) => _count ?? Matching(samples, _members.Length, "label");

    public override void Order(int samples, int epoch, Span<int> order)
    {
        Matching(samples, _members.Length, "label");
        lock (_shuffled)
        {
            // Where the classes do not divide the epoch, those that get one sample more are others in each epoch.
            var first = Shuffling.Below(Classes, 0, _seed, epoch, uint.MaxValue);
            var (share, more) = Math.DivRem(order.Length, Classes);
            var stream = 1u;
            var filled = 0;
            for (var c = 0; c < Classes; c++)
            {
                var members = _members.AsSpan(_starts[c].._starts[c + 1]);
                var shuffled = _shuffled.AsSpan(0, members.Length);
                for (var wanted = share + ((c + first) % Classes < more ? 1 : 0); wanted > 0;)
                {
                    members.CopyTo(shuffled);
                    Shuffling.Shuffle(shuffled, _seed, epoch, stream++);
                    var taken = Math.Min(wanted, members.Length);
                    shuffled[..taken].CopyTo(order[filled..]);
                    filled += taken;
                    wanted -= taken;
                }
            }

            Shuffling.Shuffle(order, _seed, epoch, 0);
        }
    }
}
