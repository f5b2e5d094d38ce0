namespace DeepGen.Reference;

/// <summary>A tensor of the reference interpreter: samples outermost, row-major, in double, with its gradient beside it.</summary>
internal sealed class Value
{
    public Value(int[] shape, int samples, bool perSample, double[]? data = null)
    {
        Shape = shape;
        Samples = samples;
        PerSample = perSample;
        Size = shape.Aggregate(1, (n, e) => n * e);
        Data = data ?? new double[samples * Size];
        Gradient = new double[Data.Length];
        if (Data.Length != samples * Size)
        {
            throw new ArgumentException($"{samples} samples of [{string.Join(", ", shape)}] are {samples * Size} values, but {Data.Length} came.");
        }
    }

    /// <summary>Extents of one sample.</summary>
    public int[] Shape { get; }

    /// <summary>The batch, or 1 for what does not depend on the sample.</summary>
    public int Samples { get; }

    public bool PerSample { get; }

    /// <summary>Values of one sample.</summary>
    public int Size { get; }

    public double[] Data { get; }

    public double[] Gradient { get; }

    /// <summary>The call that computed it, null for leaves.</summary>
    public Call? Maker { get; set; }

    /// <summary>Of a Scan: its states after the last step.</summary>
    public Value[] States { get; set; } = [];

    /// <summary>Where sample <paramref name="n"/> of a run starts; every sample reads the same values where there is only one set.</summary>
    public int Start(int n) => PerSample ? n * Size : 0;
}
