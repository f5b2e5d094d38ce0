namespace DeepGen.Reference;

/// <summary>
/// Recurrent layers as PyTorch documents them, sample by sample and step by step. A sample of fewer steps is simply shorter; backwards it begins at its own last step.
/// </summary>
/// <param name="states">Kinds of state that are given and handed on behind the sequence; 0 where the layer begins at zero and keeps its states.</param>
internal abstract class ReferenceRecurrent(int gates, int states) : ReferenceOp
{
    private int Hidden(Call c) => states > 0 ? c.Inputs[1].Shape[1] : c.Int("hidden");

    private int Layers(Call c) => states > 0 ? c.Inputs[1].Shape[0] : c.Int("layers");

    private int Directions(Call c) => states == 0 && c.Bool("bidirectional") ? 2 : 1;

    private bool ReturnsSequence(Call c) => states > 0 || c.Bool("returnSequence");

    /// <summary>Where a state of a layer stands in what is given, and in what is handed on.</summary>
    private static int Given(Call c, int n, int kind, int layer) => c.Inputs[1 + kind].Start(n) + (layer * c.Inputs[1].Shape[1]);

    private int Handed(Call c, int kind, int layer) => (c.X.Shape[0] + (kind * Layers(c)) + layer) * Hidden(c);

    /// <summary>What one step is given and gives; the gradients beside it on the way back.</summary>
    protected sealed class Step
    {
        public required int T { get; init; }

        public required double[] X { get; init; }

        /// <summary>W_ih·x + b_ih and W_hh·h + b_hh.</summary>
        public required double[] A { get; init; }

        public required double[] R { get; init; }

        public required double[] H { get; init; }

        public required double[] C { get; init; }

        public double[] NextH { get; set; } = [];

        public double[] NextC { get; set; } = [];
    }

    protected abstract void Forward(Call c, Step s);

    /// <summary>From dh and dc after the step to those before it (as far as they do not go through R), and to the gradients of A and R.</summary>
    protected abstract void Backward(Call c, Step s, double[] dh, double[] dc, double[] dhBefore, double[] dcBefore, double[] da, double[] dr);

    public override void Forward(Call c)
    {
        for (var n = 0; n < c.Y.Samples; n++)
        {
            var (_, result) = Run(c, n);
            result.CopyTo(c.Y.Data, n * c.Y.Size);
        }
    }

    public override void Backward(Call c)
    {
        int hidden = Hidden(c), layers = Layers(c), directions = Directions(c), steps = c.X.Shape[0];
        for (var n = 0; n < c.Y.Samples; n++)
        {
            var (passes, _) = Run(c, n);
            var all = c.Y.Gradient.AsSpan(n * c.Y.Size, c.Y.Size).ToArray();
            var dy = all;
            for (var layer = layers - 1; layer >= 0; layer--)
            {
                var input = Input(c, layer);
                var dx = new double[steps * input];
                for (var d = 0; d < directions; d++)
                {
                    double[] dh = new double[hidden], dc = new double[hidden];
                    if (states > 0) dh = all[Handed(c, 0, layer)..(Handed(c, 0, layer) + hidden)];
                    if (states > 1) dc = all[Handed(c, 1, layer)..(Handed(c, 1, layer) + hidden)];
                    var sequence = layer < layers - 1 || ReturnsSequence(c);
                    if (!sequence)
                    {
                        dh = dy[(d * hidden)..((d + 1) * hidden)];
                    }

                    foreach (var s in passes[(layer * directions) + d].AsEnumerable().Reverse())
                    {
                        for (var i = 0; sequence && i < hidden; i++)
                        {
                            dh[i] += dy[(s.T * directions * hidden) + (d * hidden) + i];
                        }

                        double[] dhBefore = new double[hidden], dcBefore = new double[hidden], da = new double[gates * hidden], dr = new double[gates * hidden];
                        Backward(c, s, dh, dc, dhBefore, dcBefore, da, dr);
                        var p = Parameters(c, layer, d);
                        Affine(p, 0, da, s.X, (i, v) => dx[(s.T * input) + i] += v);
                        Affine(p, 1, dr, s.H, (i, v) => dhBefore[i] += v);
                        (dh, dc) = (dhBefore, dcBefore);
                    }

                    for (var i = 0; states > 0 && i < hidden; i++)
                    {
                        c.Inputs[1].Gradient[Given(c, n, 0, layer) + i] += dh[i];
                        if (states > 1) c.Inputs[2].Gradient[Given(c, n, 1, layer) + i] += dc[i];
                    }
                }

                dy = dx;
            }

            for (var i = 0; i < c.X.Size; i++)
            {
                c.X.Gradient[c.X.Start(n) + i] += dy[i];
            }
        }

        // y = W·x + b: adds to dW and db, and gives dx.
        static void Affine(Value[] p, int which, double[] dy, double[] x, Action<int, double> dx)
        {
            for (var o = 0; o < dy.Length; o++)
            {
                if (p.Length > 2)
                {
                    p[2 + which].Gradient[o] += dy[o];
                }

                for (var i = 0; i < x.Length; i++)
                {
                    p[which].Gradient[(o * x.Length) + i] += dy[o] * x[i];
                    dx(i, dy[o] * p[which].Data[(o * x.Length) + i]);
                }
            }
        }
    }

