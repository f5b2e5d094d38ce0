using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>Sequences of different lengths in one batch: behind a sample's last step its state stays as it is, and its outputs are zero.</summary>
internal static class SequenceMask
{
    /// <summary>1 at the steps that a sample has, else 0: [T·n, 1].</summary>
    public static Val Of(IrBuilder b, Val lengths, int steps)
    {
        var isStep = b.Binary(BinaryOp.Greater, b.Reshape(lengths, new Dims(new[] { Dim.Batch, (Dim)1 })), b.Iota(steps, 2, 1));
        return b.TimeMajor(b.Reshape(b.Select(isStep, b.Const(1), b.Const(0)), new Dims(new[] { Dim.Batch, (Dim)steps, (Dim)1 })));
    }

    /// <summary>Gives the body its next states; with a mask, which joins the sequences, those and the output are masked.</summary>
    /// <returns>The output of the step.</returns>
    public static Val Apply(ScanBody body, Val? mask, List<Val> sequences, IReadOnlyList<Val> next, Val output)
    {
        var b = body.Builder;
        if (mask is null)
        {
            body.Next.AddRange(next);
            return output;
        }

        sequences.Add(mask);
        var atStep = body.Sequence(mask);
        Val Masked(Val v, Val otherwise)
        {
            var isStep = b.Binary(BinaryOp.Greater, b.Reshape(atStep, new Dims(new[] { Dim.Batch }.Concat(Enumerable.Repeat((Dim)1, v.Dims.Rank - 1)))), b.Const(0));
            return b.Select(isStep, v, otherwise);
        }

        body.Next.AddRange(next.Select((v, i) => Masked(v, body.Carries[i])));
        return Masked(output, b.Const(0));
    }
}
