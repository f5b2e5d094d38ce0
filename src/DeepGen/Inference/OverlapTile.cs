namespace DeepGen;

/// <summary>
/// Runs a network that is compiled for one size of picture over a picture of any size, tile by tile, so that every pixel of the result has its whole context and no seams show: the overlap-tile strategy of
/// O. Ronneberger, P. Fischer and T. Brox 2015 (U-Net, figure 2). Beyond its borders the picture is continued by mirroring.
/// </summary>
/// <remarks>
/// <para>The network has one input [C, h, w] and an output [K, h′, w′] with a pixel for each pixel of the input: of the same size (padded convolutions), or smaller by as much on both sides (unpadded ones). Of what a
/// padded network gives, a margin is cropped from each tile, because its border has seen zeros in place of the picture: half the receptive field for a result without seams, less for fewer tiles.</para>
/// <para>Tiles begin at multiples of <see cref="StepHeight"/> and <see cref="StepWidth"/>; the last ones of a row or column reach over the border. Mirroring leaves out the border itself (d c b | a b c d | c b a) and is
/// repeated where a picture is smaller than what is needed of it.</para>
/// </remarks>
public sealed class OverlapTile : IDisposable
{
    private readonly Network _network;
    private readonly Batch _batch;
    private readonly OutputMemory _outputs;
    private readonly int[] _input;
    private readonly int[] _output;
    private readonly int _number;
    private readonly int _top;
    private readonly int _left;

    /// <summary>Prepares a network for pictures of any size.</summary>
    /// <param name="network">A network with one input of floats [C, h, w]. It stays its owner's.</param>
    /// <param name="margin">Pixels that are cropped from each side of a tile's output. An unpadded network needs none; a padded one must be told, and 0 is allowed.</param>
    /// <param name="output">The number of the output.</param>
    /// <exception cref="ArgumentException">Input or output are no pictures, the output is larger than the input or cannot lie in its middle, a padded network is given no margin, or nothing is left within the margin.</exception>
    public OverlapTile(Network network, int? margin = null, int output = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        var definition = network.Definition;
        if ((uint)output >= (uint)definition.Outputs.Length) throw new ArgumentException($"{definition.Name} has {Shapes.Count(definition.Outputs.Length, "output")}, and output {output} is wanted.", nameof(output));
        if (definition.Inputs is not [{ Element: Element.Float32, Shape.Length: 3 }] || definition.Outputs[output].Shape.Length != 3)
            throw new ArgumentException($"OverlapTile needs a network from one picture [C, h, w] to another, but {definition.Name} goes from {string.Join(", ", definition.Inputs.Select(tensor => Shapes.Text(tensor.Shape)))} to {Shapes.Text(definition.Outputs[output].Shape)}.", nameof(network));
        (_network, _number) = (network, output);
        (_input, _output) = (definition.Inputs[0].Shape, definition.Outputs[output].Shape);
        int high = _input[1] - _output[1], wide = _input[2] - _output[2];
        if (high < 0 || wide < 0 || high % 2 != 0 || wide % 2 != 0)
            throw new ArgumentException($"OverlapTile needs an output in the middle of the input, but that of {definition.Name} is {_output[1]}x{_output[2]} pixels and the input {_input[1]}x{_input[2]}; the differences must be even and not negative.", nameof(network));
        if (margin == null && (high == 0 || wide == 0))
            throw new ArgumentException($"{definition.Name} is padded: its output is as large as its input, and its border has seen zeros. Say how many pixels to crop from each side: half the receptive field gives no seams.", nameof(margin));
        Margin = margin ?? 0;
        if (Margin < 0 || 2 * Margin >= Math.Min(_output[1], _output[2]))
            throw new ArgumentOutOfRangeException(nameof(margin), Margin, $"The output of {definition.Name} is {_output[1]}x{_output[2]} pixels; the margin must be at least 0 and leave some of it.");
        (_top, _left) = ((high / 2) + Margin, (wide / 2) + Margin);
        (StepHeight, StepWidth) = (_output[1] - (2 * Margin), _output[2] - (2 * Margin));
        _batch = new Batch(network);
        _outputs = new OutputMemory(definition, network.MaxBatch);
    }

    /// <summary>Pixels that are cropped from each side of a tile's output.</summary>
    public int Margin { get; }

    /// <summary>Rows of the result that come from one tile.</summary>
    public int StepHeight { get; }

