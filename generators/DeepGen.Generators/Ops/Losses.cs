using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

internal sealed class SoftmaxCrossEntropy : OpDefinition
{
    public override string Name => "SoftmaxCrossEntropy";

    public override string Summary => "Cross-entropy between the softmax of logits and a class index. Takes logits: no Softmax before it. The mean over the batch is minimized.";

    public override string Formula => "l = ln Σ_k e^(x[k]) − x[label]";

    public override string ShapeRule => "[C], label [] (integer) → []";

    public override string Source => "Goodfellow, Bengio & Courville 2016, Deep learning, 6.2.2.3";

    public override string Gradient => "dx[k] = (softmax(x)[k] − [k = label])/n, n the batch; labels have none";

    public override string Fuses => "loss and gradient are one pass over each row of logits";

    public override IReadOnlyList<string> Inputs { get; } = new[] { "logits", "labels" };

    public override bool IsLoss => true;

    public override bool TakesClassIndices => true;

    public override (Shape Shape, Element Element, string Name) AttributeTarget(Shape output) => (Shape.Scalar, Element.Int32, "labels");

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        if (c.Shape().Rank != 1 || c.Shape()[0] < 2)
        {
            throw c.Error(OpErrorKind.LossShape, null, $"SoftmaxCrossEntropy needs a vector of at least two logits but {c.Gives()}");
        }

        if (c.Inputs[1].Element != Element.Int32 || c.Shape(1).Rank != 0)
        {
            throw c.Error(OpErrorKind.LossShape, "labels", $"SoftmaxCrossEntropy needs one integer label per sample, [Target(type: Element.Int32)], but '{c.Inputs[1].Name}' is {c.Inputs[1].Element} of shape {c.Shape(1)}");
        }

        return (Shape.Scalar, Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var x = c.X;
        var max = b.StopGradient(b.Reduce(ReduceOp.Max, x, 1));
        var logSum = b.Add(b.Unary(UnaryOp.Log, b.Sum(b.Unary(UnaryOp.Exp, b.Sub(x, max)), 1)), max);
        var isLabel = b.Binary(BinaryOp.Equal, b.Iota(x.Dims[1].Size, 2, 1), b.Reshape(c.Inputs[1], new Dims(new[] { x.Dims[0], (Dim)1 })));
        var chosen = b.Sum(b.Select(isLabel, x, b.Const(0)), 1);
        return b.Reshape(b.Sub(logSum, chosen), new Dims(new[] { x.Dims[0] }));
    }
}

internal sealed class MeanSquaredError : OpDefinition
{
    public override string Name => "MeanSquaredError";

    public override string Summary => "Mean of the squared differences over all elements of a sample. The mean over the batch is minimized.";

    public override string Formula => "l = 1/m · Σ_i (x[i] − t[i])², m the elements of a sample";

    public override string ShapeRule => "[…], target of the same shape → []";

    public override string Gradient => "dx[i] = 2·(x[i] − t[i])/(m·n), n the batch; targets have none";

    public override string Fuses => "loss and gradient are one pass over each sample of a vector or a map";

    public override IReadOnlyList<string> Inputs { get; } = new[] { "prediction", "targets" };

    public override bool IsLoss => true;

    public override (Shape Shape, Element Element, string Name) AttributeTarget(Shape output) => (output, Element.Float32, "targets");

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        c.RequireFloat(1);
        if (c.Shape(0) != c.Shape(1))
        {
            throw c.Error(OpErrorKind.LossShape, "targets", $"MeanSquaredError compares equal shapes, but {c.Gives()} and '{c.Inputs[1].Name}' is {c.Shape(1)}");
        }

        return (Shape.Scalar, Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var difference = b.Sub(c.X, c.Inputs[1]);
        var sum = b.Sum(b.Mul(difference, difference), Enumerable.Range(1, c.X.Dims.Rank - 1).ToArray());
        return b.Reshape(b.Mul(sum, b.Const(1f / c.X.Dims.Elements)), new Dims(new[] { c.X.Dims[0] }));
    }
}
