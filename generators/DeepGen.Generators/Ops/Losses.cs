using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>One number per sample from a prediction and its target; the mean over the batch is minimized.</summary>
internal abstract class Loss : OpDefinition
{
    public override bool IsLoss => true;
}

/// <summary>A loss of each element by itself.</summary>
internal abstract class ElementwiseLoss : Loss
{
    public override string ShapeRule => "[…], target of the same shape → []";

    public override string Fuses => "loss and gradient are one pass over each sample of a vector or a map";

    public override IReadOnlyList<string> Inputs { get; } = new[] { "prediction", "targets" };

    public override (Shape Shape, Element Element, string Name) AttributeTarget(IReadOnlyList<ConstValue> arguments, Shape output) => (output, Element.Float32, "targets");

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        c.RequireFloat(1);
        if (c.Shape(0) != c.Shape(1))
        {
            throw c.Error(OpErrorKind.LossShape, "targets", $"{Name} compares equal shapes, but {c.Gives()} and '{c.Inputs[1].Name}' is {c.Shape(1)}");
        }

        return (Shape.Scalar, Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var losses = Each(c, c.X, c.Inputs[1]);
        return AddsUp ? c.SumOfSample(losses) : c.MeanOfSample(losses);
    }

    /// <summary>Whether a sample's losses are added up, not averaged.</summary>
    protected virtual bool AddsUp => false;

    protected abstract Val Each(LowerContext c, Val x, Val target);
}

internal sealed class MeanSquaredError : ElementwiseLoss
{
    public override string Name => "MeanSquaredError";

    public override string Summary => "Mean of the squared differences over all elements of a sample. The mean over the batch is minimized.";

    public override string Formula => "l = 1/m · Σ_i (x[i] − t[i])², m the elements of a sample";

    public override string Gradient => "dx[i] = 2·(x[i] − t[i])/(m·n), n the batch; targets have none";

    protected override Val Each(LowerContext c, Val x, Val target)
    {
        var difference = c.B.Sub(x, target);
        return c.B.Mul(difference, difference);
    }
}

internal sealed class L1 : ElementwiseLoss
{
    public override string Name => "L1";

    public override string Summary => "Mean of the absolute differences over all elements of a sample. The mean over the batch is minimized.";

    public override string Formula => "l = 1/m · Σ_i |x[i] − t[i]|, m the elements of a sample";

    public override string Gradient => "dx[i] = sign(x[i] − t[i])/(m·n), n the batch; 0 where they are equal";

    protected override Val Each(LowerContext c, Val x, Val target) => c.B.Unary(UnaryOp.Abs, c.B.Sub(x, target));
}

internal sealed class Huber : ElementwiseLoss
{
    public override string Name => "Huber";

    public override string Summary => "Squared for small differences, linear for large ones. The mean over the batch is minimized.";

    public override string Formula => "l = 1/m · Σ_i (d²/2 where |d| < delta, else delta·(|d| − delta/2)), d = x[i] − t[i], m the elements of a sample";

    public override string Source => "Huber 1964, Robust estimation of a location parameter";

    public override string Gradient => "dx[i] = max(−delta, min(delta, x[i] − t[i]))/(m·n), n the batch";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("delta", OpParameterType.Float, "Where it becomes linear, above 0.", 1f),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c) =>
        c.Float("delta") > 0 ? base.Infer(c) : throw c.Error(OpErrorKind.Argument, "delta", $"Huber's delta must be above 0, but is {new ConstValue(c.Float("delta"))}");

    protected override Val Each(LowerContext c, Val x, Val target)
    {
        var b = c.B;
        var delta = c.Float("delta");
        var d = b.Sub(x, target);
        var size = b.Unary(UnaryOp.Abs, d);
        return b.Select(
            b.Binary(BinaryOp.Greater, b.Const(delta), size),
            b.Mul(b.Mul(d, d), b.Const(0.5f)),
            b.Mul(b.Sub(size, b.Const(delta / 2)), b.Const(delta)));
    }
}

internal sealed class BinaryCrossEntropyWithLogits : ElementwiseLoss
{
    public override string Name => "BinaryCrossEntropyWithLogits";

