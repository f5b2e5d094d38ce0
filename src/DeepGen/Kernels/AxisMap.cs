using System.ComponentModel;
using System.Runtime.InteropServices;

namespace DeepGen.Kernels;

/// <summary>
/// A sparse linear map of one axis: y[i] = Σₖ weight[i,k]·x[index[i,k]], k in order. Padding, cropping, enlarging and their gradients, which are their
/// transposes. Held row by row, and cut into segments of outputs that are computed alike, so that an inner axis runs in vectors.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class AxisMap
{
    /// <summary>A shorter run of neighbours is not worth a segment of its own.</summary>
    private const int LeastRun = 16;

    private readonly List<(int Index, float Weight)>[] taps;

    /// <summary>The pinned tables that the pointers lead to.</summary>
    private readonly List<Array> tables = [];

    private AxisMap(int size, List<(int Index, float Weight)>[] taps)
    {
        this.taps = taps;
        In = size;
        Out = taps.Length;
        var total = taps.Sum(t => t.Count);
        Start = Pinned<int>(Out + 1);
        Index = Pinned<int>(total);
        Weight = Pinned<float>(total);
        for (int i = 0, next = 0; i < Out; i++)
        {
            Start[i] = next;
            foreach (var (index, weight) in taps[i])
            {
                Index[next] = index;
                Weight[next++] = weight;
            }
            Start[i + 1] = next;
        }
        LaneIndex = Pinned<int>(total);
        LaneWeight = Pinned<float>(total);
        var segments = new List<Segment>();
        for (var begin = 0; begin < Out; begin = segments[^1].End)
            segments.Add(Next(begin, segments.Count == 0 ? 0 : segments[^1].Place + (segments[^1].End - segments[^1].Begin) * segments[^1].Taps));
        Segments = Pinned<Segment>(segments.Count);
        SegmentCount = segments.Count;
        for (var i = 0; i < segments.Count; i++)
            Segments[i] = segments[i];
    }

    /// <summary>Extent of the input.</summary>
    internal int In { get; }

    /// <summary>Extent of the output.</summary>
    internal int Out { get; }

    /// <summary>Where the taps of each output begin in <see cref="Index"/> and <see cref="Weight"/>.</summary>
    internal int* Start { get; }

    internal int* Index { get; }

    internal float* Weight { get; }

    internal Segment* Segments { get; }

    internal int SegmentCount { get; }

    /// <summary>The taps of a segment, tap by tap: the first ones of all its outputs side by side, then the second ones.</summary>
    internal int* LaneIndex { get; }

    internal float* LaneWeight { get; }

    /// <summary>Where the taps of each output begin, and where the last ones end.</summary>
    public ReadOnlySpan<int> Starts => new(Start, Out + 1);

    /// <summary>The input that each tap reads.</summary>
    public ReadOnlySpan<int> Indices => new(Index, Start[Out]);

    /// <summary>What each tap counts.</summary>
    public ReadOnlySpan<float> Weights => new(Weight, Start[Out]);

    /// <summary>Zeros before and after.</summary>
    public static AxisMap Zero(int size, int before, int after) => Pad(size, before, after, i => i >= 0 && i < size ? i : -1);

    /// <summary>What lies inside, mirrored at the first and the last element.</summary>
    public static AxisMap Reflect(int size, int before, int after) => Pad(size, before, after, i => Math.Abs(i) is var j && j < size ? j : 2 * (size - 1) - j);

    /// <summary>The first and the last element repeated.</summary>
    public static AxisMap Replicate(int size, int before, int after) => Pad(size, before, after, i => Math.Clamp(i, 0, size - 1));

    /// <summary>Every element repeated.</summary>
    public static AxisMap Nearest(int size, int scale) => new(size, [.. Enumerable.Range(0, size * scale).Select(i => new List<(int, float)> { (i / scale, 1) })]);

    /// <summary>Interpolated between the two nearest elements, as PyTorch does.</summary>
    public static AxisMap Linear(int size, int scale, bool alignCorners)
    {
        var length = size * scale;
        return new(size, [.. Enumerable.Range(0, length).Select(i =>
        {
            var at = alignCorners ? (length > 1 ? i * (size - 1d) / (length - 1) : 0) : Math.Clamp((i + 0.5) / scale - 0.5, 0, size - 1);
            var first = Math.Min((int)at, size - 1);
            var share = at - first;
            return share == 0
                ? new List<(int, float)> { (first, 1) }
                : new List<(int, float)> { (first, (float)(1 - share)), (first + 1, (float)share) };
        })]);
    }

    /// <summary>The gradient: every element of the input sums what its outputs were given, in their order.</summary>
    public AxisMap Transposed()
    {
        var result = new List<(int, float)>[In];
        for (var i = 0; i < In; i++)
            result[i] = [];
        for (var i = 0; i < Out; i++)
        {
            foreach (var (index, weight) in taps[i])
                result[index].Add((i, weight));
        }
        return new AxisMap(Out, result);
    }

    private static AxisMap Pad(int size, int before, int after, Func<int, int> inside) =>
        new(size, [.. Enumerable.Range(-before, size + before + after).Select(i => inside(i) is >= 0 and var j ? new List<(int, float)> { (j, 1) } : [])]);

    /// <summary>The longest segment from an output on: neighbours that are copied, or outputs of equally many taps.</summary>
    private Segment Next(int begin, int place)
    {
        var run = Run(begin);
        if (run >= LeastRun || begin + run == Out)
            return Lanes(begin, begin + run, place, isCopy: run > 0);
        var count = taps[begin].Count;
        var end = begin + 1;
        while (end < Out && taps[end].Count == count && Run(end) < LeastRun)
            end++;
        return Lanes(begin, end, place, isCopy: false);
    }

    /// <summary>How many outputs from this one on are neighbours in the input too, each with one tap of weight 1.</summary>
    private int Run(int begin)
    {
        var end = begin;
        while (end < Out && taps[end] is [(var index, 1f)] && index == taps[begin][0].Index + end - begin)
            end++;
        return end - begin;
    }

    private Segment Lanes(int begin, int end, int place, bool isCopy)
    {
        var count = taps[begin].Count;
        var isWeighted = false;
        for (var i = begin; i < end; i++)
        {
            for (var t = 0; t < count; t++)
            {
                LaneIndex[place + t * (end - begin) + i - begin] = taps[i][t].Index;
                LaneWeight[place + t * (end - begin) + i - begin] = taps[i][t].Weight;
                isWeighted |= taps[i][t].Weight != 1;
            }
        }
        return new Segment { Begin = begin, End = end, Taps = count, Place = place, IsCopy = isCopy, IsWeighted = isWeighted };
    }

    private T* Pinned<T>(int count)
        where T : unmanaged
    {
        var array = GC.AllocateArray<T>(Math.Max(1, count), pinned: true);
        tables.Add(array);
        return (T*)Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
    }

    /// <summary>Outputs Begin … End − 1, which have equally many taps.</summary>
    internal struct Segment
    {
        public int Begin;
        public int End;
        public int Taps;

        /// <summary>Where its taps begin in <see cref="LaneIndex"/>.</summary>
        public int Place;

        /// <summary>One tap of weight 1 each, neighbours of neighbours.</summary>
        public bool IsCopy;

        public bool IsWeighted;
    }
}

/// <summary>Maps of the height and the width of a map with so many channels.</summary>
/// <param name="Channels">Channels, mapped one by one.</param>
/// <param name="Rows">Input height to output height.</param>
/// <param name="Columns">Input width to output width.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ResampleShape(int Channels, AxisMap Rows, AxisMap Columns);
