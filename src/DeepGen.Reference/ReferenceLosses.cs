using DeepGen.Generators.Graph;

namespace DeepGen.Reference;

/// <summary>The mean, or the sum, over a sample of a loss of each element.</summary>
/// <param name="loss">The loss of x and t, with its derivatives with respect to both.</param>
internal sealed class ReferenceElementwiseLoss(Func<Call, double, double, (double Loss, double X, double Target)> loss, bool sum = false) : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (n, x, t, share) => c.Y.Data[n] += share * loss(c, c.X.Data[x], c.Inputs[1].Data[t]).Loss);

    public override void Backward(Call c) => Each(c, (n, x, t, share) =>
    {
        var (_, dx, dt) = loss(c, c.X.Data[x], c.Inputs[1].Data[t]);
        c.X.Gradient[x] += share * dx * c.Y.Gradient[n];
        c.Inputs[1].Gradient[t] += share * dt * c.Y.Gradient[n];
    });

    private void Each(Call c, Action<int, int, int, double> body)
    {
        for (var n = 0; n < c.Y.Samples; n++)
        {
            for (var i = 0; i < c.X.Size; i++)
            {
                body(n, c.X.Start(n) + i, c.Inputs[1].Start(n) + i, sum ? 1 : 1.0 / c.X.Size);
            }
        }
    }
}

/// <summary>
/// Cross-entropy and negative log-likelihood with PyTorch's reduction 'mean': Σ w·l / Σ w over all samples and positions that count, given as each sample's share times the batch.
/// </summary>
/// <param name="logits">Whether the values are logits, not log-probabilities.</param>
internal sealed class ReferenceClassLoss(bool logits) : ReferenceOp
{
    public override void Forward(Call c)
    {
        var total = Total(c);
        Each(c, (n, row, target) =>
        {
            var p = LogProbabilities(c, row);
            var t = Target(c, target, row.Length);
            for (var k = 0; k < row.Length; k++)
            {
                c.Y.Data[n] -= t[k] * p[k] * c.Y.Samples / total;
            }
        });
    }

    public override void Backward(Call c)
    {
        var total = Total(c);
        Each(c, (n, row, target) =>
        {
            var p = LogProbabilities(c, row);
            var t = Target(c, target, row.Length);
            var dy = c.Y.Gradient[n] * c.Y.Samples / total;
            for (var k = 0; k < row.Length; k++)
            {
                c.X.Gradient[row[k]] -= dy * (t[k] - (logits ? Math.Exp(p[k]) * t.Sum() : 0));
                if (Soft(c))
                {
                    c.Inputs[1].Gradient[target[k]] -= dy * (1 - c.Float("labelSmoothing")) * Weight(c, k) * p[k];
                }
            }
        });
    }

    private bool Soft(Call c) => logits && c.Bool("softTargets");

    private static double Weight(Call c, int k) => ((EquatableArray<float>)c.Argument("classWeights")!) is { Count: > 0 } w ? w[k] : 1;

    /// <summary>What stands before −ln p of each class.</summary>
    private double[] Target(Call c, int[] target, int classes)
    {
        var smoothing = logits ? c.Float("labelSmoothing") : 0;
        var t = new double[classes];
        if (Soft(c))
        {
            for (var k = 0; k < classes; k++)
            {
                t[k] = Weight(c, k) * (((1 - smoothing) * c.Inputs[1].Data[target[k]]) + (smoothing / classes));
            }

            return t;
        }

        var label = (int)c.Inputs[1].Data[target[0]];
        if (label != c.Int("ignoreIndex"))
        {
            for (var k = 0; k < classes; k++)
            {
                t[k] = Weight(c, k) * (((k == label ? 1 : 0) * (1 - smoothing)) + (smoothing / classes));
            }
        }

        return t;
    }

