namespace DeepGen.Reference;

/// <summary>The optimizers in double, as PyTorch's documentation writes them.</summary>
internal abstract class ReferenceOptimizer
{
    private readonly Dictionary<string, double[][]> slots = new(StringComparer.Ordinal);

    protected int Step { get; private set; }

    public void Update(IReadOnlyDictionary<string, double[]> parameters, IReadOnlyDictionary<string, double[]> gradients)
    {
        Step++;
        foreach (var (name, w) in parameters)
        {
            if (!slots.TryGetValue(name, out var slot))
            {
                slots.Add(name, slot = [new double[w.Length], new double[w.Length]]);
            }

            for (var i = 0; i < w.Length; i++)
            {
                w[i] = Next(w[i], gradients[name][i], ref slot[0][i], ref slot[1][i]);
            }
        }
    }

    protected abstract double Next(double w, double g, ref double m, ref double v);
}

internal sealed class ReferenceSgd(double rate, double momentum = 0, double weightDecay = 0, bool nesterov = false) : ReferenceOptimizer
{
    protected override double Next(double w, double g, ref double m, ref double v)
    {
        g += weightDecay * w;
        m = Step == 1 ? g : (momentum * m) + g;
        return w - (rate * (momentum == 0 ? g : nesterov ? g + (momentum * m) : m));
    }
}

internal sealed class ReferenceAdam(double rate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double decoupledDecay = 0) : ReferenceOptimizer
{
    protected override double Next(double w, double g, ref double m, ref double v)
    {
        w -= rate * decoupledDecay * w;
        m = (beta1 * m) + ((1 - beta1) * g);
        v = (beta2 * v) + ((1 - beta2) * g * g);
        return w - (rate * (m / (1 - Math.Pow(beta1, Step))) / (Math.Sqrt(v / (1 - Math.Pow(beta2, Step))) + epsilon));
    }
}
