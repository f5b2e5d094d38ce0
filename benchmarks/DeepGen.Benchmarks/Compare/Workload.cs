namespace DeepGen.Benchmarks.Compare;

/// <summary>What both sides run.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Batch">Samples of one run.</param>
/// <param name="Kind">What one run is.</param>
/// <param name="Create">Makes our side.</param>
/// <param name="Modules">The other side's modules, of benchmarks/peers/networks.py, in the order of our files of weights.</param>
internal sealed record Workload(string Name, int Batch, WorkloadKind Kind, Func<Workload, int, ISide> Create, params string[] Modules)
{
    /// <summary>Whether losses can be compared: random numbers that a layer draws are other ones on each side.</summary>
    public bool HasDropout { get; init; }

    /// <summary>Whether the rule is Adam, not SGD with a momentum of 0.9.</summary>
    public bool UsesAdam { get; init; }

    /// <summary>
    /// Small enough that many steps over the same batch go well, and that rounding stays small over the steps that are compared: at 1e-3, three steps of ResNet-50
    /// over four samples differ by 1e-2 between PyTorch's own float and double.
    /// </summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Whether the other side may gain by putting the channels last.</summary>
    public bool HasImages { get; init; } = true;

    /// <summary>Whether the table lists it against itself with one thread, too.</summary>
    public bool IsScaling { get; init; }

    /// <summary>Whether <c>memory</c> measures it.</summary>
    public bool IsForMemory { get; init; }

    /// <summary>Whether one run trains.</summary>
    public bool Trains => Kind is WorkloadKind.Step or WorkloadKind.Adversarial;

    /// <summary>The batch in the table.</summary>
    public string BatchText => Kind == WorkloadKind.Kernel ? "" : $"{Batch}";

    public Optimizer Optimizer() => UsesAdam ? new Adam(LearningRate) : new Sgd(LearningRate, 0.9f);

    /// <summary>Whether one of the texts is in the name with the batch; all workloads where there are none.</summary>
    public bool Is(string[] texts) => texts.Length == 0 || texts.Any(text => $"{Name} {BatchText}".Contains(text, StringComparison.OrdinalIgnoreCase));
}