    public override string? HeadKind => "BinaryLogits";

    public override string Summary => "Cross-entropy between the sigmoid of each logit and a probability, averaged over the elements of a sample. Takes logits: no Sigmoid before it. The mean over the batch is minimized.";

    public override string Formula => "l = −1/m · Σ_i (posWeight·t[i]·ln σ(x[i]) + (1 − t[i])·ln(1 − σ(x[i]))), m the elements of a sample";

    public override string Source => "Goodfellow, Bengio & Courville 2016, Deep learning, 6.2.2.2";

    public override string Gradient => "dx[i] = ((1 − t[i])·σ(x[i]) − posWeight·t[i]·(1 − σ(x[i])))/(m·n), n the batch";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("posWeight", OpParameterType.Float, "Weight of the positive side, where positives are rare.", 1f, 0),
    };

    // −ln σ(x) = softplus(−x), and −ln(1 − σ(x)) is x more.
    protected override Val Each(LowerContext c, Val x, Val target)
    {
        var b = c.B;
        var weight = b.Add(b.Mul(target, b.Const(c.Float("posWeight") - 1)), b.Const(1));
        return b.Add(b.Mul(b.Sub(b.Const(1), target), x), b.Mul(weight, Stable.Softplus(b, b.Neg(x))));
    }
}

internal sealed class KLDivergence : ElementwiseLoss
{
    public override string Name => "KLDivergence";

    public override string Summary => "Kullback-Leibler divergence of probabilities (the target) from predicted log-probabilities, as LogSoftmax gives them; summed over a sample. The mean over the batch is minimized: PyTorch's reduction 'batchmean'.";

    public override string Formula => "l = Σ_i t[i]·(ln t[i] − x[i]), 0·ln 0 = 0";

    public override string Source => "Kullback & Leibler 1951, On information and sufficiency";

    public override string Gradient => "dx[i] = −t[i]/n, n the batch";

    protected override bool AddsUp => true;

    protected override Val Each(LowerContext c, Val x, Val target)
    {
        var b = c.B;
        var positive = b.Binary(BinaryOp.Greater, target, b.Const(0));
        var entropy = b.Select(positive, b.Mul(target, b.Unary(UnaryOp.Log, b.Select(positive, target, b.Const(1)))), b.Const(0));
        return b.Sub(entropy, b.Mul(target, x));
    }
}

/// <summary>A loss over classes: the first axis of a vector, or of a map at each position; the target is an index per sample or position.</summary>
internal abstract class ClassLoss : Loss
{
    public const int NothingIgnored = int.MinValue;

    public override string ShapeRule => "[C], label [] (integer) → []; [C, …], labels […] → []";

    public override string Fuses => "over vectors loss and gradient are one pass over each row of logits; over maps the sums over the classes are passes of their own";

    public override bool TakesClassIndices => true;

    protected static OpParameter ClassWeights { get; } =
        new("classWeights", OpParameterType.Floats, "One weight per class, all 1 where none is given. The loss is then the weighted mean over the batch, as in PyTorch.", EquatableArray<float>.Empty);

    protected static OpParameter IgnoreIndex { get; } =
        new("ignoreIndex", OpParameterType.Int, "A label that does not count, in or outside the classes; none by default. The mean is taken over the others, and is 0 where there are none.", NothingIgnored);

    /// <summary>What the values are, in messages.</summary>
    protected abstract string Values { get; }

    protected virtual bool TakesProbabilities(Func<string, object?> argument) => false;

    public override (Shape Shape, Element Element, string Name) AttributeTarget(IReadOnlyList<ConstValue> arguments, Shape output) =>
        TakesProbabilities(name => Argument(arguments, name))
            ? (output, Element.Float32, "targets")
            : (new Shape(output.ToArray().Skip(1)), Element.Int32, "labels");

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        if (c.Shape().Rank == 0 || c.Shape()[0] < 2)
        {
            throw c.Error(OpErrorKind.LossShape, null, $"{Name} needs a vector of at least two {Values}, or a map of them, but {c.Gives()}");
        }