    /// <summary>The weights of all labels that count; without weights, how many count.</summary>
    private double Total(Call c)
    {
        double total = 0;
        Each(c, (_, _, target) => total += Soft(c) ? 1 : c.Inputs[1].Data[target[0]] is var label && label == c.Int("ignoreIndex") ? 0 : Weight(c, (int)label));
        return total == 0 ? 1 : total;
    }

    private double[] LogProbabilities(Call c, int[] row)
    {
        var x = row.Select(i => c.X.Data[i]).ToArray();
        var sum = logits ? ReferenceReduction.LogSumExp(x) : 0;
        return x.Select(v => v - sum).ToArray();
    }

    /// <summary>Every position: the indices of its classes, and of its target (one label, or a probability for each class).</summary>
    private void Each(Call c, Action<int, int[], int[]> body)
    {
        var classes = c.X.Shape[0];
        var positions = c.X.Size / classes;
        for (var n = 0; n < c.Y.Samples; n++)
        {
            for (var p = 0; p < positions; p++)
            {
                var row = Enumerable.Range(0, classes).Select(k => c.X.Start(n) + (k * positions) + p).ToArray();
                var target = Soft(c) ? Enumerable.Range(0, classes).Select(k => c.Inputs[1].Start(n) + (k * positions) + p).ToArray() : [c.Inputs[1].Start(n) + p];
                body(n, row, target);
            }
        }
    }
}

/// <summary>Weston and Watkins: every other class keeps a margin below the label's score.</summary>
internal sealed class ReferenceHinge : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (n, _, _, excess) => c.Y.Data[n] += Math.Pow(excess, c.Int("power")) / c.X.Size);

    public override void Backward(Call c) => Each(c, (n, k, label, excess) =>
    {
        var d = c.Y.Gradient[n] / c.X.Size * (c.Int("power") == 2 ? 2 * excess : 1);
        c.X.Gradient[k] += d;
        c.X.Gradient[label] -= d;
    });

    private static void Each(Call c, Action<int, int, int, double> body)
    {
        for (var n = 0; n < c.Y.Samples; n++)
        {
            var label = c.X.Start(n) + (int)c.Inputs[1].Data[c.Inputs[1].Start(n)];
            for (var k = c.X.Start(n); k < c.X.Start(n) + c.X.Size; k++)
            {
                var excess = c.Float("margin") - c.X.Data[label] + c.X.Data[k];
                if (k != label && excess > 0)
                {
                    body(n, k, label, excess);
                }
            }
        }
    }
}

/// <summary>A function of each value of each input, added up or averaged over a sample.</summary>
internal sealed class ReferenceTerm(Func<Call, int, double, ScalarDual> f, bool mean) : ReferenceOp
{
    public override void Forward(Call c) => Each(c, (n, i, x, share) => c.Y.Data[n] += share * f(c, i, c.Inputs[i].Data[x]).Value);

    public override void Backward(Call c) => Each(c, (n, i, x, share) => c.Inputs[i].Gradient[x] += share * f(c, i, c.Inputs[i].Data[x]).Derivative * c.Y.Gradient[n]);

    private void Each(Call c, Action<int, int, int, double> body)
    {
        for (var n = 0; n < c.Y.Samples; n++)
        {
            for (var i = 0; i < c.Inputs.Length; i++)
            {
                for (var x = 0; x < c.Inputs[i].Size; x++)
                {
                    body(n, i, c.Inputs[i].Start(n) + x, mean ? 1.0 / c.Inputs[i].Size : 1);
                }
            }
        }
    }

    /// <summary>−ln σ(x).</summary>
    public static ScalarDual MinusLogSigmoid(double x) => new(x > 0 ? Math.Log(1 + Math.Exp(-x)) : Math.Log(1 + Math.Exp(x)) - x, -1 / (1 + Math.Exp(x)));

    /// <summary>−ln(1 − σ(x)).</summary>
    public static ScalarDual MinusLogOneMinusSigmoid(double x) => MinusLogSigmoid(-x) is var (v, d) ? new(v, -d) : default;
}
