namespace DeepGen;

/// <summary>Writes one sample as another looks: mirrored, cropped, shifted.</summary>
/// <param name="from">The values of the sample.</param>
/// <param name="to">Where the result goes, all of which is written.</param>
/// <param name="shape">The shape of the result.</param>
public delegate void ViewTransform(ReadOnlySpan<float> from, Span<float> to, ReadOnlySpan<int> shape);

/// <summary>
/// A way of looking at an input for test-time augmentation: what a network says of several views of one sample is averaged (A. Krizhevsky et al. 2012, section 4.1; O. Ronneberger et al. use the seven others of
/// the dihedral group for maps). For networks whose output is a map, a view also says how the map is brought back.
/// </summary>
public sealed class View
{
    private readonly ViewTransform _input;
    private readonly ViewTransform? _output;

    /// <summary>Any view.</summary>
    /// <param name="sourceSize">The number of values of a sample before the view; null for as many as the network takes.</param>
    /// <param name="input">Makes the network's input of a sample.</param>
    /// <param name="output">Brings the network's output back to the sample's pixels; null where the output does not depend on places, such as scores of classes.</param>
    public View(int? sourceSize, ViewTransform input, ViewTransform? output = null)
    {
        if (sourceSize is < 1) throw new ArgumentOutOfRangeException(nameof(sourceSize), sourceSize, "A sample has at least one value.");
        ArgumentNullException.ThrowIfNull(input);
        (SourceSize, _input, _output) = (sourceSize, input, output);
    }

    /// <summary>The sample as it is.</summary>
    public static View Identity { get; } = Symmetry((from, to, _) => from.CopyTo(to));

    /// <summary>Left and right exchanged: the last axis runs backward.</summary>
    public static View FlipHorizontal { get; } = Symmetry((from, to, shape) => Turn(from, to, shape, rows: false, columns: true));

    /// <summary>Top and bottom exchanged: the last axis but one runs backward.</summary>
    public static View FlipVertical { get; } = Symmetry((from, to, shape) => Turn(from, to, shape, rows: true, columns: false));

    /// <summary>Turned by half a circle.</summary>
    public static View Rotate180 { get; } = Symmetry((from, to, shape) => Turn(from, to, shape, rows: true, columns: true));

    /// <summary>Rows and columns exchanged, for maps as high as wide.</summary>
    public static View Transpose { get; } = Symmetry(Transposed);

    /// <summary>The number of values of a sample before the view; null for as many as the network takes.</summary>
    public int? SourceSize { get; }

    /// <summary>A part of a larger picture [channels, height, width], as large as the network's input.</summary>
    /// <param name="channels">Channels of the picture.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Columns of the picture.</param>
    /// <param name="top">The first row of the part.</param>
    /// <param name="left">The first column of the part.</param>
    /// <param name="mirrored">Whether left and right of the part are exchanged.</param>
    public static View Crop(int channels, int height, int width, int top, int left, bool mirrored = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        return new View(checked(channels * height * width), (from, to, shape) =>
        {
            if (shape.Length != 3 || shape[0] != channels || top + shape[1] > height || left + shape[2] > width)
                throw new ArgumentException($"A crop of {Shapes.Text(shape.ToArray())} at row {top}, column {left} is not inside a picture of [{channels}, {height}, {width}].");
            for (var row = 0; row < shape[0] * shape[1]; row++)
            {
                var line = to.Slice(row * shape[2], shape[2]);
                from.Slice((((row / shape[1] * height) + (row % shape[1]) + top) * width) + left, shape[2]).CopyTo(line);
                if (mirrored) line.Reverse();
            }
        });
    }

    internal void Apply(ReadOnlySpan<float> sample, Span<float> input, ReadOnlySpan<int> shape) => _input(sample, input, shape);

    /// <summary>Brings an output back; one that is no map stays.</summary>
    internal void Restore(ReadOnlySpan<float> output, Span<float> map, ReadOnlySpan<int> shape)
    {
        if (_output == null || shape.Length < 2) output.CopyTo(map);
        else _output(output, map, shape);
    }

    /// <summary>A view that is undone by itself.</summary>
    private static View Symmetry(ViewTransform transform) => new(null, transform, transform);

    private static void Turn(ReadOnlySpan<float> from, Span<float> to, ReadOnlySpan<int> shape, bool rows, bool columns)
    {
        if (shape.Length < 2) throw new ArgumentException($"Only tensors with rows and columns can be flipped, not {Shapes.Text(shape.ToArray())}.");
        int height = shape[^2], width = shape[^1];
        for (var line = 0; line < to.Length / width; line++)
        {
            var source = rows ? (line / height * height) + height - 1 - (line % height) : line;
            var target = to.Slice(line * width, width);
            from.Slice(source * width, width).CopyTo(target);
            if (columns) target.Reverse();
        }
    }

    private static void Transposed(ReadOnlySpan<float> from, Span<float> to, ReadOnlySpan<int> shape)
    {
        if (shape.Length < 2 || shape[^1] != shape[^2]) throw new ArgumentException($"Only tensors as high as wide can be transposed, not {Shapes.Text(shape.ToArray())}.");
        var side = shape[^1];
        for (var plane = 0; plane < to.Length; plane += side * side)
            for (var y = 0; y < side; y++)
                for (var x = 0; x < side; x++)
                    to[plane + (y * side) + x] = from[plane + (x * side) + y];
    }
}