        var target = c.Inputs[1];
        var positions = new Shape(c.Shape().ToArray().Skip(1));
        if (TakesProbabilities(c.Argument))
        {
            if (target.Element != Element.Float32 || target.Shape != c.Shape())
            {
                throw c.Error(OpErrorKind.LossShape, Inputs[1], $"{Name} with softTargets needs a probability for each of {c.Shape()}, but '{target.Name}' is {target.Element} of shape {target.Shape}");
            }
        }
        else if (target.Element != Element.Int32 || target.Shape != positions)
        {
            var needs = positions.Rank == 0 ? "one integer label per sample, [Target(type: Element.Int32)]" : $"an integer label per position, [Target({string.Join(", ", positions.ToArray())}, type: Element.Int32)]";
            throw c.Error(OpErrorKind.LossShape, Inputs[1], $"{Name} needs {needs}, but '{target.Name}' is {target.Element} of shape {target.Shape}");
        }

        var weights = c.Floats("classWeights");
        if (weights.Length != 0 && weights.Length != c.Shape()[0])
        {
            throw c.Error(OpErrorKind.Argument, "classWeights", $"{Name} needs a weight for each of the {c.Shape()[0]} classes, but there are {weights.Length}");
        }

        if (weights.Any(w => !(w >= 0 && w <= float.MaxValue)) || (weights.Length > 0 && weights.All(w => w == 0)))
        {
            throw c.Error(OpErrorKind.Argument, "classWeights", $"{Name}'s class weights must be finite and at least 0, and one of them above");
        }

        return (Shape.Scalar, Element.Float32);
    }

    /// <summary>The weight of each class as a table that broadcasts over samples and positions; null where all are 1.</summary>
    protected static Val? Weights(LowerContext c, Val x)
    {
        var weights = c.Floats("classWeights");
        return weights.Count == 0 ? null : c.B.Table(weights, new Dims(x.Dims.ToArray().Select((_, i) => i == 1 ? (Dim)weights.Count : (Dim)1)));
    }

    /// <summary>The label of each sample or position, with an extent of one for the classes.</summary>
    protected static Val Labels(LowerContext c, Val x)
    {
        var labels = c.Inputs[1];
        return c.B.Reshape(labels, new Dims(labels.Dims.ToArray().Take(1).Append(1).Concat(labels.Dims.ToArray().Skip(1))));
    }

    protected static Val IsLabel(LowerContext c, Val x, Val labels) => c.B.Binary(BinaryOp.Equal, c.B.Iota(x.Dims[1].Size, x.Dims.Rank, 1), labels);

    /// <summary>The mean of a loss at each position, those that are left out not counted.</summary>
    /// <param name="loss">A position's loss [n, 1, …], its weight in it.</param>
    /// <param name="weight">What a position counts; null where all count 1.</param>
    protected static Val MeanOf(LowerContext c, Val loss, Val? weight)
    {
        var b = c.B;
        if (weight is null)
        {
            return c.MeanOfSample(loss);
        }

        // Over the whole batch, as the weights of one sample may all be 0: the mean over the samples then is Σ w·l / Σ w.
        var total = b.Reshape(b.Sum(weight, Enumerable.Range(0, weight.Dims.Rank).ToArray()), Dims.Scalar);
        var any = b.Binary(BinaryOp.Greater, total, b.Const(0));
        return c.SumOfSample(loss, () => b.Select(any, b.Div(b.Leaf(new BatchPrim(), Dims.Scalar), b.Select(any, total, b.Const(1))), b.Const(0)));
    }

    /// <summary>What each position counts: its class's weight, and 0 where its label is ignored. Null where all count 1.</summary>
    protected static Val? WeightOfLabel(LowerContext c, Val labels, Val isLabel, Val? weights, Val? counts)
    {
        var b = c.B;
        if (weights is null)
        {
            return counts is null ? null : b.Select(counts, b.Const(1), b.Const(0));
        }

        var weight = b.Sum(b.Select(isLabel, weights, b.Const(0)), 1);
        return counts is null ? weight : b.Select(counts, weight, b.Const(0));
    }

    /// <summary>Where the label is not the ignored one; null where none is ignored.</summary>
    protected static Val? Counts(LowerContext c, Val labels) =>
        c.Int("ignoreIndex") is var ignored and not NothingIgnored ? c.B.Not(c.B.Binary(BinaryOp.Equal, labels, c.B.Const(ignored))) : null;
}

