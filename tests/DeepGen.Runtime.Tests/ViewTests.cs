using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class ViewTests
{
    [Fact]
    public void A_subset_has_some_samples_in_its_own_order()
    {
        var subset = Range(0, 10).Subset([7, 2, 2, 9]);
        Assert.Equal(4, subset.Count);
        Assert.Equal([9, 7, 2], Read(subset, 3, 0, 1));
        Assert.Equal([7, 9], Read(subset.Subset([3, 0]), 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Range(0, 10).Subset([10]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(subset, 4));

        // More than are translated at once.
        var order = Enumerable.Range(0, 2500).Select(i => (i * 7) % 2500).ToArray();
        Assert.Equal(order.Select(i => 2499f - i), Read(Range(0, 2500).Subset([.. Enumerable.Range(0, 2500).Reverse()]), order));
    }

    [Fact]
    public void Joined_datasets_lie_one_after_the_other()
    {
        var joined = Datasets.Concat(Range(0, 3), Range(100, 0), Range(200, 2), Range(300, 1));
        Assert.Equal(6, joined.Count);
        Assert.Equal([0, 1, 2, 200, 201, 300], Read(joined, 0, 1, 2, 3, 4, 5));
        Assert.Equal([201, 200, 0, 300, 300, 2], Read(joined, 4, 3, 0, 5, 5, 2));
        Assert.Equal([201, 1], Read(Datasets.Concat(joined.Subset([4]), joined.Subset([1])), 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(joined, 6));
        Assert.Throws<ArgumentException>(() => Datasets.Concat());
        var order = Enumerable.Range(0, 3000).ToArray();
        Assert.Equal(order.Select(i => (float)i), Read(Datasets.Concat(Range(0, 1500), Range(1500, 1500)), order));
    }

    [Fact]
    public void Interleaved_datasets_take_turns()
    {
        var versions = Datasets.Interleave(Range(0, 3), Range(100, 3));
        Assert.Equal([0, 100, 1, 101, 2, 102], Read(versions, 0, 1, 2, 3, 4, 5));
        Assert.Equal([2, 1, 101], Read(versions, 4, 2, 3));
        Assert.Contains("another 2", Assert.Throws<ArgumentException>(() => Datasets.Interleave(Range(0, 3), Range(0, 2))).Message);
        Assert.Throws<ArgumentException>(() => Datasets.Interleave());
        var order = Enumerable.Range(0, 1500).Select(i => 2 * i).ToArray();
        Assert.Equal(order.Select(i => i / 2f), Read(Datasets.Interleave(Range(0, 1500), Range(5000, 1500)), order));
    }

    [Fact]
    public void Views_pass_on_epoch_and_occurrence()
    {
        using var batch = new Batch(Linear.Static, 4) { Count = 4, Epoch = 5 };
        batch.Occurrences[2] = 8;
        var seen = new List<(int, int, int)>();
        Datasets.Concat(Range(0, 2), new Watched(seen)).Fill([0, 1, 2, 3], batch);
        Assert.Equal([(0, 5, 8), (1, 5, 0)], seen);
    }

    [Fact]
    public void Splits_cover_everything_once()
    {
        var parts = DataSplit.Random(103, 1, 0.7, 0.2, 0.1);
        Assert.Equal([72, 21, 10], parts.Select(part => part.Length));
        Assert.Equal(Enumerable.Range(0, 103), parts.SelectMany(part => part).Order());
        Assert.All(parts, part => Assert.Equal(part.Order(), part));
        Assert.Equal(parts[0], DataSplit.Random(103, 1, 0.7, 0.2, 0.1)[0]);
        Assert.NotEqual(parts[0], DataSplit.Random(103, 2, 0.7, 0.2, 0.1)[0]);
        Assert.Equal([20, 30], DataSplit.Random(100, 1, 0.2, 0.3).Select(part => part.Length));
        Assert.Equal(10, DataSplit.Random(10, 1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1).Length);

        var datasets = Range(0, 103).Split(1, 0.7, 0.2, 0.1);
        Assert.Equal(parts[1].Select(i => (float)i), Read(datasets[1], [.. Enumerable.Range(0, 21)]));
        Assert.Contains("above 0", Assert.Throws<ArgumentException>(() => DataSplit.Random(10, 1, 0.5, 0)).Message);
        Assert.Contains("at most 1", Assert.Throws<ArgumentException>(() => DataSplit.Random(10, 1, 0.5, 0.6)).Message);
        Assert.Contains("Part 1 would be empty", Assert.Throws<ArgumentException>(() => DataSplit.Random(10, 1, 0.9, 0.01)).Message);
        Assert.Throws<ArgumentException>(() => DataSplit.Random(10, 1));
    }

    [Fact]
    public void A_stratified_split_keeps_the_shares_of_the_classes()
    {
        // 50, 30, 15 and 8 of four classes.
        int[] labels = [.. Enumerable.Range(0, 103).Select(i => i % 103 < 50 ? 0 : i < 80 ? 1 : i < 95 ? 2 : 3).OrderBy(i => (i * 37) % 5)];
        var parts = DataSplit.Stratified(labels, 1, 0.8, 0.2);
        Assert.Equal([82, 21], parts.Select(part => part.Length));
        Assert.Equal(Enumerable.Range(0, 103), parts.SelectMany(part => part).Order());
        Assert.Equal([40, 24, 12, 6], parts[0].CountBy(i => labels[i]).OrderBy(entry => entry.Key).Select(entry => entry.Value));
        Assert.Equal(parts[1].Select(i => (float)i), Read(Range(0, 103).Split(labels, 1, 0.8, 0.2)[1], [.. Enumerable.Range(0, 21)]));
        Assert.Contains("103 labels", Assert.Throws<ArgumentException>(() => Range(0, 104).Split(labels, 1, 0.8, 0.2)).Message);

        // Ten classes of three: parts of half are 15 and 15 all the same.
        Assert.Equal([15, 15], DataSplit.Stratified([.. Enumerable.Range(0, 30).Select(i => i % 10)], 1, 0.5, 0.5).Select(part => part.Length));
    }

    [Fact]
    public void Columns_fill_networks_of_several_inputs_and_targets()
    {
        var definition = Linear.Static with
        {
            Inputs = [new("a", [2]), new("b", [], Element.Int32, 10), new("c", [1])],
            Targets = [new("d", [], Element.Int32, 10), new("e", [2])],
        };
        var dataset = new InMemoryDataset(
            [SampleColumn.Floats([1, 2, 3, 4], 2), SampleColumn.Indices([5, 6]), SampleColumn.Bytes([0, 255], 1, 0.5f, 0.5f)],
            [SampleColumn.Indices([7, 8]), SampleColumn.Floats([9, 10, 11, 12], 2)]);
        using var batch = new Batch(definition, 2);
        dataset.Fill([1, 0], batch);
        Assert.Equal([3, 4, 1, 2], batch.Input<float>().ToArray());
        Assert.Equal([6, 5], batch.Input<int>(1).ToArray());
        Assert.Equal([1, -1], batch.Input<float>(2).ToArray());
        Assert.Equal([8, 7], batch.Target<int>().ToArray());
        Assert.Equal([11, 12, 9, 10], batch.Target<float>(1).ToArray());
        Assert.Contains("input 1 has 1", Assert.Throws<ArgumentException>(() => new InMemoryDataset([SampleColumn.Indices([1, 2]), SampleColumn.Indices([1])])).Message);
        Assert.Contains("target 0 has 3", Assert.Throws<ArgumentException>(() => new InMemoryDataset([SampleColumn.Indices([1, 2])], [SampleColumn.Indices([1, 2, 3])])).Message);
        Assert.Throws<ArgumentException>(() => new InMemoryDataset([]));
        using var other = new Batch(Linear.Static, 1);
        Assert.Equal("Linear has 1 input and 1 target, but the dataset has 3 inputs and 2 targets; give it a column for each.", Assert.Throws<ArgumentException>(() => dataset.Fill([0], other)).Message);
    }

    /// <summary>The values of a sample are all its number, counted from a start.</summary>
    private static InMemoryDataset Range(int start, int count) =>
        new([.. Enumerable.Range(start, count).SelectMany(i => Enumerable.Repeat((float)i, Linear.Features))], Linear.Features, new int[count]);

    private static float[] Read(IDataset dataset, params int[] indices)
    {
        using var batch = new Batch(Linear.Static, indices.Length) { Count = indices.Length };
        dataset.Fill(indices, batch);
        Assert.Equal(indices.Length, batch.Count);
        return [.. Enumerable.Range(0, indices.Length).Select(i => batch.Input<float>()[i * Linear.Features])];
    }

    private sealed class Watched(List<(int, int, int)> seen) : IDataset
    {
        public int Count => 2;

        public void Fill(ReadOnlySpan<int> indices, Batch batch)
        {
            for (var i = 0; i < indices.Length; i++) seen.Add((indices[i], batch.Epoch, batch.Occurrence(i)));
        }
    }
}
