namespace DeepGen.Generators.Emit;

/// <summary>A stretch of a sequence: <paramref name="Period"/> items from <paramref name="Start"/> on, which come <paramref name="Count"/> times in a row.</summary>
internal readonly record struct Stretch(int Start, int Period, int Count);

/// <summary>Finds what a sequence of texts repeats but for its numbers: the blocks of a deep network.</summary>
internal static class Repeats
{
    /// <summary>The longest block that is looked for.</summary>
    private const int LongestPeriod = 160;

    /// <summary>Any two numbers are a progression, three are a pattern; but a block of many kernels is a block the second time too.</summary>
    private static int LeastCount(int period) => period < 8 ? 3 : 2;

    /// <summary>Characters that a loop must save to be worth reading.</summary>
    private const int LeastSaved = 600;

    /// <summary>What a loop, and each number that is looked up rather than written where it is used, costs in characters.</summary>
    private const int LoopCost = 200, NumberCost = 2;

    /// <param name="lookup">Whether numbers that do not grow evenly may be looked up in a table.</param>
    /// <returns>Stretches that cover the sequence in order; those that come once are as long as can be.</returns>
    public static IReadOnlyList<Stretch> Find(IReadOnlyList<CallText> items, bool lookup)
    {
        var result = new List<Stretch>();
        Cover(items, Identify(items), 0, items.Count, lookup, result);
        return result;
    }

    /// <summary>The loop that saves most, then what lies before and after it.</summary>
    private static void Cover(IReadOnlyList<CallText> items, int[] ids, int begin, int end, bool lookup, List<Stretch> result)
    {
        if (begin == end)
        {
            return;
        }

        if (Best(items, ids, begin, end, lookup) is not { } best)
        {
            if (result.Count > 0 && result[result.Count - 1] is { Count: 1 } last)
            {
                result[result.Count - 1] = last with { Period = end - last.Start };
            }
            else
            {
                result.Add(new Stretch(begin, end - begin, 1));
            }

            return;
        }

        Cover(items, ids, begin, best.Start, lookup, result);
        result.Add(best);
        Cover(items, ids, best.Start + (best.Period * best.Count), end, lookup, result);
    }

    private static int[] Identify(IReadOnlyList<CallText> items)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var ids = new int[items.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            if (!known.TryGetValue(items[i].Template, out ids[i]))
            {
                known.Add(items[i].Template, ids[i] = known.Count);
            }
        }

        return ids;
    }

    private static Stretch? Best(IReadOnlyList<CallText> items, int[] ids, int begin, int end, bool lookup)
    {
        Stretch? best = null;
        long most = LeastSaved - 1;
        var runs = new List<(int Period, int Start, int End, bool Even)>();
        var longest = Math.Min(LongestPeriod, (end - begin) / 2);
        for (var period = 1; period <= longest; period++)
        {
            for (var i = begin; i + period < end; i++)
            {
                if (ids[i] != ids[i + period])
                {
                    continue;
                }

                var start = i;
                while (i + period < end && ids[i] == ids[i + period])
                {
                    i++;
                }

                var stop = i + period;
                // A multiple of a period that was seen says nothing new, unless numbers that are uneven there grow evenly here.
                var seen = runs.FindIndex(r => period % r.Period == 0 && r.Start <= start && stop <= r.End);
                if (stop - start < LeastCount(period) * period || (seen >= 0 && runs[seen].Even))
                {
                    continue;
                }

                var even = false;
                // A block may begin at any of its items, and its first time is often unlike the others.
                for (var from = start; from < start + (2 * period) && stop - from >= LeastCount(period) * period; from++)
                {
                    even |= Consider(from, period, (stop - from) / period, lookup && seen < 0);
                }

                runs.Add((period, start, stop, even));
            }
        }

        return best;

        // Whether all of it grows evenly.
        bool Consider(int start, int period, int count, bool mayLookUp)
        {
            var even = EvenCount(items, start, period, count);
            if (even < LeastCount(period) && !mayLookUp)
            {
                return false;
            }

            var text = 0L;
            for (var i = start; i < start + period; i++)
            {
                text += items[i].Template.Length;
            }

            Try(even, 0);
            if (mayLookUp && even < count)
            {
                Try(count, UnevenNumbers(items, start, period, count));
            }

            return even == count;

            void Try(int times, int lookedUp)
            {
                var saved = (text * (times - 1)) - LoopCost - (NumberCost * lookedUp * times);
                if (times >= LeastCount(period) && saved > most)
                {
                    most = saved;
                    best = new Stretch(start, period, times);
                }
            }
        }
    }

    /// <summary>How many times, from the first on, every number grows evenly.</summary>
    private static int EvenCount(IReadOnlyList<CallText> items, int start, int period, int count)
    {
        for (var times = 2; times < count; times++)
        {
            for (var i = 0; i < period; i++)
            {
                var at = start + i + (times * period);
                for (var n = 0; n < items[at].Numbers.Count; n++)
                {
                    if (items[at].Numbers[n] - items[at - period].Numbers[n] != items[at - period].Numbers[n] - items[at - (2 * period)].Numbers[n])
                    {
                        return times;
                    }
                }
            }
        }

        return count;
    }

    private static int UnevenNumbers(IReadOnlyList<CallText> items, int start, int period, int count)
    {
        var uneven = 0;
        for (var i = start; i < start + period; i++)
        {
            for (var n = 0; n < items[i].Numbers.Count; n++)
            {
                for (var times = 2; times < count; times++)
                {
                    var at = i + (times * period);
                    if (items[at].Numbers[n] - items[at - period].Numbers[n] != items[at - period].Numbers[n] - items[at - (2 * period)].Numbers[n])
                    {
                        uneven++;
                        break;
                    }
                }
            }
        }

        return uneven;
    }
}
