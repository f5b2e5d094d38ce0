namespace DeepGen;

/// <summary>
/// Pictures as samples: bytes p become p / 255, plane after plane, and go through transforms. The targets are a class each, a map of classes, or none. Two epochs see different random
/// transforms of a picture (<see cref="Batch.Epoch"/>); the same epoch always the same.
/// </summary>
public sealed unsafe class ImageDataset : IDataset, ICheckedDataset
{
    private readonly IImageSource _images;
    private readonly int[]? _labels;
    private readonly LabelMaps? _maps;
    private readonly ImagePipeline _pipeline;
    private readonly Border _border;
    private readonly ulong _seed;
    private readonly BorderWeights? _weights;
    private NetworkDefinition? _fits;

    /// <summary>Pictures with a class each.</summary>
    /// <param name="images">The pictures and their classes.</param>
    /// <param name="options">The transforms; none when null.</param>
    /// <exception cref="ArgumentException">A transform does not fit the pictures, or leaves them different in size; the message names one.</exception>
    public ImageDataset(LabelledImages images, ImageDatasetOptions? options = null)
        : this((images ?? throw new ArgumentNullException(nameof(images))).Images, options, [.. images.Labels], null)
    {
    }

    /// <summary>Pictures with a class for each pixel.</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="maps">Their maps, in the same order.</param>
    /// <param name="options">The transforms; none when null.</param>
    /// <exception cref="ArgumentException">There is not a map for each picture, or as for the other constructor.</exception>
    /// <exception cref="InvalidDataException">A map has another size than its picture.</exception>
    public ImageDataset(IImageSource images, LabelMaps maps, ImageDatasetOptions? options = null)
        : this(images, options, null, maps ?? throw new ArgumentNullException(nameof(maps)))
    {
        if (maps.Maps.Count != images.Count) throw new ArgumentException($"There are {Shapes.Count(images.Count, "picture")}, but {Shapes.Count(maps.Maps.Count, "map")}.", nameof(maps));
        if (images is not IKnownImages pictures || maps.Maps is not IKnownImages known) return;
        for (var i = 0; i < images.Count; i++)
            if (pictures.SizeOf(i) != known.SizeOf(i))
                throw new InvalidDataException($"'{maps.Maps.Name(i)}' is {known.SizeOf(i).Height}x{known.SizeOf(i).Width} (height, width), but its picture '{images.Name(i)}' is {pictures.SizeOf(i).Height}x{pictures.SizeOf(i).Width}.");
    }

    /// <summary>Pictures without targets.</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="options">The transforms; none when null.</param>
    /// <exception cref="ArgumentException">As for the other constructors.</exception>
    public ImageDataset(IImageSource images, ImageDatasetOptions? options = null) : this(images, options, null, null)
    {
    }

    private ImageDataset(IImageSource images, ImageDatasetOptions? options, int[]? labels, LabelMaps? maps)
    {
        ArgumentNullException.ThrowIfNull(images);
        options ??= new ImageDatasetOptions();
        (_images, _labels, _maps, _border, _seed) = (images, labels, maps, options.Border, options.Seed);
        _pipeline = new ImagePipeline(options.Transforms);
        _weights = options.BorderWeights?.Checked();
        if (_weights != null && maps == null) throw new ArgumentException("ImageDatasetOptions.BorderWeights are computed from maps of labels, and the pictures have none.", nameof(options));
        if (images is IKnownImages known) CheckSizes(known);
    }

    /// <inheritdoc/>
    public int Count => _images.Count;