    private int Input(Call c, int layer) => layer == 0 ? c.X.Shape[1] : Hidden(c) * Directions(c);

    private Value[] Parameters(Call c, int layer, int direction)
    {
        var count = c.Bool("bias") ? 4 : 2;
        return c.Parameters.Skip(((layer * Directions(c)) + direction) * count).Take(count).ToArray();
    }

    /// <summary>Every step of every layer and direction, and the result.</summary>
    private (List<Step>[] Passes, double[] Result) Run(Call c, int n)
    {
        int hidden = Hidden(c), layers = Layers(c), directions = Directions(c), steps = c.X.Shape[0];
        var length = c.Inputs.Length > 1 + states ? (int)c.Inputs[1 + states].Data[c.Inputs[1 + states].Start(n)] : steps;
        var x = c.X.Data.AsSpan(c.X.Start(n), c.X.Size).ToArray();
        var passes = new List<Step>[layers * directions];
        double[] last = [];
        var handed = new double[states * layers * hidden];
        for (var layer = 0; layer < layers; layer++)
        {
            var input = Input(c, layer);
            var y = new double[steps * directions * hidden];
            last = new double[directions * hidden];
            for (var d = 0; d < directions; d++)
            {
                double[] h = new double[hidden], m = new double[hidden];
                if (states > 0) h = c.Inputs[1].Data[Given(c, n, 0, layer)..(Given(c, n, 0, layer) + hidden)];
                if (states > 1) m = c.Inputs[2].Data[Given(c, n, 1, layer)..(Given(c, n, 1, layer) + hidden)];
                var pass = passes[(layer * directions) + d] = [];
                for (var i = 0; i < length; i++)
                {
                    var t = d == 0 ? i : length - 1 - i;
                    var p = Parameters(c, layer, d);
                    var xt = x[(t * input)..((t + 1) * input)];
                    var s = new Step { T = t, X = xt, A = Affine(p, 0, xt), R = Affine(p, 1, h), H = h, C = m, NextH = new double[hidden], NextC = new double[hidden] };
                    Forward(c, s);
                    (h, m) = (s.NextH, s.NextC);
                    h.CopyTo(y, (t * directions * hidden) + (d * hidden));
                    pass.Add(s);
                }

                h.CopyTo(last, d * hidden);
                if (states > 0) h.CopyTo(handed, layer * hidden);
                if (states > 1) m.CopyTo(handed, (layers + layer) * hidden);
            }

            x = y;
        }

        return (passes, states > 0 ? [.. x, .. handed] : ReturnsSequence(c) ? x : last);

        double[] Affine(Value[] p, int which, double[] v) => Enumerable.Range(0, gates * hidden)
            .Select(o => (p.Length > 2 ? p[2 + which].Data[o] : 0) + v.Select((value, i) => value * p[which].Data[(o * v.Length) + i]).Sum()).ToArray();
    }