internal sealed class SoftmaxCrossEntropy : ClassLoss
{
    public override string Name => "SoftmaxCrossEntropy";

    public override string? HeadKind => "ClassLogits";

    public override string Summary => "Cross-entropy between the softmax of logits and a class index, or probabilities of the classes. Takes logits: no Softmax before it. The mean over the batch is minimized.";

    public override string Formula => "l = ln Σ_k e^(x[k]) − x[label]; of probabilities t: l = Σ_k w[k]·t[k]·(ln Σ_j e^(x[j]) − x[k]); smoothed: t = (1 − ε)·[k = label] + ε/C; over maps the mean over the positions";

    public override string ShapeRule => base.ShapeRule + "; with softTargets targets of the logits' shape";

    public override string Source => "Goodfellow, Bengio & Courville 2016, Deep learning, 6.2.2.3; smoothing: Szegedy et al. 2016, Rethinking the Inception architecture";

    public override string Gradient => "dx[k] = (softmax(x)[k] − [k = label])/n, n the batch; labels have none";

    public override IReadOnlyList<string> Inputs { get; } = new[] { "logits", "labels" };

    protected override string Values => "logits";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        ClassWeights,
        IgnoreIndex,
        new OpParameter("labelSmoothing", OpParameterType.Float, "Share ε of the target that is spread over all classes, in [0, 1].", 0f, 0),
        new OpParameter("softTargets", OpParameterType.Bool, "Whether targets are probabilities of the classes in place of an index.", false),
    };

    protected override bool TakesProbabilities(Func<string, object?> argument) => argument("softTargets") is true;

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        if (!(c.Float("labelSmoothing") <= 1))
        {
            throw c.Error(OpErrorKind.Argument, "labelSmoothing", $"SoftmaxCrossEntropy's labelSmoothing must be at most 1, but is {new ConstValue(c.Float("labelSmoothing"))}");
        }

        if (TakesProbabilities(c.Argument) && c.Int("ignoreIndex") != NothingIgnored)
        {
            throw c.Error(OpErrorKind.Argument, "ignoreIndex", "SoftmaxCrossEntropy with softTargets has no label to ignore; remove ignoreIndex");
        }

        return base.Infer(c);
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var x = c.X;
        var logSum = Stable.LogSumExp(b, x, 1);
        var weights = Weights(c, x);
        float smoothing = c.Float("labelSmoothing"), spread = smoothing / x.Dims[1].Size;
        if (TakesProbabilities(c.Argument))
        {
            var t = b.Add(b.Mul(c.Inputs[1], b.Const(1 - smoothing)), b.Const(spread));
            return MeanOf(c, b.Sum(b.Mul(weights is null ? t : b.Mul(t, weights), b.Sub(logSum, x)), 1), null);
        }

        var labels = Labels(c, x);
        var isLabel = IsLabel(c, x, labels);
        var counts = Counts(c, labels);
        var weight = WeightOfLabel(c, labels, isLabel, weights, counts);
        var loss = b.Sub(logSum, b.Sum(b.Select(isLabel, x, b.Const(0)), 1));
        if (smoothing > 0)
        {
            // The label's part weighs as the label does, each class's as that class does; the mean divides by the label's weight alone, as in PyTorch.
            var all = b.Sub(logSum, x);
            var others = b.Sum(weights is null ? all : b.Mul(all, weights), 1);
            loss = b.Add(b.Mul(weights is null ? loss : b.Mul(loss, weight!), b.Const(1 - smoothing)), b.Mul(others, b.Const(spread)));
            loss = counts is null ? loss : b.Select(counts, loss, b.Const(0));
        }
        else if (weight is not null)
        {
            loss = counts is null ? b.Mul(loss, weight) : b.Select(counts, b.Mul(loss, weight), b.Const(0));
        }

        return MeanOf(c, loss, weight);
    }
}