    /// <summary>
    /// Ten samples of each picture for a prediction that is averaged over them: four corners and the middle, and the same of the mirrored picture (A. Krizhevsky, I. Sutskever and G. Hinton 2012, section 4.1). Samples
    /// 10·i to 10·i + 9 are those of picture i.
    /// </summary>
    /// <param name="images">The pictures and their classes.</param>
    /// <param name="height">The rows of a crop.</param>
    /// <param name="width">Its columns.</param>
    /// <exception cref="ArgumentException">A picture is smaller than a crop.</exception>
    public static IDataset TenCrop(LabelledImages images, int height, int width) =>
        Datasets.Interleave([.. Enumerable.Range(0, 10).Select(number => new ImageDataset(images, new ImageDatasetOptions { Transforms = [ImageTransform.TenCrop(number, height, width)] }))]);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The network takes or wants something else.</exception>
    /// <exception cref="InvalidDataException">A file cannot be read; the message names it.</exception>
    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var network = batch.Definition;
        CheckFits(network);
        batch.Count = indices.Length;
        Datasets.CheckIndices(indices, Count);
        var workspace = ImageWorkspace.Current;
        var size = network.Inputs[0].Size;
        var input = batch.Input<float>();
        for (var i = 0; i < indices.Length; i++)
        {
            Load(workspace, indices[i]);
            _pipeline.Run(workspace, _seed, batch.Epoch, indices[i], batch.Occurrence(i));
            CheckSize(network, workspace, indices[i]);
            workspace.Pixels.CopyTo(input.Slice(i * size, size));
            if (network.Targets.Length > 0) WriteTarget(network.Targets[0], workspace, indices[i], i, batch);
            if (network.Targets.Length > 1) WriteWeights(network.Targets[1], workspace, indices[i], i, batch);
        }
    }

    void ICheckedDataset.Check(ReadOnlySpan<int> samples, NetworkDefinition network, string call)
    {
        CheckFits(network);
        var target = network.Targets.Length > 0 ? network.Targets[0] : null;
        if (target != null && _labels != null)
        {
            foreach (var sample in samples)
                if (!target.Takes(_labels[sample])) throw Network.BadIndex(call, "target", target, _labels[sample], $"'{_images.Name(sample)}'", 0);
        }

        // After the transforms all have the size of one.
        if (_fits == network) return;
        var workspace = ImageWorkspace.Current;
        Load(workspace, samples[0]);
        _pipeline.Run(workspace, _seed, epoch: 1, samples[0], occurrence: 0);
        CheckSize(network, workspace, samples[0]);
        if (target != null && _maps != null) Middle(target, workspace, samples[0], network);
        _fits = network;
    }

    private void Load(ImageWorkspace workspace, int index)
    {
        _images.Read(index, workspace.Decoded);
        workspace.Begin(_border);
        _maps?.Read(index, workspace);
    }

    private void WriteTarget(TensorDefinition target, ImageWorkspace workspace, int index, int place, Batch batch)
    {
        if (_labels != null)
        {
            if (target.Element == Element.Int32) batch.Target<int>()[place] = _labels[index];
            else batch.Target<float>()[place] = _labels[index];
            return;
        }

        var (top, left, height, width) = Middle(target, workspace, index, batch.Definition);
        for (var y = 0; y < height; y++)
        {
            var row = new ReadOnlySpan<int>(workspace.Labels + ((nint)(top + y) * workspace.Width) + left, width);
            var at = (place * target.Size) + (y * width);
            if (target.Element == Element.Int32)
            {
                row.CopyTo(batch.Target<int>()[at..]);
                if (target.IgnoredClass is { } ignored) batch.Target<int>().Slice(at, width).Replace(LabelMaps.Ignored, ignored);
            }
            else
            {
                var to = batch.Target<float>().Slice(at, width);
                for (var x = 0; x < width; x++) to[x] = row[x];
            }
        }
    }

    /// <summary>Where the target's part of a map is: a network without padding says nothing of the border, so it is the middle of the picture's.</summary>
    private (int Top, int Left, int Height, int Width) Middle(TensorDefinition target, ImageWorkspace workspace, int index, NetworkDefinition network)
    {
        var (height, width) = target.Shape.Length >= 2 ? (target.Shape[^2], target.Shape[^1]) : (workspace.Height, workspace.Width);
        if (height * width != target.Size || height > workspace.Height || width > workspace.Width)
            throw new ArgumentException($"{network.Name}'s target '{target.Name}' is {Shapes.Text(target.Shape)}, but the map of '{_images.Name(index)}' is [{workspace.Height}, {workspace.Width}] after the transforms.");
        return ((workspace.Height - height) / 2, (workspace.Width - width) / 2, height, width);
    }

    private void WriteWeights(TensorDefinition target, ImageWorkspace workspace, int index, int place, Batch batch)
    {
        var (top, left, height, width) = Middle(target, workspace, index, batch.Definition);
        var size = workspace.PlaneSize;
        var weights = new Span<float>(workspace.Scratch(0, size), size);
        _weights!.Fill(new ReadOnlySpan<int>(workspace.Labels, size), workspace.Height, workspace.Width, weights, Room(1), Room(2), Room(3));
        for (var y = 0; y < height; y++) weights.Slice(((top + y) * workspace.Width) + left, width).CopyTo(batch.Target<float>(1)[((place * target.Size) + (y * width))..]);

        Span<int> Room(int slot) => new(workspace.Scratch(slot, size), size);
    }

    private void CheckSizes(IKnownImages known)
    {
        (int, int)? last = null, first = null;
        for (var i = 0; i < Count; i++)
        {
            // Most often all are alike.
            var size = known.SizeOf(i);
            if (size == last) continue;
            last = size;
            var after = _pipeline.SizeAfter(size, known.KnownChannels, _images.Name(i));
            first ??= after;
            if (after != first)
                throw new ArgumentException($"'{_images.Name(i)}' is {after.Height}x{after.Width} (height, width) after the transforms, but '{_images.Name(0)}' is {first.Value.Item1}x{first.Value.Item2}; end with a crop or a Resize to one size.");
        }
    }

    private void CheckFits(NetworkDefinition network)
    {
        var input = network.Inputs[0];
        if (network.Inputs.Length != 1 || network.Targets.Length > (_weights == null ? 1 : 2))
            throw new ArgumentException($"{network.Name} has {Shapes.Count(network.Inputs.Length, "input")} and {Shapes.Count(network.Targets.Length, "target")}; an ImageDataset fills one of each, and with ImageDatasetOptions.BorderWeights a second target. Implement IDataset for it.");
        if (input.Element != Element.Float32) throw new ArgumentException($"{network.Name}'s input '{input.Name}' takes int values; pictures are float values.");
        if (network.Targets.Length == 0) return;
        var target = network.Targets[0];
        if (_labels == null && _maps == null) throw new ArgumentException($"{network.Name} has a target '{target.Name}', but the pictures have no labels; give ImageDataset LabelledImages or LabelMaps. A prediction does not look at them: for one any labels will do.");
        if (_labels != null && target.Size != 1)
            throw new ArgumentException($"{network.Name}'s target '{target.Name}' needs {target.Size} values ({Shapes.PerSample(target.Shape)}), but a picture has one class.");
        if (network.Targets.Length == 2 && network.Targets[1].Element != Element.Float32) throw new ArgumentException($"{network.Name}'s target '{network.Targets[1].Name}' takes int values; weights are float values.");
    }

    private void CheckSize(NetworkDefinition network, ImageWorkspace workspace, int index)
    {
        int[] shape = network.Inputs[0].Shape;
        var fits = shape.Length == 3 ? workspace.Channels == shape[0] && workspace.Height == shape[1] && workspace.Width == shape[2] : workspace.Pixels.Length == network.Inputs[0].Size;
        if (!fits)
            throw new ArgumentException(
                $"{network.Name}'s input '{network.Inputs[0].Name}' is {Shapes.Text(shape)}, but '{_images.Name(index)}' is [{workspace.Channels}, {workspace.Height}, {workspace.Width}] after the transforms; crop or resize it, or set ImageFileOptions.Channels.");
    }
}
