namespace DeepGen.Numerics.Tests.Oracle;

/// <summary>Over the last axis: a vector, or each vector of a sequence.</summary>
internal sealed class ReferenceDense : ReferenceOp
{
    public override void Forward(Call c) => EachRow(c, (x, y) =>
    {
        int outputs = c.Y.Shape[^1], inputs = c.X.Shape[^1];
        for (var o = 0; o < outputs; o++)
        {
            var sum = c.Parameters.Length > 1 ? c.Parameters[1].Data[o] : 0;
            for (var i = 0; i < inputs; i++)
            {
                sum += c.Parameters[0].Data[(o * inputs) + i] * c.X.Data[x + i];
            }

            c.Y.Data[y + o] = sum;
        }
    });

    public override void Backward(Call c) => EachRow(c, (x, y) =>
    {
        int outputs = c.Y.Shape[^1], inputs = c.X.Shape[^1];
        for (var o = 0; o < outputs; o++)
        {
            var dy = c.Y.Gradient[y + o];
            if (c.Parameters.Length > 1)
            {
                c.Parameters[1].Gradient[o] += dy;
            }

            for (var i = 0; i < inputs; i++)
            {
                c.X.Gradient[x + i] += dy * c.Parameters[0].Data[(o * inputs) + i];
                c.Parameters[0].Gradient[(o * inputs) + i] += dy * c.X.Data[x + i];
            }
        }
    });

    private static void EachRow(Call c, Action<int, int> body)
    {
        for (var row = 0; row < c.Y.Data.Length / c.Y.Shape[^1]; row++)
        {
            body(row * c.X.Shape[^1], row * c.Y.Shape[^1]);
        }
    }
}

/// <summary>Ioffe &amp; Szegedy 2015, with PyTorch's running averages: momentum is the share of the newest batch, the variance the unbiased one.</summary>
internal sealed class ReferenceBatchNorm : ReferenceOp
{
    public override void Forward(Call c)
    {
        var channels = c.X.Shape[0];
        c.Kept = new double[2 * channels];
        for (var k = 0; k < channels; k++)
        {
            double mean = c.State(2)[k], variance = c.State(3)[k];
            if (c.Options.Training)
            {
                var members = Members(c, k).ToArray();
                mean = members.Average(i => c.X.Data[i]);
                variance = members.Average(i => (c.X.Data[i] - mean) * (c.X.Data[i] - mean));
                var momentum = c.Float("momentum");
                c.State(2)[k] += momentum * (mean - c.State(2)[k]);
                c.State(3)[k] += momentum * ((variance * members.Length / (members.Length - 1)) - c.State(3)[k]);
            }

            var scale = 1 / Math.Sqrt(variance + c.Float("epsilon"));
            foreach (var i in Members(c, k))
            {
                c.Y.Data[i] = ((c.X.Data[i] - mean) * scale * c.Parameters[0].Data[k]) + c.Parameters[1].Data[k];
            }

            (c.Kept[k], c.Kept[channels + k]) = (mean, scale);
        }
    }

    public override void Backward(Call c)
    {
        var channels = c.X.Shape[0];
        for (var k = 0; k < channels; k++)
        {
            double mean = c.Kept[k], scale = c.Kept[channels + k], gamma = c.Parameters[0].Data[k];
            var members = Members(c, k).ToArray();
            var sum = members.Sum(i => c.Y.Gradient[i]);
            var dot = members.Sum(i => c.Y.Gradient[i] * (c.X.Data[i] - mean) * scale);
            c.Parameters[0].Gradient[k] += dot;
            c.Parameters[1].Gradient[k] += sum;
            foreach (var i in members)
            {
                var normalized = (c.X.Data[i] - mean) * scale;
                c.X.Gradient[i] += gamma * scale * (c.Y.Gradient[i] - (c.Options.Training ? (sum + (normalized * dot)) / members.Length : 0));
            }
        }
    }

    private static IEnumerable<int> Members(Call c, int channel)
    {
        var positions = c.X.Size / c.X.Shape[0];
        for (var n = 0; n < c.X.Samples; n++)
        {
            for (var p = 0; p < positions; p++)
            {
                yield return (n * c.X.Size) + (channel * positions) + p;
            }
        }
    }
}
