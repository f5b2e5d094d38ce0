using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

internal sealed class MatMul : OpDefinition
{
    public override string Name => "MatMul";

    public override string Summary => "The product of two matrices, of each sample or of a sample and a parameter; leading axes, such as heads, are products of their own.";

    public override string Formula => "y = op(a)·op(b), op the transpose where it is asked for";

    public override string ShapeRule => "[…, M, K], […, K, N] → […, M, N] with equal leading extents; b may be a parameter [K, N]";

    public override string Source => "Vaswani et al. 2017, Attention is all you need";

    public override string Gradient => "da = dy·bᵀ, db = aᵀ·dy, each stored as its operand is; that of a parameter summed over the batch";

    public override string Fuses => "scaling, activation, residual sum, Map and Dropout behind it are computed while it stores its result";

    public override OpForm Form => OpForm.Method;

    public override IReadOnlyList<string> Inputs { get; } = new[] { "a", "b" };

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("transposeA", OpParameterType.Bool, "Whether the last two axes of the first are exchanged.", false),
        new OpParameter("transposeB", OpParameterType.Bool, "Whether the last two axes of the second are exchanged.", false),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        c.RequireFloat(1);
        Shape a = c.Shape(0), b = c.Shape(1);
        if (a.Rank < 2 || b.Rank < 2)
        {
            throw c.Error(OpErrorKind.Rank, a.Rank < 2 ? null : "b", $"MatMul needs two matrices but {c.Gives(a.Rank < 2 ? 0 : 1)}; Reshape a vector to (1, F) or (F, 1)");
        }

        bool ta = c.Bool("transposeA"), tb = c.Bool("transposeB");
        int m = a[a.Rank - (ta ? 1 : 2)], k = a[a.Rank - (ta ? 2 : 1)], inner = b[b.Rank - (tb ? 1 : 2)], n = b[b.Rank - (tb ? 2 : 1)];
        // A matrix that is the same for all samples multiplies every row.
        var forAllRows = b.Rank == 2 && !c.Inputs[1].PerSample;
        var leading = a.ToArray().Take(a.Rank - 2).ToArray();
        if (k != inner || (!forAllRows && !leading.SequenceEqual(b.ToArray().Take(b.Rank - 2))))
        {
            static string Operand(Shape s, bool transposed) => s + (transposed ? " transposed" : "");
            throw c.Error(OpErrorKind.ShapesDiffer, "b", k != inner
                ? $"MatMul needs as many columns of the first as rows of the second, but they are {Operand(a, ta)} and {Operand(b, tb)}: {k} and {inner}"
                : $"MatMul needs equal extents before the last two, but its operands are {a} and {b}");
        }

        return (new Shape(leading.Concat(new[] { m, n })), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var (a, b, ta) = (c.X, c.Inputs[1], c.Bool("transposeA"));
        if (!a.Dims.HasBatch && b.Dims.HasBatch)
        {
            a = c.B.Broadcast(a, new Dims(a.Dims.ToArray().Prepend(Dim.Batch)));
        }
        else if (a.Dims.HasBatch && !b.Dims.HasBatch && b.Dims.Rank > 2)
        {
            b = c.B.Broadcast(b, new Dims(b.Dims.ToArray().Prepend(Dim.Batch)));
        }

        if (ta && b.Dims.Rank < a.Dims.Rank)
        {
            // Rows of one matrix for all of them must be rows in memory.
            var rank = a.Dims.Rank;
            a = c.B.Permute(a, Enumerable.Range(0, rank - 2).Concat(new[] { rank - 1, rank - 2 }).ToArray());
            ta = false;
        }

        return c.B.MatMul(a, b, ta, c.Bool("transposeB"));
    }

    public override long Macs(Node node, IReadOnlyList<Node> nodes)
    {
        var a = nodes[node.Inputs[0]].Shape;
        return node.Shape.Elements * a[a.Rank - ((bool)Argument(node.Arguments, "transposeA")! ? 2 : 1)];
    }
}

internal sealed class Gram : OpDefinition
{
    public override string Name => "Gram";

    public override string Summary => "Gram matrix of a map's channels: their inner products over all positions, which tell its style.";

    public override string Formula => "y[i,j] = Σ_p,q x[i,p,q]·x[j,p,q], divided by C·H·W when normalize";

    public override string ShapeRule => "[C, H, W] → [C, C]; any rank of two and more";

    public override string Source => "Gatys, Ecker & Bethge 2016, Image style transfer using convolutional neural networks; normalized: Johnson, Alahi & Fei-Fei 2016";

    public override string Gradient => "dx[i,p,q] = Σ_j (dy[i,j] + dy[j,i])·x[j,p,q], divided likewise";

    public override string Fuses => "the division and what is elementwise behind it are computed while the product stores its result";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("normalize", OpParameterType.Bool, "Whether the products are divided by the elements of a sample.", true),
    };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        return c.Shape().Rank >= 2
            ? (new Shape(c.Shape()[0], c.Shape()[0]), Element.Float32)
            : throw c.Error(OpErrorKind.Rank, null, $"Gram needs channels with positions but {c.Gives()}");
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var channels = c.Node.Shape[0];
        var x = b.Reshape(c.X, Dims.Of(new Shape(channels, (int)(c.X.Dims.Elements / channels)), c.X.Dims.HasBatch));
        var product = b.MatMul(x, x, transposeB: true);
        return c.Bool("normalize") ? b.Mul(product, b.Const(1f / c.X.Dims.Elements)) : product;
    }

    public override long Macs(Node node, IReadOnlyList<Node> nodes) => node.Shape[0] * nodes[node.Inputs[0]].Shape.Elements;
}

internal sealed class Rbf : OpDefinition
{
    public override string Name => "Rbf";

    public override string Summary => "Euclidean radial basis functions: the squared distance of a vector from each of a number of centres, LeNet-5's output layer.";

    public override string Formula => "y[i] = Σ_j (x[j] − w[i,j])²";

    public override string ShapeRule => "[F] → [features]";

    public override string Source => "LeCun, Bottou, Bengio & Haffner 1998, Gradient-based learning applied to document recognition";

    public override string Gradient => "dx[j] = 2·Σ_i dy[i]·(x[j] − w[i,j]); dw[i,j] = −2·Σ_n dy[i]·(x[j] − w[i,j])";

    public override string Fuses => "differences are never stored, and taken before they are squared, so that no digit is lost near a centre; what is elementwise behind it is computed in the same pass";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("features", OpParameterType.Int, "Number of centres.", Minimum: 1),
    };

    public override IReadOnlyList<string> ParameterLeaves { get; } = new[] { "weight" };

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.Require(0, 1, "a vector");
        int input = c.Shape()[0], features = c.Int("features");
        c.Parameter("weight", new Shape(features, input), input, features);
        return (new Shape(features), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var difference = b.Sub(b.Reshape(c.X, new Dims(new[] { c.X.Dims.HasBatch ? Dim.Batch : 1, (Dim)1, c.X.Dims.Last })), c.Parameters[0]);
        return b.Reshape(b.Sum(b.Mul(difference, difference), 2), c.ResultDims);
    }

    public override long Macs(Node node, IReadOnlyList<Node> nodes) => nodes[node.Parameters[0]].Shape.Elements;
}
