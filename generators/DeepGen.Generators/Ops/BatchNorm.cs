using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

internal sealed class BatchNorm : OpDefinition
{
    public override string Name => "BatchNorm";

    public override string Summary => "Normalizes each channel over the batch and all positions when training, and with running averages in inference; then scales and shifts.";

    public override string Formula => "y = γ·(x − μ)/√(σ² + ε) + β; running averages move by momentum·(batch − running), the variance with the unbiased estimate";

    public override string ShapeRule => "[C, …], unchanged";

    public override string Source => "Ioffe & Szegedy 2015, Batch normalization";

    public override string Gradient => "with x̂ = (x − μ)/√(σ² + ε) and m the values of a channel: dγ = Σ dy·x̂, dβ = Σ dy, dx = γ/√(σ² + ε)·(dy − dβ/m − x̂·dγ/m); running averages have none";

    public override string Fuses => "in inference nothing is left of it: its scale goes into the weights of the convolution or Dense before it, its shift into the bias. In training mean, variance and running averages are one pass over memory; scale, shift, residual and activation are one; dγ and dβ are one";

    public override bool KeepsScale => true;

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("momentum", OpParameterType.Float, "Share of the newest batch in the running averages (PyTorch's convention).", 0.1f, 0),
        new OpParameter("epsilon", OpParameterType.Float, "Added to the variance.", 1e-5f, 0),
    };

    /// <summary>Its running statistics are no part of the input.</summary>
    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input) => AxisSight.Each(node.Shape.Rank);

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        if (c.Shape().Rank == 0 || !c.Inputs[0].PerSample)
        {
            throw c.Error(OpErrorKind.Rank, null, $"BatchNorm needs a vector or a map but {c.Gives()}");
        }

        var channels = new Shape(c.Shape()[0]);
        c.Parameter("weight", channels, 1, 1, Initializer.Ones);
        c.Parameter("bias", channels, 1, 1, Initializer.Zeros);
        c.Parameter("running_mean", channels, 1, 1, Initializer.Zeros, trainable: false);
        c.Parameter("running_var", channels, 1, 1, Initializer.Ones, trainable: false);
        return (c.Shape(), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var x = c.X;
        Val Channel(Val v) => x.Dims.Rank == 2 ? v : c.PerChannel(v, x.Dims.Rank);
        Val gamma = Channel(c.Parameters[0]), beta = Channel(c.Parameters[1]), epsilon = b.Const(c.Float("epsilon"));
        if (!c.Training)
        {
            // One scale and one shift per channel: both depend on the weights alone, so they are computed once and folded into the layer before.
            var s = b.Mul(gamma, b.Unary(UnaryOp.Reciprocal, b.Unary(UnaryOp.Sqrt, b.Add(Channel(c.Parameters[3]), epsilon))));
            return b.Add(b.Mul(x, s), b.Sub(beta, b.Mul(Channel(c.Parameters[2]), s)));
        }

        var axes = Enumerable.Range(0, x.Dims.Rank).Where(a => a != 1).ToArray();
        var positions = x.Dims.ToArray().Skip(2).Aggregate(1, (p, d) => p * d.Size);
        var mean = b.Mean(x, axes);
        var centred = b.Sub(x, mean);
        var variance = b.Mul(b.SquaredDeviations(x, axes), b.Share(x, axes));
        var scale = b.Unary(UnaryOp.Reciprocal, b.Unary(UnaryOp.Sqrt, b.Add(variance, epsilon)));

        Running(c, 2, mean);
        // m/(m − 1) with m = n·positions; a single value has no unbiased variance, and the runtime refuses it.
        var count = b.Mul(b.Leaf(new BatchPrim(), Dims.Scalar), b.Const(positions));
        var unbiased = b.Div(count, b.Sub(count, b.Const(1)));
        Running(c, 3, b.Mul(variance, unbiased));
        return b.Add(b.Mul(centred, b.Mul(scale, gamma)), beta);
    }

    private static void Running(LowerContext c, int parameter, Val batch)
    {
        var b = c.B;
        var old = c.Parameters[parameter];
        var momentum = c.Float("momentum");
        var value = b.Add(b.Mul(old, b.Const(1 - momentum)), b.Mul(b.Reshape(batch, old.Dims), b.Const(momentum)));
        c.StateUpdates.Add(new StateUpdate(c.Node.Parameters[parameter], value));
    }
}
