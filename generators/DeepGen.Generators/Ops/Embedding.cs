using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>An op of indices, which are checked at run time.</summary>
internal abstract class Lookup : OpDefinition
{
    public override int IndexInput => 0;

    /// <summary>Each row is that of one index.</summary>
    protected static IReadOnlyList<AxisSight?> EachIndex(Node node, IReadOnlyList<Node> nodes, int input) => AxisSight.Each(nodes[node.Inputs[input]].Shape.Rank);

    /// <summary>The shape of the indices with one more axis, whose extent is the number of values of each.</summary>
    protected static Shape WithLast(Shape indices, int size) => new(indices.ToArray().Append(size));
}

internal sealed class Embedding : Lookup
{
    public override string Name => "Embedding";

    public override string Summary => "A learned vector for each index: words, characters, classes. An index out of range is an error at run time that names sample and index.";

    public override string Formula => "y[t,d] = w[x[t],d]; 0 where x[t] is paddingIndex";

    public override string ShapeRule => "[T] (integer) → [T, dimension]; any shape, [] for one index";

    public override string Source => "Bengio et al. 2003, A neural probabilistic language model";

    public override string Gradient => "dw[v,d] = Σ_n,t dy[t,d] where x[t] = v and v is not paddingIndex, in the order of samples and positions";

    public override string Fuses => "activation, Map, residual sum and Dropout behind it are computed while it stores its result";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("count", OpParameterType.Int, "Number of vectors: indices are 0 to count − 1.", Minimum: 1),
        new OpParameter("dimension", OpParameterType.Int, "Length of a vector.", Minimum: 1),
        new OpParameter("paddingIndex", OpParameterType.Int, "An index that gives zeros and is not trained; -1 for none.", -1, -1),
    };

    public override IReadOnlyList<string> ParameterLeaves { get; } = new[] { "weight" };

    public override int IndexCount(Node node, IReadOnlyList<Node> nodes) => nodes[node.Parameters[0]].Shape[0];

    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input) => EachIndex(node, nodes, input);

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireIndices(0);
        int count = c.Int("count"), dimension = c.Int("dimension");
        if (c.Int("paddingIndex") >= count)
        {
            throw c.Error(OpErrorKind.Argument, "paddingIndex", $"{c.CallText}'s paddingIndex must be below {count}, or -1 for none, but is {c.Int("paddingIndex")}");
        }

        c.Parameter("weight", new Shape(count, dimension), 1, dimension, Initializer.Normal, value: 1);
        return (WithLast(c.Shape(), dimension), Element.Float32);
    }

    public override Val Lower(LowerContext c) => c.B.Gather(c.Parameters[0], c.X, c.Int("paddingIndex"));
}

internal sealed class OneHot : Lookup
{
    public override string Name => "OneHot";

    public override string Summary => "A vector for each index with a 1 at its place. An index out of range is an error at run time that names sample and index.";

    public override string Formula => "y[t,k] = 1 where x[t] = k, else 0";

    public override string ShapeRule => "[T] (integer) → [T, classes]; any shape, [] for one index";

    public override string Gradient => "none: indices have no gradient";

    public override string Fuses => "computed inside its elementwise readers; stored for products, convolutions and pools";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("classes", OpParameterType.Int, "Length of a vector: indices are 0 to classes − 1.", Minimum: 1),
    };

    public override int IndexCount(Node node, IReadOnlyList<Node> nodes) => (int)Argument(node.Arguments, "classes")!;

    public override IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input) => EachIndex(node, nodes, input);

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireIndices(0);
        return (WithLast(c.Shape(), c.Int("classes")), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var b = c.B;
        var index = b.Reshape(c.X, new Dims(c.X.Dims.ToArray().Append(1)));
        return b.Select(b.Binary(BinaryOp.Equal, b.Iota(c.Int("classes"), index.Dims.Rank, index.Dims.Rank - 1), index), b.Const(1), b.Const(0));
    }
}

/// <summary>Rows of a tensor and indices that say which.</summary>
internal abstract class RowsByIndex : Lookup
{
    public override OpForm Form => OpForm.Method;

    public override IReadOnlyList<string> Inputs { get; } = new[] { "x", "indices" };

    public override int IndexInput => 1;
}

internal sealed class Gather : RowsByIndex
{
    public override string Name => "Gather";

    public override string Summary => "Rows of a tensor chosen by indices: its first axis is what they count. An index out of range is an error at run time that names sample and index.";

    public override string Formula => "y[k,…] = x[indices[k],…]";

    public override string ShapeRule => "[R, …], indices [K] (integer) → [K, …]; indices of any shape";

    public override string Gradient => "dx[r,…] = Σ_k dy[k,…] where indices[k] = r, in the order of k; a tensor that is the same for all samples sums over them too";

    public override string Fuses => "activation, Map, residual sum and Dropout behind it are computed while it stores its result";

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        c.RequireIndices(1);
        return c.Shape().Rank > 0
            ? (new Shape(c.Shape(1).ToArray().Concat(c.Shape().ToArray().Skip(1))), Element.Float32)
            : throw c.Error(OpErrorKind.Rank, null, $"Gather needs a tensor with an axis to choose along but {c.Gives()}");
    }

    public override Val Lower(LowerContext c) => c.B.Gather(c.X, c.Inputs[1]);
}

internal sealed class ScatterAdd : RowsByIndex
{
    public override string Name => "ScatterAdd";

    public override string Summary => "Sums of rows by index: the reverse of Gather. Rows of one index are added in their order, so the sum does not depend on threads. An index out of range is an error at run time that names sample and index.";

    public override string Formula => "y[r,…] = Σ_k x[k,…] where indices[k] = r";

    public override string ShapeRule => "[K, …], indices [K] (integer) → [rows, …]";

    public override string Gradient => "dx[k,…] = dy[indices[k],…]";

    public override string Fuses => "nothing: it reads and writes memory";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("rows", OpParameterType.Int, "First extent of the result: indices are 0 to rows − 1.", Minimum: 1),
    };

    public override int IndexCount(Node node, IReadOnlyList<Node> nodes) => node.Shape[0];

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        c.RequireFloat(0);
        c.RequireIndices(1);
        Shape x = c.Shape(), indices = c.Shape(1);
        return x.Rank > 0 && indices.Rank == 1 && indices[0] == x[0]
            ? (new Shape(x.ToArray().Skip(1).Prepend(c.Int("rows"))), Element.Float32)
            : throw c.Error(OpErrorKind.ShapesDiffer, "indices", $"{c.CallText} needs an index for each row, but {c.Gives()} and the indices are {indices}");
    }

    public override Val Lower(LowerContext c)
    {
        var x = c.X.Dims.HasBatch ? c.X : c.B.Broadcast(c.X, new Dims(c.X.Dims.ToArray().Prepend(Dim.Batch)));
        return c.B.ScatterAdd(x, c.Inputs[1], -1, c.ResultDims);
    }
}
