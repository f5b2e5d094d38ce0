using DeepGen.Generators.Emit;
using DeepGen.Generators.Graph;
using DeepGen.Reference;

namespace DeepGen.Zoo.Checking;

/// <summary>The double-precision interpreter, given the weights that a network has before its first step.</summary>
internal sealed class Oracle
{
    /// <summary>For a network that does not make more of rounding than usual.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>What a sum of some hundred products in float is off by, as a share of the size of all such sums.</summary>
    private const double Rounding = 1e-6;

    /// <summary>Which kinks are crossed is chance: so many times is it tried, and so much more is allowed.</summary>
    private const int NoisyRuns = 3;

    private const double Slack = 3;

    /// <summary>Above it a comparison says nothing.</summary>
    private const double MostBound = 0.05;

    /// <summary>More multiply-adds than the interpreter does in about a minute.</summary>
    private const double MostMacs = 1e11;

    private readonly ReferenceInterpreter interpreter;
    private readonly double[][] inputs;
    private readonly double[][] targets;
    private readonly Batch batch;
    private readonly ulong seed;

    public Oracle(NetworkGraph graph, Network network, Batch batch)
    {
        this.batch = batch;
        seed = network.Options.Seed;
        interpreter = new ReferenceInterpreter(graph);
        foreach (var parameter in network.Parameters)
            Widen(parameter.Values).CopyTo(interpreter.Weights(parameter.Name), 0);
        inputs = network.Definition.Inputs.Select((t, i) => t.Element == Element.Float32 ? Widen(batch.Input<float>(i)) : Widen(batch.Input<int>(i))).ToArray();
        targets = network.Definition.Targets.Select((t, i) => t.Element == Element.Float32 ? Widen(batch.Target<float>(i)) : Widen(batch.Target<int>(i))).ToArray();
    }

    /// <summary>Whether a comparison takes a minute at the most: forward, and twice as much backward.</summary>
    public static bool IsQuick(NetworkGraph graph, int samples) => 3.0 * samples * LayerTable.Macs(graph) <= MostMacs;

    /// <summary>
    /// Compares with the exact step; and where they differ by more than usual, asks how far rounding reaches in this network: a rectifier at its kink or a BatchNorm over
    /// values that are nearly the same makes much of little.
    /// </summary>
    public Comparison Compare(FirstStep step)
    {
        var exact = Run(step.OutputGradient);
        var actual = new StepValues(step.Loss, Widen(step.Output), exact.Names.ToDictionary(n => n, n => Widen(step.Gradients[n]), StringComparer.Ordinal));
        var distances = exact.Values.Distances(actual).ToArray();
        var bound = Tolerance;
        if (distances.Any(d => !(d.Distance <= bound)))
        {
            var reach = Enumerable.Range(1, NoisyRuns).Max(seed => exact.Values.Distances(Run(step.OutputGradient, Rounding, seed).Values).Max(d => d.Distance));
            bound = Math.Max(bound, Math.Min(MostBound, Slack * reach));
        }

        return new(distances.Where(d => !(d.Distance <= bound)).Select(d => FormattableString.Invariant($"{d.Name} differs from the interpreter by {d.Distance:g2}")).ToArray(), bound);
    }

    private (StepValues Values, IEnumerable<string> Names) Run(float[]? outputGradient, double noise = 0, int seed = 0)
    {
        // A training run moves running averages, which no later one here may see.
        var states = interpreter.States.ToDictionary(s => s.Key, s => s.Value.ToArray());
        var run = interpreter.Run(batch.Count, inputs, outputGradient is null ? targets : null, new RunOptions(Training: true, this.seed) { Noise = noise, NoiseSeed = seed });
        if (outputGradient is null)
            run.Backward();
        else
            run.Backward([Widen(outputGradient)]);
        foreach (var (name, values) in states)
            values.CopyTo(interpreter.States[name], 0);
        return (new StepValues(outputGradient is null ? run.Loss : null, run.Outputs[0], run.ParameterGradients), run.ParameterGradients.Keys);
    }

    private static double[] Widen(ReadOnlySpan<float> values)
    {
        var result = new double[values.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = values[i];
        return result;
    }

    private static double[] Widen(ReadOnlySpan<int> values)
    {
        var result = new double[values.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = values[i];
        return result;
    }
}
