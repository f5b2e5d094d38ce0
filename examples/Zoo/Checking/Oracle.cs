using DeepGen.Generators.Emit;
using DeepGen.Generators.Graph;
using DeepGen.Reference;

namespace DeepGen.Zoo.Checking;

/// <summary>The double-precision interpreter, given the weights that a network has before its first step.</summary>
internal sealed class Oracle
{
    private const double Tolerance = 1e-4;

    /// <summary>More multiply-adds than the interpreter does in about a minute.</summary>
    private const double MostMacs = 2e11;

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

    /// <summary>What differs from the interpreter.</summary>
    public IEnumerable<string> Differences(FirstStep step)
    {
        var run = interpreter.Run(batch.Count, inputs, step.Loss is null ? null : targets, new RunOptions(Training: true, seed));
        if (step.OutputGradient is { } dy)
            run.Backward([Widen(dy)]);
        else
            run.Backward();

        if (step.Loss is { } loss && Differs("loss", [run.Loss], [loss], 1e-3) is { } wrongLoss)
            yield return wrongLoss;
        if (Differs("output", run.Outputs[0], step.Output, 1e-6) is { } wrongOutput)
            yield return wrongOutput;

        var expected = run.ParameterGradients;
        var largest = expected.Values.Select(g => Deviation.Length(g)).DefaultIfEmpty(0).Max();
        foreach (var (name, gradient) in expected)
        {
            // The gradient of a bias that a BatchNorm takes out again is a sum that cancels: zero but for rounding, which is that of its terms.
            var floor = Deviation.Length(gradient) < 1e-9 * largest ? largest : 0.05 * largest;
            if (Differs("gradient of " + name, gradient, step.Gradients[name], floor) is { } wrong)
                yield return wrong;
        }
    }

    private static string? Differs(string what, ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double floor)
    {
        var error = Deviation.Relative(expected, actual, floor);
        return error <= Tolerance ? null : FormattableString.Invariant($"{what} differs from the interpreter by {error:g2}");
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
