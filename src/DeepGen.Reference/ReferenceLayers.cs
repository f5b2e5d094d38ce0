namespace DeepGen.Reference;

/// <summary>Over the last axis: a vector, or each vector of a sequence.</summary>
internal sealed class ReferenceDense : ReferenceOp
{
    public override void Forward(Call c)
    {
        int outputs = c.Y.Shape[^1], inputs = c.X.Shape[^1];
        Parallel.For(0, c.Y.Data.Length, y => c.Y.Data[y] =
            (c.Parameters.Length > 1 ? c.Parameters[1].Data[y % outputs] : 0)
            + Lines.Dot(c.Parameters[0].Data.AsSpan(y % outputs * inputs, inputs), c.X.Data.AsSpan(y / outputs * inputs, inputs)));
    }

    public override void Backward(Call c)
    {
        int outputs = c.Y.Shape[^1], inputs = c.X.Shape[^1], rows = c.Y.Data.Length / outputs;
        Parallel.For(0, rows, row =>
        {
            for (var o = 0; o < outputs; o++)
            {
                Lines.AddScaled(c.X.Gradient.AsSpan(row * inputs, inputs), c.Y.Gradient[(row * outputs) + o], c.Parameters[0].Data.AsSpan(o * inputs, inputs));
            }
        });
        Parallel.For(0, outputs, o =>
        {
            for (var row = 0; row < rows; row++)
            {
                var dy = c.Y.Gradient[(row * outputs) + o];
                Lines.AddScaled(c.Parameters[0].Gradient.AsSpan(o * inputs, inputs), dy, c.X.Data.AsSpan(row * inputs, inputs));
                if (c.Parameters.Length > 1)
                {
                    c.Parameters[1].Gradient[o] += dy;
                }
            }
        });
    }
}

/// <summary>Ioffe &amp; Szegedy 2015, with PyTorch's running averages: momentum is the share of the newest batch, the variance the unbiased one.</summary>
internal sealed class ReferenceBatchNorm : ReferenceOp
{
    public override void Forward(Call c)
    {
        var channels = c.X.Shape[0];
        c.Kept = new double[2 * channels];
        Parallel.For(0, channels, k =>
        {
            double mean = c.State(2)[k], variance = c.State(3)[k];
            var members = Members(c, k);
            if (c.Options.Training)
            {
                mean = members.Average(i => c.X.Data[i]);
                variance = members.Average(i => (c.X.Data[i] - mean) * (c.X.Data[i] - mean));
                var momentum = c.Float("momentum");
                c.State(2)[k] += momentum * (mean - c.State(2)[k]);
                c.State(3)[k] += momentum * ((variance * members.Length / (members.Length - 1)) - c.State(3)[k]);
            }

            var scale = 1 / Math.Sqrt(variance + c.Float("epsilon"));
            foreach (var i in members)
            {
                c.Y.Data[i] = ((c.X.Data[i] - mean) * scale * c.Parameters[0].Data[k]) + c.Parameters[1].Data[k];
            }

            (c.Kept[k], c.Kept[channels + k]) = (mean, scale);
        });
    }

    public override void Backward(Call c)
    {
        var channels = c.X.Shape[0];
        Parallel.For(0, channels, k =>
        {
            double mean = c.Kept[k], scale = c.Kept[channels + k], gamma = c.Parameters[0].Data[k];
            var members = Members(c, k);
            var sum = members.Sum(i => c.Y.Gradient[i]);
            var dot = members.Sum(i => c.Y.Gradient[i] * (c.X.Data[i] - mean) * scale);
            c.Parameters[0].Gradient[k] += dot;
            c.Parameters[1].Gradient[k] += sum;
            foreach (var i in members)
            {
                var normalized = (c.X.Data[i] - mean) * scale;
                c.X.Gradient[i] += gamma * scale * (c.Y.Gradient[i] - (c.Options.Training ? (sum + (normalized * dot)) / members.Length : 0));
            }
        });
    }

    private static int[] Members(Call c, int channel)
    {
        var positions = c.X.Size / c.X.Shape[0];
        var members = new int[c.X.Samples * positions];
        for (var i = 0; i < members.Length; i++)
        {
            members[i] = (i / positions * c.X.Size) + (channel * positions) + (i % positions);
        }

        return members;
    }
}
