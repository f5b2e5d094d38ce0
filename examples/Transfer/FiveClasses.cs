namespace DeepGen.Examples.Transfer;

/// <summary>The pictures of five of the ten classes, which are called 0 to 4 here.</summary>
internal sealed class FiveClasses
{
    public const int Count = 5;

    private readonly LabelledImages _images;
    private readonly int[] _chosen;

    /// <summary>Takes five classes out of ten.</summary>
    /// <param name="images">The pictures of all.</param>
    /// <param name="first">The first of the five, 0 or 5.</param>
    public FiveClasses(LabelledImages images, int first)
    {
        _images = new LabelledImages(images.Images, [.. images.Labels.Select(label => label % Count)], [.. images.Classes.Skip(first).Take(Count)]);
        _chosen = [.. Enumerable.Range(0, images.Count).Where(i => images.Labels[i] / Count == first / Count)];
    }

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names => _images.Classes;

    /// <summary>The pictures as they are.</summary>
    public IDataset All => new ImageDataset(_images).Subset(_chosen);

    /// <summary>The class of each of <see cref="All"/>.</summary>
    public IReadOnlyList<int> Labels => [.. _chosen.Select(i => _images.Labels[i])];

    /// <summary>As many pictures of each class, chosen at random.</summary>
    /// <param name="each">How many.</param>
    /// <param name="seed">The key of the choice.</param>
    /// <exception cref="UsageException">A class has fewer.</exception>
    public IDataset Few(int each, ulong seed)
    {
        var labels = Labels;
        var few = new List<int>();
        for (var label = 0; label < Count; label++)
        {
            int[] members = [.. Enumerable.Range(0, labels.Count).Where(i => labels[i] == label)];
            if (members.Length < each)
                throw new UsageException($"--pictures: {each} pictures of each class are wanted, but of '{Names[label]}' there are {members.Length}.");
            few.AddRange(DataSplit.Random(members.Length, seed + ((ulong)label << 32), (double)each / members.Length)[0].Select(i => members[i]));
        }

        return All.Subset(few);
    }
}
