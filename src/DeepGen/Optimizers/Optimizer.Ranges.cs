namespace DeepGen;

/// <content>Which parameters are moved, and which of them together.</content>
public abstract partial class Optimizer
{
    private ParameterSettings[] _settings = [];
    private long[] _updates = [];
    private int[] _order = [];
    private UpdateRange[] _ranges = [];
    private FilterNorm[] _filterNorms = [];
    private double[] _sums = [];
    private int _rangeCount;
    private int _frozenVersion = -1;
    private bool _rangesAreStale = true;

    private Span<UpdateRange> Ranges => _ranges.AsSpan(0, _rangeCount);

    /// <summary>Applies groups to the parameters of a network.</summary>
    private void Settle(Network network, ParameterGroup[] groups)
    {
        _settings = ParameterSettings.Resolve(network, groups, WeightDecay);
        _rangesAreStale = true;
    }

    /// <summary>
    /// Cuts the arena into runs of parameters that are not frozen, have the same settings and were moved equally often, gaps for alignment included:
    /// values and gradients there are 0 and stay so. Noise would not leave them so, so with noise a gap ends a run.
    /// </summary>
    private void FindRanges(Network network)
    {
        CollectUpdates();
        var parameters = network.Parameters;
        _order = [.. Enumerable.Range(0, parameters.Count).Where(i => parameters[i].IsTrainable && parameters[i].Count > 0).OrderBy(i => parameters[i].Definition.Offset)];
        if (_ranges.Length < _order.Length) _ranges = new UpdateRange[_order.Length];
        _rangeCount = 0;
        var filterNorms = new List<FilterNorm>();
        var open = false;
        for (var place = 0; place < _order.Length; place++)
        {
            var i = _order[place];
            var (definition, settings) = (parameters[i].Definition, _settings[i]);
            if (parameters[i].Frozen || settings.Frozen)
            {
                open = false;
                continue;
            }

            var end = definition.Offset + definition.Size;
            if (open && Continues(in _ranges[_rangeCount - 1], definition.Offset, i))
            {
                ref var last = ref _ranges[_rangeCount - 1];
                (last.Length, last.End) = (end - last.Offset, place + 1);
            }
            else
            {
                _ranges[_rangeCount++] = new UpdateRange
                {
                    Offset = definition.Offset,
                    Length = definition.Size,
                    Updates = _updates[i],
                    RateFactor = settings.RateFactor,
                    WeightDecay = settings.WeightDecay,
                    First = place,
                    End = place + 1,
                };
            }

            open = true;
            if (float.IsFinite(settings.MaxNorm) && definition.Shape.Length > 1)
                filterNorms.Add(new FilterNorm(definition.Offset, definition.Shape[0], definition.Size / definition.Shape[0], settings.MaxNorm));
        }

        _filterNorms = [.. filterNorms];
        _sums = new double[GlobalNorm.Chunks(Ranges)];
        _frozenVersion = network.Weights.FrozenVersion;
        _rangesAreStale = false;
    }

    private bool Continues(in UpdateRange range, nint offset, int parameter) =>
        range.Updates == _updates[parameter] && range.RateFactor == _settings[parameter].RateFactor && range.WeightDecay == _settings[parameter].WeightDecay &&
        (Noise == null || range.Offset + range.Length == offset);

    /// <summary>Gives the counts of the ranges back to their parameters.</summary>
    private void CollectUpdates()
    {
        foreach (ref readonly var range in Ranges)
            for (var place = range.First; place < range.End; place++)
                _updates[_order[place]] = range.Updates;
    }
}
