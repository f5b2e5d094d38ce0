using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>One number per sample from activations alone: a term of a loss.</summary>
internal abstract class Term : OpDefinition
{
    public override OpForm Form => OpForm.Method;

    public override string ShapeRule => "[…] → []";

    public override string Fuses => "value and gradient are one pass over each sample of a vector or a map";

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        for (var i = 0; i < c.Inputs.Count; i++)
        {
            c.RequireFloat(i);
        }

        return (Shape.Scalar, Element.Float32);
    }
}

internal sealed class L1Penalty : Term
{
    public override string Name => "L1Penalty";

    public override string Summary => "Sum of the absolute values of activations, weighed: makes them sparse. To be added to a loss.";

    public override string Formula => "l = strength·Σ_i |x[i]|";

    public override string Source => "Goodfellow, Bengio & Courville 2016, Deep learning, 7.1.2 and 14.2.1";

    public override string Gradient => "dx[i] = dl·strength·sign(x[i])";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[] { new OpParameter("strength", OpParameterType.Float, "The factor before the sum.", 1f, 0) };

    public override Val Lower(LowerContext c) => c.SumOfSample(c.B.Unary(UnaryOp.Abs, c.X), c.Float("strength"));
}

internal sealed class L2Penalty : Term
{
    public override string Name => "L2Penalty";

    public override string Summary => "Sum of the squares of activations, weighed. To be added to a loss.";

    public override string Formula => "l = strength·Σ_i x[i]²";

    public override string Source => "Goodfellow, Bengio & Courville 2016, Deep learning, 7.1.1";

    public override string Gradient => "dx[i] = 2·dl·strength·x[i]";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[] { new OpParameter("strength", OpParameterType.Float, "The factor before the sum.", 1f, 0) };

    public override Val Lower(LowerContext c) => c.SumOfSample(c.B.Mul(c.X, c.X), c.Float("strength"));
}

internal sealed class WeightPenalty : OpDefinition
{
    public override string Name => "WeightPenalty";

    public override string Summary => "L1 and L2 penalty on the weights of the whole network, added to its loss: beside the loss as an attribute, or a term of a Loss method. Weights are the trainable tensors of two axes or more that do not start at a constant: no biases, no scales and shifts of normalizations.";

    public override string Formula => "l = l1·Σ|w| + l2·Σw²";

    public override string ShapeRule => "→ [], the same for every sample";

    public override string Source => "Goodfellow, Bengio & Courville 2016, Deep learning, 7.1; an l2 of λ/2 is a weight decay of λ in plain SGD";

    public override string Gradient => "dw = l1·sign(w) + 2·l2·w, besides what comes from the outputs; only where the loss is computed, not where gradients are handed to Backward";

    public override string Fuses => "a pass over each weight for the value, and one for the gradient";

    public override OpForm Form => OpForm.Both;

    public override bool TakesWeights => true;

    public override IReadOnlyList<string> Inputs => Array.Empty<string>();

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("l1", OpParameterType.Float, "Factor of the absolute values.", 0f, 0),
        new OpParameter("l2", OpParameterType.Float, "Factor of the squares.", 0f, 0),
    };

    /// <summary>Whether a node is a weight in the sense of this penalty.</summary>
    public static bool IsWeight(Node node) =>
        node is { Kind: NodeKind.Parameter, Shape.Rank: > 1, Parameter: { Trainable: true, Initializer: not (Initializer.Zeros or Initializer.Ones) } };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        if (c.Inputs.Count == 0)
        {
            throw c.Error(OpErrorKind.LossShape, null, "WeightPenalty penalizes the weights of the network, but it has none");
        }

        return c.Float("l1") > 0 || c.Float("l2") > 0
            ? (Shape.Scalar, Element.Float32)
            : throw c.Error(OpErrorKind.Argument, null, "WeightPenalty needs an l1 or an l2 above 0");
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        float l1 = c.Float("l1"), l2 = c.Float("l2");
        return c.Inputs.Select(w =>
        {
            var absolute = c.SumOfSample(b.Unary(UnaryOp.Abs, w), l1);
            var square = c.SumOfSample(b.Mul(w, w), l2);
            return l1 == 0 ? square : l2 == 0 ? absolute : b.Add(absolute, square);
        }).Aggregate(b.Add);
    }
}

/// <summary>A loss of a generative adversarial network, of the discriminator's logits, averaged over the values of a sample.</summary>
internal abstract class AdversarialTerm : Term
{
    public override string Source => "Goodfellow et al. 2014, Generative adversarial nets";
}

internal sealed class MinimaxDiscriminatorLoss : AdversarialTerm
{
    public override string Name => "MinimaxDiscriminatorLoss";

    public override string Summary => "What a discriminator minimizes, from its logits on real and on generated samples.";

    public override string Formula => "l = mean(−ln σ(real)) + mean(−ln(1 − σ(fake)))";

    public override string Gradient => "dreal = −dl·(1 − σ(real))/m, dfake = dl·σ(fake)/m, m the values of a sample";

    public override IReadOnlyList<string> Inputs { get; } = new[] { "real", "fake" };

    public override Val Lower(LowerContext c) =>
        c.B.Add(c.MeanOfSample(Stable.Softplus(c.B, c.B.Neg(c.Inputs[0]))), c.MeanOfSample(Stable.Softplus(c.B, c.Inputs[1])));
}

internal sealed class MinimaxGeneratorLoss : AdversarialTerm
{
    public override string Name => "MinimaxGeneratorLoss";

    public override string Summary => "What a generator minimizes in the minimax game, from the discriminator's logits on generated samples. Its gradient vanishes where the discriminator is sure.";

    public override string Formula => "l = mean(ln(1 − σ(fake)))";

    public override string Gradient => "dfake = −dl·σ(fake)/m, m the values of a sample";

    public override IReadOnlyList<string> Inputs { get; } = new[] { "fake" };

    public override Val Lower(LowerContext c) => c.MeanOfSample(c.B.Neg(Stable.Softplus(c.B, c.X)));
}

internal sealed class NonSaturatingGeneratorLoss : AdversarialTerm
{
    public override string Name => "NonSaturatingGeneratorLoss";

    public override string Summary => "What a generator minimizes in practice, from the discriminator's logits on generated samples: its gradient is strong where the discriminator is sure.";

    public override string Formula => "l = mean(−ln σ(fake))";

    public override string Gradient => "dfake = −dl·(1 − σ(fake))/m, m the values of a sample";

    public override IReadOnlyList<string> Inputs { get; } = new[] { "fake" };

    public override Val Lower(LowerContext c) => c.MeanOfSample(Stable.Softplus(c.B, c.B.Neg(c.X)));
}
