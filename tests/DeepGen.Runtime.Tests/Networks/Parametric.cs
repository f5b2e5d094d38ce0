namespace DeepGen.Runtime.Tests.Networks;

/// <summary>Parameters of any kind without a program: for optimizers, initializers and files. It has no loss.</summary>
internal sealed unsafe class Parametric : Network
{
    public Parametric(NetworkOptions? options, params ParameterDefinition[] parameters) : base(Define(parameters), options)
    {
    }

    public Parametric(params ParameterDefinition[] parameters) : this(null, parameters)
    {
    }

    /// <summary>Trainable parameters of one dimension, one after the other.</summary>
    public static Parametric Vectors(params int[] lengths)
    {
        nint offset = 0;
        return new Parametric(lengths.Select((length, i) =>
        {
            var parameter = new ParameterDefinition($"p{i}", [length], true, offset, Initializer.Zeros);
            offset += (length + 15) / 16 * 16;
            return parameter;
        }).ToArray());
    }

    private static NetworkDefinition Define(ParameterDefinition[] parameters) => new()
    {
        Name = "Parametric",
        Parameters = parameters,
        ParameterFloats = End(parameters.Where(p => p.Trainable)),
        StateFloats = End(parameters.Where(p => !p.Trainable)),
        Inputs = [new("x", [1])],
        Outputs = [new("y", [1])],
        Inference = new(0, 0),
        Training = new(0, 0),
        Prepare = Nothing,
        Infer = Nothing,
        Forward = Nothing,
        SetOutputGradients = Nothing,
        Backward = Nothing,
    };

    private static void Nothing(ref Frame frame)
    {
    }

    private static nint End(IEnumerable<ParameterDefinition> parameters) =>
        parameters.Select(p => (p.Offset + p.Size + 15) / 16 * 16).DefaultIfEmpty().Max();
}
