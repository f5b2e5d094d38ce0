using DeepGen.Kernels;

namespace DeepGen;

/// <summary>Makes the first values of a parameter. The numbers depend on the seed, the parameter's name and the element alone.</summary>
internal static unsafe class Initialization
{
    private const float DefaultDeviation = 0.01f;

    public static void Fill(Workers workers, Span<float> values, ParameterDefinition parameter, Initializer initializer, float? value, ulong seed)
    {
        if (initializer == Initializer.Auto) initializer = parameter.Activation == Activation.Relu ? Initializer.He : Initializer.Xavier;
        switch (initializer)
        {
            case Initializer.Zeros:
                values.Clear();
                break;
            case Initializer.Ones:
                values.Fill(1);
                break;
            case Initializer.Constant:
                values.Fill(value ?? throw new ArgumentException($"Initializer.Constant of '{parameter.Name}' needs a value."));
                break;
            case Initializer.Uniform:
                Random(workers, values, false, value is { } bound ? Scale(bound, parameter, initializer) : Math.Sqrt(1.0 / FanIn(parameter, initializer)), parameter.Name, seed);
                break;
            case Initializer.Normal:
                Random(workers, values, true, Scale(value ?? DefaultDeviation, parameter, initializer), parameter.Name, seed);
                break;
            case Initializer.Xavier:
                Random(workers, values, false, Math.Sqrt(6.0 / (FanIn(parameter, initializer) + parameter.FanOut)), parameter.Name, seed);
                break;
            case Initializer.He:
                Random(workers, values, true, Math.Sqrt(2.0 / FanIn(parameter, initializer)), parameter.Name, seed);
                break;
            case Initializer.Kumar:
                Random(workers, values, true, Math.Sqrt(KumarGain(parameter.Activation) / FanIn(parameter, initializer)), parameter.Name, seed);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(initializer), initializer, $"Unknown initializer for '{parameter.Name}'.");
        }
    }

    /// <summary>1 / (g'(0)² (1 + g(0)²)), Kumar 2017; for ReLU, which has no derivative at 0, He's value as in the paper.</summary>
    private static double KumarGain(Activation activation) => activation switch
    {
        Activation.Relu => 2,
        Activation.Sigmoid => 1 / (0.25 * 0.25 * (1 + 0.5 * 0.5)),
        _ => 1,
    };

    private static int FanIn(ParameterDefinition parameter, Initializer initializer) => parameter.FanIn > 0
        ? parameter.FanIn
        : throw new ArgumentException($"Initializer.{initializer} needs the fan-in of a layer, and '{parameter.Name}' {Shapes.Text(parameter.Shape)} has none; use Normal, Uniform, Zeros, Ones or Constant.");

    private static double Scale(float value, ParameterDefinition parameter, Initializer initializer) => value >= 0 && float.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"Initializer.{initializer} of '{parameter.Name}' needs a finite scale of at least 0.");

    /// <summary>Uniform in ± the bound, or normal with the deviation: four values from each block of random words, over all threads.</summary>
    private static void Random(Workers workers, Span<float> values, bool normal, double scale, string name, ulong seed)
    {
        fixed (float* start = values)
        {
            var draw = new Draw { Values = start, Count = values.Length, Normal = normal, Scale = scale, Stream = Stream(name), Seed = seed };
            workers.For((values.Length + 3) / 4, 200, &draw, &Fill);
        }
    }

    private static void Fill(void* draw, nint begin, nint end)
    {
        var d = *(Draw*)draw;
        for (var block = begin; block < end; block++)
        {
            var (x0, x1, x2, x3) = Philox.Block((uint)block, (uint)(block >> 32), (uint)d.Stream, (uint)(d.Stream >> 32), (uint)d.Seed, (uint)(d.Seed >> 32));
            var (v0, v1) = d.Normal ? BoxMuller(x0, x1) : (Centred(x0), Centred(x1));
            var (v2, v3) = d.Normal ? BoxMuller(x2, x3) : (Centred(x2), Centred(x3));
            ReadOnlySpan<float> four = [(float)(v0 * d.Scale), (float)(v1 * d.Scale), (float)(v2 * d.Scale), (float)(v3 * d.Scale)];
            var left = (int)nint.Min(4, d.Count - (4 * block));
            four[..left].CopyTo(new Span<float>(d.Values + (4 * block), left));
        }
    }

    /// <summary>Two independent standard normal numbers from two uniform ones. G. Box and M. Muller 1958.</summary>
    private static (double First, double Second) BoxMuller(uint x, uint y)
    {
        var radius = Math.Sqrt(-2 * Math.Log((x + 1.0) * (1.0 / 4294967296)));
        var (sin, cos) = Math.SinCos(y * (2 * Math.PI / 4294967296));
        return (radius * cos, radius * sin);
    }

    /// <summary>Uniform in (-1, 1), symmetric about 0.</summary>
    private static double Centred(uint x) => ((x + 0.5) * (2.0 / 4294967296)) - 1;

    /// <summary>FNV-1a of the name, apart from the streams of other purposes by its top bit.</summary>
    private static ulong Stream(string name)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var character in name) hash = (hash ^ character) * 0x100000001B3UL;
        return hash | 1UL << 63;
    }

    private struct Draw
    {
        public float* Values;
        public nint Count;
        public bool Normal;
        public double Scale;
        public ulong Stream;
        public ulong Seed;
    }
}
