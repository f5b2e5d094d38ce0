using DeepGen.Kernels;

namespace DeepGen;

/// <summary>Makes the first values of a parameter. The numbers depend on the seed, the parameter's name and the element alone.</summary>
internal static class Initialization
{
    private const float DefaultDeviation = 0.01f;

    public static void Fill(Span<float> values, ParameterDefinition parameter, Initializer initializer, float? value, ulong seed)
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
                Uniform(values, value is { } bound ? Scale(bound, parameter, initializer) : Math.Sqrt(1.0 / FanIn(parameter, initializer)), parameter.Name, seed);
                break;
            case Initializer.Normal:
                Normal(values, Scale(value ?? DefaultDeviation, parameter, initializer), parameter.Name, seed);
                break;
            case Initializer.Xavier:
                Uniform(values, Math.Sqrt(6.0 / (FanIn(parameter, initializer) + parameter.FanOut)), parameter.Name, seed);
                break;
            case Initializer.He:
                Normal(values, Math.Sqrt(2.0 / FanIn(parameter, initializer)), parameter.Name, seed);
                break;
            case Initializer.Kumar:
                Normal(values, Math.Sqrt(KumarGain(parameter.Activation) / FanIn(parameter, initializer)), parameter.Name, seed);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(initializer), initializer, $"Unknown initializer for '{parameter.Name}'.");
        }
    }

    /// <summary>1 / (g'(0)² (1 + g(0)²)): equation 15 of Kumar 2017; for ReLU, which has no derivative at 0, He's value as in the paper.</summary>
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

    private static void Uniform(Span<float> values, double bound, string name, ulong seed)
    {
        var stream = Stream(name);
        for (var i = 0; i < values.Length; i += 4)
        {
            var (x0, x1, x2, x3) = Block(seed, stream, (ulong)i / 4);
            Put(values, i, Centred(x0) * bound, Centred(x1) * bound, Centred(x2) * bound, Centred(x3) * bound);
        }
    }

    private static void Normal(Span<float> values, double deviation, string name, ulong seed)
    {
        var stream = Stream(name);
        for (var i = 0; i < values.Length; i += 4)
        {
            var (x0, x1, x2, x3) = Block(seed, stream, (ulong)i / 4);
            var (a, b) = BoxMuller(x0, x1);
            var (c, d) = BoxMuller(x2, x3);
            Put(values, i, a * deviation, b * deviation, c * deviation, d * deviation);
        }
    }

    private static void Put(Span<float> values, int at, double a, double b, double c, double d)
    {
        ReadOnlySpan<float> four = [(float)a, (float)b, (float)c, (float)d];
        four[..Math.Min(4, values.Length - at)].CopyTo(values[at..]);
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

    private static (uint X0, uint X1, uint X2, uint X3) Block(ulong seed, ulong stream, ulong index) =>
        Philox.Block((uint)index, (uint)(index >> 32), (uint)stream, (uint)(stream >> 32), (uint)seed, (uint)(seed >> 32));

    /// <summary>FNV-1a of the name, apart from the streams of other purposes by its top bit.</summary>
    private static ulong Stream(string name)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var character in name) hash = (hash ^ character) * 0x100000001B3UL;
        return hash | 1UL << 63;
    }
}