    protected static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}

internal sealed class ReferenceRnn(int states = 0) : ReferenceRecurrent(1, states)
{
    protected override void Forward(Call c, Step s)
    {
        for (var i = 0; i < s.H.Length; i++)
        {
            s.NextH[i] = c.Bool("relu") ? Math.Max(0, s.A[i] + s.R[i]) : Math.Tanh(s.A[i] + s.R[i]);
        }
    }

    protected override void Backward(Call c, Step s, double[] dh, double[] dc, double[] dhBefore, double[] dcBefore, double[] da, double[] dr)
    {
        for (var i = 0; i < s.H.Length; i++)
        {
            da[i] = dr[i] = c.Bool("relu") ? (s.A[i] + s.R[i] > 0 ? dh[i] : 0) : dh[i] * (1 - (s.NextH[i] * s.NextH[i]));
        }
    }
}

internal sealed class ReferenceLstm(int states = 0) : ReferenceRecurrent(4, states)
{
    protected override void Forward(Call c, Step s)
    {
        for (var k = 0; k < s.H.Length; k++)
        {
            var (i, f, g, o) = Gates(s, k);
            s.NextC[k] = (f * s.C[k]) + (i * g);
            s.NextH[k] = o * Math.Tanh(s.NextC[k]);
        }
    }

    protected override void Backward(Call c, Step s, double[] dh, double[] dc, double[] dhBefore, double[] dcBefore, double[] da, double[] dr)
    {
        var hidden = s.H.Length;
        for (var k = 0; k < hidden; k++)
        {
            var (i, f, g, o) = Gates(s, k);
            var tanh = Math.Tanh(s.NextC[k]);
            var cell = dc[k] + (dh[k] * o * (1 - (tanh * tanh)));
            da[k] = cell * g * i * (1 - i);
            da[hidden + k] = cell * s.C[k] * f * (1 - f);
            da[(2 * hidden) + k] = cell * i * (1 - (g * g));
            da[(3 * hidden) + k] = dh[k] * tanh * o * (1 - o);
            dcBefore[k] = cell * f;
        }

        da.CopyTo(dr, 0);
    }

    private static (double I, double F, double G, double O) Gates(Step s, int k)
    {
        double At(int gate) => s.A[(gate * s.H.Length) + k] + s.R[(gate * s.H.Length) + k];
        return (Sigmoid(At(0)), Sigmoid(At(1)), Math.Tanh(At(2)), Sigmoid(At(3)));
    }
}

internal sealed class ReferenceGru(int states = 0) : ReferenceRecurrent(3, states)
{
    protected override void Forward(Call c, Step s)
    {
        for (var k = 0; k < s.H.Length; k++)
        {
            var (_, z, m) = Gates(s, k);
            s.NextH[k] = ((1 - z) * m) + (z * s.H[k]);
        }
    }

    protected override void Backward(Call c, Step s, double[] dh, double[] dc, double[] dhBefore, double[] dcBefore, double[] da, double[] dr)
    {
        var hidden = s.H.Length;
        for (var k = 0; k < hidden; k++)
        {
            var (r, z, m) = Gates(s, k);
            var candidate = dh[k] * (1 - z) * (1 - (m * m));
            da[k] = dr[k] = candidate * s.R[(2 * hidden) + k] * r * (1 - r);
            da[hidden + k] = dr[hidden + k] = dh[k] * (s.H[k] - m) * z * (1 - z);
            da[(2 * hidden) + k] = candidate;
            dr[(2 * hidden) + k] = candidate * r;
            dhBefore[k] = dh[k] * z;
        }
    }

    private static (double R, double Z, double M) Gates(Step s, int k)
    {
        var hidden = s.H.Length;
        var r = Sigmoid(s.A[k] + s.R[k]);
        return (r, Sigmoid(s.A[hidden + k] + s.R[hidden + k]), Math.Tanh(s.A[(2 * hidden) + k] + (r * s.R[(2 * hidden) + k])));
    }
}
