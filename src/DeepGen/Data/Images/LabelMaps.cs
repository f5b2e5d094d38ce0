namespace DeepGen;

/// <summary>A class for every pixel of every picture: pictures whose values stand for classes.</summary>
public sealed class LabelMaps
{
    /// <summary>A pixel of no class: the network's ignored class (<c>ignoreIndex</c>) is written for it.</summary>
    public const int Ignored = -1;

    private const int None = -2;

    private readonly int[] _classes = new int[256];

    /// <summary>Maps from pictures of one channel, usually read with <see cref="PixelValues.Raw"/>. Each is read once to see that it holds nothing else.</summary>
    /// <param name="maps">The maps, in the order of the pictures.</param>
    /// <param name="values">The value of each class, in the order of the classes: 0 and 255 for a mask in black and white.</param>
    /// <param name="ignored">A value of pixels that do not count; null for none.</param>
    /// <param name="outside">The class of what a transform brings in from outside a map, or <see cref="Ignored"/>.</param>
    /// <exception cref="ArgumentException">There is no value, one comes twice, or <paramref name="outside"/> is no class.</exception>
    /// <exception cref="InvalidDataException">A map has more channels, or another value; the message names it and the pixel.</exception>
    public LabelMaps(IImageSource maps, IReadOnlyList<byte> values, byte? ignored = null, int outside = 0)
    {
        ArgumentNullException.ThrowIfNull(maps);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0) throw new ArgumentException("There is no class.", nameof(values));
        if (outside is < Ignored || outside >= values.Count) throw new ArgumentOutOfRangeException(nameof(outside), outside, $"There are classes 0 to {values.Count - 1}, and LabelMaps.Ignored.");
        (Maps, Classes, Outside) = (maps, values.Count, outside);
        Array.Fill(_classes, None);
        for (var label = 0; label < values.Count; label++) Define(values[label], label);
        if (ignored is { } value) Define(value, Ignored);
        var map = new Image();
        for (var i = 0; i < maps.Count; i++)
        {
            maps.Read(i, map);
            Check(i, map);
        }

        void Define(byte value, int label) => _classes[value] = _classes[value] == None ? label : throw new ArgumentException($"The value {value} stands for two classes.", nameof(values));
    }

    /// <summary>The maps.</summary>
    public IImageSource Maps { get; }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>The class of what a transform brings in from outside a map.</summary>
    public int Outside { get; }

    /// <summary>Reads the classes of the picture in a workspace.</summary>
    internal void Read(int index, ImageWorkspace workspace)
    {
        var map = workspace.DecodedMap;
        Maps.Read(index, map);
        if ((map.Height, map.Width) != (workspace.Height, workspace.Width))
            throw new InvalidDataException($"'{Maps.Name(index)}' is {map.Height}x{map.Width} (height, width), but its picture is {workspace.Height}x{workspace.Width}.");
        Check(index, map);
        var classes = workspace.BeginLabels(Outside);
        ReadOnlySpan<byte> values = map.Pixels;
        for (var i = 0; i < classes.Length; i++) classes[i] = _classes[values[i]];
    }

    private void Check(int index, Image map)
    {
        if (map.Channels != 1) throw new InvalidDataException($"'{Maps.Name(index)}' has {map.Channels} channels, and a map of labels has one; read it with PixelValues.Raw, or ImageFileOptions.Channels = 1.");
        ReadOnlySpan<byte> values = map.Pixels;
        for (var i = 0; i < values.Length; i++)
            if (_classes[values[i]] == None)
                throw new InvalidDataException($"'{Maps.Name(index)}' has the value {values[i]} in row {i / map.Width}, column {i % map.Width}, which stands for none of the {Classes} classes.");
    }
}
