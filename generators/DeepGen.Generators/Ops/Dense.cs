using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

internal sealed class Dense : OpDefinition
{
    public override string Name => "Dense";

    public override string Summary => "Fully connected layer over a vector, or over each vector of a sequence (T, F); the input features are inferred.";

    public override string Formula => "y[o] = b[o] + Σ_i w[o,i] · x[i]";

    public override string ShapeRule => "[F] → [features]; [T, F] → [T, features]";

    public override string Source => "Rosenblatt 1958, The perceptron";

    public override string Gradient => "dx = wᵀ·dy; dw[o,i] = Σ_n dy[o]·x[i]; db[o] = Σ_n dy[o]";

    public override string Fuses => "bias, activation, residual sum, Map and Dropout behind it are computed while it stores its result; db in the pass of dw; the derivative of the activation before it while dx is stored. In inference the scale of a BatchNorm behind it goes into the weight, its shift into the bias";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("features", OpParameterType.Int, "Length of the output vector.", Minimum: 1),
        new OpParameter("bias", OpParameterType.Bool, "Whether a bias is added.", true),
    };

    public override IReadOnlyList<string> ParameterLeaves { get; } = new[] { "weight", "bias" };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        var rank = c.Shape().Rank;
        if (rank > 2)
        {
            throw c.Error(OpErrorKind.NeedsFlatten, null, $"{c.CallText} needs a vector but {c.Gives()}; add Flatten before it");
        }

        c.Require(0, Math.Max(1, rank), "a vector");
        int input = c.Shape()[rank - 1], features = c.Int("features");
        c.Parameter("weight", new Shape(features, input), input, features);
        if (c.Bool("bias"))
        {
            c.Parameter("bias", new Shape(features), input, features, Initializer.Zeros);
        }

        return (new Shape(c.Shape().ToArray().Take(rank - 1).Append(features)), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var y = c.B.MatMul(c.X, c.Parameters[0], transposeB: true);
        return c.Parameters.Count > 1 ? c.B.Add(y, c.Parameters[1]) : y;
    }

    public override long Macs(Node node, IReadOnlyList<Node> nodes) => node.Shape.Elements * nodes[node.Parameters[0]].Shape[1];
}
