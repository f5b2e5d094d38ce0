namespace DeepGen.Examples.Transfer;

/// <summary>The pictures of five of the ten classes, which are numbered 0 to 4 here.</summary>
internal sealed class FiveClasses
{
    /// <summary>How many they are.</summary>
    public const int Count = 5;

    private readonly LabelledImages _images;
    private readonly int[] _members;

    /// <summary>Takes five classes out of ten.</summary>
    /// <param name="images">The pictures of all.</param>
    /// <param name="classes">The five.</param>
    /// <exception cref="InvalidDataException">There is no picture of one.</exception>
    public FiveClasses(LabelledImages images, IReadOnlyList<int> classes)
    {
        foreach (var number in classes)
            if (!images.Labels.Contains(number)) throw new InvalidDataException($"--data: there is no picture of '{images.Classes[number]}'; all ten classes are needed.");
        var numbers = new int[2 * Count];
        for (var i = 0; i < Count; i++) numbers[classes[i]] = i;
        _members = [.. Enumerable.Range(0, images.Count).Where(i => classes.Contains(images.Labels[i]))];
        _images = new LabelledImages(images.Images, [.. images.Labels.Select(label => numbers[label])], [.. classes.Select(number => images.Classes[number])]);
    }

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names => _images.Classes;

    /// <summary>All pictures.</summary>
    /// <param name="options">How they are distorted; null for as they are.</param>
    public IDataset All(ImageDatasetOptions? options = null) => Some(_members, options);

    /// <summary>Some of them.</summary>
    /// <param name="chosen">Which, as <see cref="Draw"/> numbers them.</param>
    /// <param name="options">How they are distorted; null for as they are.</param>
    public IDataset Some(IReadOnlyList<int> chosen, ImageDatasetOptions? options = null) => new ImageDataset(_images, options).Subset([.. chosen]);

    /// <summary>Draws as many pictures of each class at random, class after class, and then others of any class.</summary>
    /// <param name="each">How many of each.</param>
    /// <param name="others">The most of the others.</param>
    /// <param name="seed">The key of the choice.</param>
    /// <exception cref="UsageException">A class has too few: no other would be left.</exception>
    public (int[] Few, int[] Others) Draw(int each, int others, ulong seed)
    {
        var few = new List<int>();
        for (var label = 0; label < Count; label++)
        {
            int[] members = [.. _members.Where(i => _images.Labels[i] == label)];
            if (members.Length <= each)
                throw new UsageException($"--pictures: {each} pictures of each class and one more are wanted, but of '{Names[label]}' there are {members.Length}.");
            few.AddRange(DataSplit.Random(members.Length, seed + ((ulong)label << 32), (double)each / members.Length)[0].Select(i => members[i]));
        }

        int[] rest = [.. _members.Except(few)];
        return ([.. few], rest.Length <= others ? rest : [.. DataSplit.Random(rest.Length, seed, (double)others / rest.Length)[0].Select(i => rest[i])]);
    }
}
