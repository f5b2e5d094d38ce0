using System.Runtime.CompilerServices;

namespace DeepGen;

/// <summary>Another size: every pixel of the result is a weighted mean of those that a triangle around it covers, first along rows and then along columns.</summary>
internal sealed unsafe class Resize : PixelTransform
{
    private readonly int _height;
    private readonly int? _width;

    /// <param name="height">The height, or the shorter side.</param>
    /// <param name="width">The width; null to keep the proportions.</param>
    public Resize(int height, int? width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (width is { } some) ArgumentOutOfRangeException.ThrowIfLessThan(some, 1, nameof(width));
        (_height, _width) = (height, width);
    }

    internal override bool ChangesSize => true;

    internal override (int Height, int Width) SizeAfter(int height, int width)
    {
        if (_width is { } exact) return (_height, exact);
        return height < width ? (_height, Math.Max(1, (int)((long)_height * width / height))) : (Math.Max(1, (int)((long)_height * height / width)), _height);
    }

    public override void Apply(ImageWorkspace workspace, ref CounterRandom random)
    {
        int height = workspace.Height, width = workspace.Width;
        var (newHeight, newWidth) = SizeAfter(height, width);
        if ((newHeight, newWidth) == (height, width)) return;
        var values = workspace.Target(newHeight, newWidth, out var labels);
        var rows = workspace.Scratch(0, (nint)workspace.Channels * height * newWidth);
        var taps = Taps(width, newWidth);
        var weights = workspace.Scratch(1, (nint)newWidth * (taps + 1));
        Weights(width, newWidth, taps, weights);
        Across(workspace.Values, (nint)workspace.Channels * height, width, newWidth, taps, weights, rows);
        taps = Taps(height, newHeight);
        weights = workspace.Scratch(1, (nint)newHeight * (taps + 1));
        Weights(height, newHeight, taps, weights);
        for (var c = 0; c < workspace.Channels; c++) Down(rows + ((nint)c * height * newWidth), newHeight, newWidth, taps, weights, values + ((nint)c * newHeight * newWidth));
        if (labels != null) Nearest(workspace.Labels, height, width, labels, newHeight, newWidth);
        workspace.Finish(newHeight, newWidth);
    }

    /// <summary>Pixels that the triangle covers at most.</summary>
    private static int Taps(int size, int newSize) => (2 * (int)Math.Ceiling(Math.Max(1, (double)size / newSize))) + 1;

    /// <summary>For each pixel of the result the first one it is made of, and a weight for that and for those behind it; as many as there are, and then zeros.</summary>
    private static void Weights(int size, int newSize, int taps, float* to)
    {
        var scale = (double)size / newSize;
        var support = Math.Max(1, scale);
        for (var i = 0; i < newSize; i++, to += taps + 1)
        {
            var center = (i + 0.5) * scale;
            var first = Math.Max(0, (int)(center - support + 0.5));
            var count = Math.Min(size, (int)(center + support + 0.5)) - first;
            double sum = 0;
            for (var k = 0; k < count; k++) sum += Triangle(k);
            for (var k = 0; k < taps; k++) to[k + 1] = k < count ? (float)(Triangle(k) / sum) : 0;
            *(int*)to = first;

            double Triangle(int k) => Math.Max(0, 1 - Math.Abs((first + k - center + 0.5) / support));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Across(float* from, nint rows, int width, int newWidth, int taps, float* weights, float* to)
    {
        for (nint row = 0; row < rows; row++, from += width, to += newWidth)
        {
            var weight = weights;
            for (var x = 0; x < newWidth; x++, weight += taps + 1)
            {
                var first = *(int*)weight;
                var count = Math.Min(taps, width - first);
                float sum = 0;
                for (var k = 0; k < count; k++) sum += weight[k + 1] * from[first + k];
                to[x] = sum;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Down(float* from, int newHeight, int width, int taps, float* weights, float* to)
    {
        for (var y = 0; y < newHeight; y++, to += width, weights += taps + 1)
        {
            var row = from + ((nint)(*(int*)weights) * width);
            for (var x = 0; x < width; x++) to[x] = weights[1] * row[x];
            for (var k = 1; k < taps && weights[k + 1] != 0; k++)
            {
                row += width;
                PixelMath.AddScaled(to, row, width, weights[k + 1]);
            }
        }
    }

    private static void Nearest(int* from, int height, int width, int* to, int newHeight, int newWidth)
    {
        for (var y = 0; y < newHeight; y++)
        {
            var row = from + ((nint)((((2L * y) + 1) * height) / (2L * newHeight)) * width);
            for (var x = 0; x < newWidth; x++) to[((nint)y * newWidth) + x] = row[(((2L * x) + 1) * width) / (2L * newWidth)];
        }
    }
}