internal sealed class NegativeLogLikelihood : ClassLoss
{
    public override string Name => "NegativeLogLikelihood";

    public override string? HeadKind => "ClassLogProbabilities";

    public override string Summary => "Negative log-probability of the class index, from log-probabilities such as those of LogSoftmax. The mean over the batch is minimized.";

    public override string Formula => "l = −x[label]; over maps the mean over the positions";

    public override string Source => "Fisher 1922, On the mathematical foundations of theoretical statistics";

    public override string Gradient => "dx[k] = −[k = label]/n, n the batch; labels have none";

    public override IReadOnlyList<string> Inputs { get; } = new[] { "logProbabilities", "labels" };

    protected override string Values => "log-probabilities";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[] { ClassWeights, IgnoreIndex };

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var x = c.X;
        var labels = Labels(c, x);
        var isLabel = IsLabel(c, x, labels);
        var counts = Counts(c, labels);
        var weights = Weights(c, x);
        var chosen = b.Sum(b.Select(isLabel, weights is null ? x : b.Mul(x, weights), b.Const(0)), 1);
        return MeanOf(c, b.Neg(counts is null ? chosen : b.Select(counts, chosen, b.Const(0))), WeightOfLabel(c, labels, isLabel, weights, counts));
    }
}

internal sealed class Hinge : Loss
{
    public override string Name => "Hinge";

    public override string? HeadKind => "ClassScores";

    public override string Summary => "Multi-class hinge loss: each other class should score less than the label's by a margin. The mean over the batch is minimized.";

    public override string Formula => "l = 1/C · Σ_{k ≠ label} max(0, margin − x[label] + x[k])^power";

    public override string ShapeRule => "[C], label [] (integer) → []";

    public override string Source => "Weston & Watkins 1998, Multi-class support vector machines";

    public override string Gradient => "of power 1: dx[k] = [margin − x[label] + x[k] > 0]/(C·n) for the other classes, dx[label] minus their sum, n the batch; labels have none";

    public override string Fuses => "loss and gradient are one pass over each row of scores";

    public override IReadOnlyList<string> Inputs { get; } = new[] { "scores", "labels" };

    public override bool TakesClassIndices => true;

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("margin", OpParameterType.Float, "By how much the label's score should exceed the others.", 1f),
        new OpParameter("power", OpParameterType.Int, "1, or 2 for the squared hinge.", 1, 1),
    };

    public override (Shape Shape, Element Element, string Name) AttributeTarget(IReadOnlyList<ConstValue> arguments, Shape output) => (Shape.Scalar, Element.Int32, "labels");

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        if (c.Int("power") > 2)
        {
            throw c.Error(OpErrorKind.Argument, "power", $"Hinge's power must be 1 or 2, but is {c.Int("power")}");
        }

        if (c.Shape().Rank != 1 || c.Shape()[0] < 2)
        {
            throw c.Error(OpErrorKind.LossShape, null, $"Hinge needs a vector of at least two scores but {c.Gives()}");
        }

        if (c.Inputs[1].Element != Element.Int32 || c.Shape(1).Rank != 0)
        {
            throw c.Error(OpErrorKind.LossShape, "labels", $"Hinge needs one integer label per sample, [Target(type: Element.Int32)], but '{c.Inputs[1].Name}' is {c.Inputs[1].Element} of shape {c.Shape(1)}");
        }

        return (Shape.Scalar, Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var x = c.X;
        var isLabel = b.Binary(BinaryOp.Equal, b.Iota(x.Dims[1].Size, 2, 1), b.Reshape(c.Inputs[1], new Dims(new[] { x.Dims[0], (Dim)1 })));
        var chosen = b.Sum(b.Select(isLabel, x, b.Const(0)), 1);
        var violation = b.Binary(BinaryOp.Max, b.Add(b.Sub(x, chosen), b.Const(c.Float("margin"))), b.Const(0));
        var loss = b.Select(isLabel, b.Const(0), c.Int("power") == 2 ? b.Mul(violation, violation) : violation);
        return c.SumOfSample(loss, 1f / x.Dims[1].Size);
    }
}
