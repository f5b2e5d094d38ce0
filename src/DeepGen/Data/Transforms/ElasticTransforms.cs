namespace DeepGen;

/// <summary>Random displacements smoothed by a Gaussian (Simard et al. 2003).</summary>
internal sealed unsafe class Elastic : GeometricTransform
{
    /// <summary>Farther from the middle than this many deviations a Gaussian counts as zero.</summary>
    private const double Reach = 3;

    private readonly float[] _weights;
    private readonly float _strength;

    public Elastic(double strength, double smoothness)
    {
        var radius = (int)Math.Ceiling(Reach * smoothness);
        var bell = Enumerable.Range(-radius, (2 * radius) + 1).Select(i => Math.Exp(-(i * (double)i) / (2 * smoothness * smoothness))).ToArray();
        _strength = (float)strength;
        _weights = Array.ConvertAll(bell, weight => (float)(weight / bell.Sum()));
    }

    public override void Compose(ImageWorkspace workspace, Geometry geometry, ref CounterRandom random)
    {
        var field = geometry.AppendField();
        var size = geometry.Height * geometry.Width;
        random.Fill(new Span<float>(field, 2 * size));
        PixelMath.Scale(field, 2 * size, 2 * _strength, -_strength);
        Smoothing.Run(field, geometry.Height, geometry.Width, _weights, workspace);
        Smoothing.Run(field + size, geometry.Height, geometry.Width, _weights, workspace);
    }
}

/// <summary>A coarse grid of random displacements with a bicubic surface between them (U-Net).</summary>
internal sealed unsafe class ElasticGrid(int grid, double deviation) : GeometricTransform
{
    public override void Compose(ImageWorkspace workspace, Geometry geometry, ref CounterRandom random)
    {
        var field = geometry.AppendField();
        var points = workspace.Scratch(2, (2 * grid * grid) + grid);
        for (var i = 0; i < 2 * grid * grid; i++) points[i] = (float)(deviation * random.Normal());
        Surface(points, field, geometry, points + (2 * grid * grid));
        Surface(points + (grid * grid), field + (geometry.Height * geometry.Width), geometry, points + (2 * grid * grid));
    }

    /// <summary>Cubic convolution with a = −1/2 (R. Keys 1981); beyond the grid its edge goes on.</summary>
    private void Surface(float* points, float* field, Geometry geometry, float* line)
    {
        Span<float> weights = stackalloc float[4];
        for (var row = 0; row < geometry.Height; row++)
        {
            var first = Weights(row, geometry.Height, weights);
            for (var column = 0; column < grid; column++)
            {
                line[column] = 0;
                for (var k = 0; k < 4; k++) line[column] += weights[k] * points[(Math.Clamp(first + k, 0, grid - 1) * grid) + column];
            }

            for (var column = 0; column < geometry.Width; column++)
            {
                var left = Weights(column, geometry.Width, weights);
                float sum = 0;
                for (var k = 0; k < 4; k++) sum += weights[k] * line[Math.Clamp(left + k, 0, grid - 1)];
                field[(row * geometry.Width) + column] = sum;
            }
        }
    }

    /// <summary>The first of the four points around a pixel, and the weights of the four.</summary>
    private int Weights(int pixel, int size, Span<float> weights)
    {
        var place = size > 1 ? (double)pixel * (grid - 1) / (size - 1) : 0;
        var before = Math.Min((int)place, grid - 2);
        var t = (float)(place - before);
        weights[0] = t * (-0.5f + (t * (1 - (0.5f * t))));
        weights[1] = 1 + (t * t * ((1.5f * t) - 2.5f));
        weights[2] = t * (0.5f + (t * (2 - (1.5f * t))));
        weights[3] = t * t * ((0.5f * t) - 0.5f);
        return before - 1;
    }
}
