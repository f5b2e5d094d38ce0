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
        int height = geometry.Height, width = geometry.Width;
        var points = workspace.Scratch(2, (2 * grid * grid) + ((nint)grid * (height + width)));
        var down = points + (2 * grid * grid);
        var across = down + ((nint)grid * height);
        for (var i = 0; i < 2 * grid * grid; i++) points[i] = (float)(deviation * random.Normal());
        Weights(height, down);
        Weights(width, across);
        for (var axis = 0; axis < 2; axis++, points += grid * grid, field += (nint)height * width)
        {
            for (var y = 0; y < height; y++)
            {
                var row = field + ((nint)y * width);
                new Span<float>(row, width).Clear();
                for (var column = 0; column < grid; column++)
                {
                    float line = 0;
                    for (var k = 0; k < grid; k++) line += down[((nint)k * height) + y] * points[(k * grid) + column];
                    PixelMath.AddScaled(row, across + ((nint)column * width), width, line);
                }
            }
        }
    }

    /// <summary>
    /// How much each point of the grid counts at each pixel: cubic convolution with a = −1/2 (R. Keys 1981) between the four points around it; beyond the grid its edge goes on.
    /// </summary>
    private void Weights(int size, float* to)
    {
        new Span<float>(to, grid * size).Clear();
        for (var pixel = 0; pixel < size; pixel++)
        {
            var place = size > 1 ? (double)pixel * (grid - 1) / (size - 1) : 0;
            var before = Math.Min((int)place, grid - 2);
            var t = place - before;
            Add(before - 1, t * (-0.5 + (t * (1 - (0.5 * t)))));
            Add(before, 1 + (t * t * ((1.5 * t) - 2.5)));
            Add(before + 1, t * (0.5 + (t * (2 - (1.5 * t)))));
            Add(before + 2, t * t * ((0.5 * t) - 0.5));

            void Add(int point, double weight) => to[((nint)Math.Clamp(point, 0, grid - 1) * size) + pixel] += (float)weight;
        }
    }
}