    /// <summary>Columns of the result that come from one tile.</summary>
    public int StepWidth { get; }

    /// <summary>The channels of a picture.</summary>
    public int InputChannels => _input[0];

    /// <summary>The channels of a result.</summary>
    public int OutputChannels => _output[0];

    /// <summary>The number of tiles of a picture; they are computed as many at a time as the network's <see cref="Network.MaxBatch"/>.</summary>
    public long Tiles(int height, int width) => (long)Rows(height) * Columns(width);

    /// <summary>Runs the network over a picture. One call at a time.</summary>
    /// <param name="picture">The picture [C, height, width].</param>
    /// <param name="height">Its rows, at least 1.</param>
    /// <param name="width">Its columns, at least 1.</param>
    /// <param name="result">Receives what the network gives for each pixel [K, height, width], as it is: logits stay logits.</param>
    /// <exception cref="ArgumentException">The size is below 1, or a span does not fit it.</exception>
    public void Predict(ReadOnlySpan<float> picture, int height, int width, Span<float> result)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (picture.Length != (long)InputChannels * height * width)
            throw new ArgumentException($"A picture of [{InputChannels}, {height}, {width}] has {(long)InputChannels * height * width} values, but the span has {picture.Length}.", nameof(picture));
        if (result.Length < (long)OutputChannels * height * width)
            throw new ArgumentException($"The result is [{OutputChannels}, {height}, {width}] and needs room for {(long)OutputChannels * height * width} values, but the span has {result.Length}.", nameof(result));
        int rows = Rows(height), columns = Columns(width);
        for (long first = 0; first < (long)rows * columns; first += _batch.Capacity)
        {
            _batch.Count = (int)Math.Min(_batch.Capacity, ((long)rows * columns) - first);
            for (var i = 0; i < _batch.Count; i++) Cut(picture, height, width, Top(first + i), Left(first + i), _batch.Input<float>()[(i * _batch.Definition.Inputs[0].Size)..]);
            _network.Predict(_batch, _outputs);
            var values = _outputs.Values(_number, _batch.Count);
            var size = values.Length / _batch.Count;
            for (var i = 0; i < _batch.Count; i++) Paste(values.Slice(i * size, size), result, height, width, Top(first + i), Left(first + i));
        }

        int Top(long tile) => (int)(tile / columns) * StepHeight;
        int Left(long tile) => (int)(tile % columns) * StepWidth;
    }

    /// <summary>Releases the memory of its batches, not the network.</summary>
    public void Dispose()
    {
        _batch.Dispose();
        _outputs.Dispose();
    }

    /// <summary>The place inside that mirroring shows at a place outside.</summary>
    internal static int Mirrored(int place, int length)
    {
        if (length == 1) return 0;
        var period = 2 * (length - 1);
        var within = ((place % period) + period) % period;
        return within < length ? within : period - within;
    }

    private int Rows(int height) => ((height - 1) / StepHeight) + 1;

    private int Columns(int width) => ((width - 1) / StepWidth) + 1;

    /// <summary>The part of the picture from which the network computes the result from a row and a column on.</summary>
    private void Cut(ReadOnlySpan<float> picture, int height, int width, int top, int left, Span<float> tile)
    {
        int tall = _input[1], wide = _input[2], from = left - _left;
        for (var row = 0; row < _input[0] * tall; row++)
        {
            var y = Mirrored(top - _top + (row % tall), height);
            var source = picture.Slice(((row / tall * height) + y) * width, width);
            var target = tile.Slice(row * wide, wide);
            var inside = Math.Clamp(-from, 0, wide);
            var beyond = Math.Clamp(width - from, inside, wide);
            if (beyond > inside) source[(from + inside)..(from + beyond)].CopyTo(target[inside..]);
            for (var x = 0; x < inside; x++) target[x] = source[Mirrored(from + x, width)];
            for (var x = beyond; x < wide; x++) target[x] = source[Mirrored(from + x, width)];
        }
    }

    private void Paste(ReadOnlySpan<float> tile, Span<float> result, int height, int width, int top, int left)
    {
        int tall = Math.Min(StepHeight, height - top), wide = Math.Min(StepWidth, width - left);
        for (var channel = 0; channel < OutputChannels; channel++)
            for (var y = 0; y < tall; y++)
                tile.Slice((((channel * _output[1]) + Margin + y) * _output[2]) + Margin, wide).CopyTo(result[((((channel * height) + top + y) * width) + left)..]);
    }
}
