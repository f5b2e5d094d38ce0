namespace DeepGen;

/// <summary>Pictures with a class each.</summary>
public sealed class LabelledImages : IDisposable
{
    /// <summary>Puts pictures, labels and names together.</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="labels">The class of each.</param>
    /// <param name="classes">The names of the classes in the order of their labels; their numbers, up to the highest label, when null.</param>
    /// <exception cref="ArgumentException">The numbers do not agree, or a label is no class.</exception>
    public LabelledImages(IImageSource images, IReadOnlyList<int> labels, IReadOnlyList<string>? classes = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count != images.Count) throw new ArgumentException($"There are {Shapes.Count(images.Count, "picture")}, but {Shapes.Count(labels.Count, "label")}.", nameof(labels));
        (Images, Labels) = (images, labels);
        Classes = classes ?? [.. Enumerable.Range(0, labels.Count == 0 ? 0 : labels.Max() + 1).Select(label => $"{label}")];
        for (var i = 0; i < labels.Count; i++)
            if ((uint)labels[i] >= (uint)Classes.Count)
                throw new ArgumentException($"'{images.Name(i)}' has the label {labels[i]}; there are {Classes.Count} classes, so labels are 0 to {Classes.Count - 1}.", nameof(labels));
    }

    /// <summary>The pictures.</summary>
    public IImageSource Images { get; }

    /// <summary>The class of each.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>The names of the classes, in the order of their labels.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The number of pictures.</summary>
    public int Count => Images.Count;

    /// <summary>The same with all pictures in memory.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, pictures differ in size, or they do not fit into one array.</exception>
    public LabelledImages InMemory() => new(ImageArray.Load(Images), Labels, Classes);

    /// <summary>Closes the files of a source that keeps them open.</summary>
    public void Dispose() => (Images as IDisposable)?.Dispose();
}
