namespace DeepGen;

/// <summary>
/// Changes an input until a weighted sum of terms, each of one output, is low: what features should be (A. Mahendran and A. Vedaldi 2015), what style and content should be (<see cref="StyleTransfer"/>). The steps are Adam's
/// (D. Kingma and J. Ba 2015) with its usual β₁ 0.9 and β₂ 0.999. Training mode, as with <see cref="Saliency"/>.
/// </summary>
public sealed record InputDescent
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    /// <summary>The number of steps. At least 1.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>Adam's rate: about how far a value goes in one step. Above 0.</summary>
    public float Rate { get; init; } = 0.02f;

    /// <summary>The weight of the total variation Σ ((x[c,i,j+1] − x[c,i,j])² + (x[c,i+1,j] − x[c,i,j])²)/n, n the values of the input; for inputs [C, H, W]. At least 0. Mahendran and Vedaldi 2015, with β = 2.</summary>
    public double TotalVariation { get; init; }

    /// <summary>The lowest value that the input may have.</summary>
    public float Lowest { get; init; } = float.NegativeInfinity;

    /// <summary>The highest value that the input may have.</summary>
    public float Highest { get; init; } = float.PositiveInfinity;

    /// <summary>Changes a sample in place.</summary>
    /// <param name="network">A network with one input of floats and any number of outputs; it is afterwards what it was before.</param>
    /// <param name="sample">One sample, to begin with and to end with.</param>
    /// <param name="terms">What is to become low.</param>
    /// <param name="progress">Told before each step its number, from 0, the sum, and the sample so far.</param>
    /// <param name="cancellationToken">Ends it between two steps; the sample is what it was by then.</param>
    /// <returns>The sum before each step.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, the network has other inputs, there is no term or no output of its name, or the sample has another size.</exception>
    /// <exception cref="NonFiniteException">The sum is NaN or infinite; the sample is what it was before the step.</exception>
    /// <exception cref="InvalidOperationException">Another phase is running.</exception>
    public double[] Run(Network network, Span<float> sample, IReadOnlyList<OutputTerm> terms, Action<int, double, ReadOnlySpan<float>>? progress = null, CancellationToken cancellationToken = default)
    {
        using var probe = new Probe("InputDescent", network, severalOutputs: true);
        Check(probe.Input);
        var outputs = probe.Find(terms);
        probe.Set(sample);
        var values = new List<double>(Steps);
        var value = 0.0;
        var (first, second) = (new double[sample.Length], new double[sample.Length]);
        network.Undisturbed("InputDescent", () =>
        {
            for (var step = 0; step < Steps && !cancellationToken.IsCancellationRequested; step++)
            {
                var x = probe.Batch.Input<float>();
                value = probe.Run(terms, outputs) + AddVariation(x, probe.Input.Shape, probe.InputGradient);
                if (!double.IsFinite(value)) break;
                values.Add(value);
                progress?.Invoke(step, value, x);
                Descend(x, probe.InputGradient, first, second, step + 1);
            }
        });
        probe.Batch.Input<float>().CopyTo(sample);
        if (!double.IsFinite(value))
            throw new NonFiniteException($"InputDescent: the sum of the terms is not finite in step {values.Count + 1}. Lower InputDescent.Rate, or look at the weights of {network.Definition.Name}.", values.Count + 1, null, value);
        return [.. values];
    }

    /// <summary>The sum for a sample, and its derivative; nothing is changed.</summary>
    /// <param name="network">As for <see cref="Run"/>.</param>
    /// <param name="sample">One sample.</param>
    /// <param name="terms">What is added up.</param>
    /// <param name="gradient">Receives the derivative with respect to each value of the sample.</param>
    /// <exception cref="ArgumentException">As for <see cref="Run"/>, or the gradient has another length than the sample.</exception>
    /// <exception cref="InvalidOperationException">Another phase is running.</exception>
    public double Evaluate(Network network, ReadOnlySpan<float> sample, IReadOnlyList<OutputTerm> terms, Span<float> gradient)
    {
        using var probe = new Probe("InputDescent", network, severalOutputs: true);
        Check(probe.Input);
        var outputs = probe.Find(terms);
        probe.Set(sample);
        if (gradient.Length != sample.Length) throw new ArgumentException($"The gradient must have as many values as the sample, {sample.Length}, but has {gradient.Length}.", nameof(gradient));
        var value = 0.0;
        network.Undisturbed("InputDescent", () => value = probe.Run(terms, outputs) + AddVariation(probe.Batch.Input<float>(), probe.Input.Shape, probe.InputGradient));
        probe.InputGradient.CopyTo(gradient);
        return value;
    }

    private void Check(TensorDefinition input)
    {
        InputSteps.Check("InputDescent", Steps, Rate, Lowest, Highest);
        if (!(TotalVariation >= 0) || !double.IsFinite(TotalVariation) || (TotalVariation > 0 && input.Shape.Length != 3))
            throw new ArgumentOutOfRangeException(nameof(TotalVariation), TotalVariation, $"InputDescent.TotalVariation must be at least 0, and 0 where the input is no picture [C, H, W]; it is {Shapes.Text(input.Shape)}.");
    }

    /// <summary>Adam's step, within the bounds.</summary>
    private void Descend(Span<float> x, ReadOnlySpan<float> gradient, double[] first, double[] second, int step)
    {
        var rate = Rate / (1 - Math.Pow(Beta1, step));
        var scale = 1 / Math.Sqrt(1 - Math.Pow(Beta2, step));
        for (var i = 0; i < x.Length; i++)
        {
            double g = gradient[i];
            first[i] = (Beta1 * first[i]) + ((1 - Beta1) * g);
            second[i] = (Beta2 * second[i]) + ((1 - Beta2) * g * g);
            x[i] = Math.Clamp((float)(x[i] - (rate * first[i] / ((Math.Sqrt(second[i]) * scale) + Epsilon))), Lowest, Highest);
        }
    }

    /// <summary>The weighted total variation; its derivative is added.</summary>
    private double AddVariation(ReadOnlySpan<float> x, ReadOnlySpan<int> shape, Span<float> gradient)
    {
        if (TotalVariation == 0) return 0;
        int height = shape[1], width = shape[2];
        var (sum, factor) = (0.0, TotalVariation / x.Length);
        for (var i = 0; i < x.Length; i++)
        {
            if (i % width < width - 1) sum += Add(x, gradient, i, i + 1);
            if (i / width % height < height - 1) sum += Add(x, gradient, i, i + width);
        }

        return factor * sum;

        double Add(ReadOnlySpan<float> x, Span<float> gradient, int at, int next)
        {
            var difference = (double)x[next] - x[at];
            gradient[next] += (float)(2 * factor * difference);
            gradient[at] -= (float)(2 * factor * difference);
            return difference * difference;
        }
    }
}
