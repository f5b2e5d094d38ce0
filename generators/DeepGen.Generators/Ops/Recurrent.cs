using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

/// <summary>
/// Recurrent layers over a sequence, with PyTorch's parameters, gate order and names. What does not depend on the state, the product with the input of all steps, is one
/// product in front of the loop.
/// </summary>
internal abstract class Recurrent : OpDefinition
{
    public override string ShapeRule => "[T, F] → [T, hidden] with returnSequence, else [hidden]; twice as many features where bidirectional";

    public override string Fuses => "the input's product with its weight is one product over all steps; in the loop, the product with the state and one elementwise pass. The gradients of weights and biases are one product over all steps behind the loop";

    public override IReadOnlyList<OpParameter> Parameters { get; } = new[]
    {
        new OpParameter("hidden", OpParameterType.Int, "Length of the state.", Minimum: 1),
        new OpParameter("layers", OpParameterType.Int, "Layers one above the other; each reads the whole sequence of the one below.", 1, 1),
        new OpParameter("bidirectional", OpParameterType.Bool, "Whether a second set of weights runs from the last step to the first; the results of both are joined.", false),
        new OpParameter("returnSequence", OpParameterType.Bool, "Whether the result is the state after every step, [T, …], or the last one alone (backwards: the one after the first step).", false),
        new OpParameter("bias", OpParameterType.Bool, "Whether biases are added.", true),
    };

    public override bool ReadsLengths => true;

    /// <summary>Rows of the weights for each of the state's.</summary>
    public abstract int Gates { get; }

    /// <summary>States beside the one that is the result.</summary>
    public virtual int MoreStates => 0;

    /// <summary>Whether bias_hh is added to the state's product before a gate multiplies it.</summary>
    public virtual bool GatesBias => false;

    /// <summary>How many layers and directions there are, and what is wanted of them.</summary>
    protected sealed record Plan(int Hidden, int Layers, bool Bidirectional, bool ReturnSequence, bool Bias);

    protected virtual Plan PlanOf(Func<string, object?> argument, IReadOnlyList<Shape> inputs) =>
        new((int)argument("hidden")!, (int)argument("layers")!, (bool)argument("bidirectional")!, (bool)argument("returnSequence")!, (bool)argument("bias")!);

    protected Plan PlanOf(LowerContext c) => PlanOf(c.Argument, c.Node.Inputs.Select(i => c.Nodes[i].Shape).ToArray());

    /// <summary>Makes the weights, by layer and direction.</summary>
    /// <returns>The features of the last layer's results.</returns>
    private int MakeWeights(OpContext c, Plan plan)
    {
        int input = c.Shape()[1], hidden = plan.Hidden, directions = plan.Bidirectional ? 2 : 1;
        for (var layer = 0; layer < plan.Layers; layer++)
        {
            for (var d = 0; d < directions; d++)
            {
                var suffix = $"_l{layer}{(d == 0 ? "" : "_reverse")}";
                void Make(string leaf, Shape shape) => c.Parameter(leaf + suffix, shape, hidden, hidden, Initializer.Uniform);
                Make("weight_ih", new Shape(Gates * hidden, input));
                Make("weight_hh", new Shape(Gates * hidden, hidden));
                if (plan.Bias)
                {
                    Make("bias_ih", new Shape(Gates * hidden));
                    Make("bias_hh", new Shape(Gates * hidden));
                }
            }

            input = directions * hidden;
        }

        return input;
    }

    /// <summary>The inputs have the shapes they need.</summary>
    protected virtual void Check(OpContext c)
    {
        c.Require(0, 2, "a sequence (T, F)");
        c.RequireSample(0);
    }

    public override (Shape Shape, Element Element) Infer(OpContext c)
    {
        Check(c);
        var plan = PlanOf(c.Argument, c.Inputs.Select(i => i.Shape).ToArray());
        var features = MakeWeights(c, plan);
        return (plan.ReturnSequence ? new Shape(c.Shape()[0], features) : new Shape(features), Element.Float32);
    }

    public override Val Lower(LowerContext c)
    {
        var plan = PlanOf(c);
        var (top, _) = Loops(c, plan, Array.Empty<Val>());
        return plan.ReturnSequence ? c.B.SampleMajor(top) : top;
    }

    /// <summary>The loops of all layers and directions.</summary>
    /// <param name="before">The states before the first step, [n, hidden] for each layer of the first kind of state, then of the second; none for zeros.</param>
    /// <returns>The last layer's states, after every step where the plan wants the sequence, and the loops.</returns>
    protected (Val Top, IReadOnlyList<Val> Scans) Loops(LowerContext c, Plan plan, IReadOnlyList<Val> before)
    {
        var b = c.B;
        int steps = c.X.Dims[1].Size, perDirection = plan.Bias ? 4 : 2, used = 0;
        var mask = c.Inputs.Count > Inputs.Count ? SequenceMask.Of(b, c.Inputs[Inputs.Count], steps) : null;
        var x = b.TimeMajor(c.X);
        var scans = new List<Val>();
        for (var layer = 0; layer < plan.Layers; layer++)
        {
            var wantsSequence = layer < plan.Layers - 1 || plan.ReturnSequence;
            var first = Enumerable.Range(0, 1 + MoreStates).Select(s => before.Count == 0 ? b.Const(0) : before[(s * plan.Layers) + layer]);
            var results = new List<Val>();
            for (var d = 0; d < (plan.Bidirectional ? 2 : 1); d++)
            {
                var (scan, y) = Direction(c, x, mask, c.Parameters.Skip(used).Take(perDirection).ToArray(), first, steps, plan.Hidden, d == 1);
                results.Add(wantsSequence ? b.Stacked(scan, y) : b.LastState(scan, 0));
                scans.Add(scan);
                used += perDirection;
            }

            x = results.Count == 1 ? results[0] : b.Concat(1, results);
        }

        return (x, scans);
    }

    private (Val Scan, Val Output) Direction(LowerContext c, Val x, Val? mask, Val[] weights, IEnumerable<Val> first, int steps, int hidden, bool reverse)
    {
        var b = c.B;
        var hasBias = weights.Length > 2;
        var input = b.MatMul(x, weights[0], transposeB: true);
        if (hasBias)
        {
            input = b.Add(input, GatesBias ? weights[2] : b.Add(weights[2], weights[3]));
        }

        var body = new ScanBody(steps, b.Phase, b.Origin);
        var sequences = new List<Val> { input };
        var shared = new List<Val> { weights[1] };
        var atStep = body.Sequence(input);
        var states = Enumerable.Range(0, 1 + MoreStates).Select(_ => body.Carry(new Dims(new[] { Dim.Batch, (Dim)hidden }))).ToArray();
        var product = body.Builder.MatMul(states[0], body.Invariant(weights[1]), transposeB: true);
        if (hasBias && GatesBias)
        {
            product = body.Builder.Add(product, body.Invariant(weights[3]));
            shared.Add(weights[3]);
        }

        var next = Cell(c, body.Builder, atStep, product, states);
        var y = SequenceMask.Apply(body, mask, sequences, next, next[0]);
        return (b.Scan(body, reverse, sequences, first, shared), y);
    }

    /// <summary>The states after a step.</summary>
    /// <param name="x">The input's product with weight_ih, and its bias.</param>
    /// <param name="h">The state's product with weight_hh, and its bias.</param>
    public abstract Val[] Cell(LowerContext c, IrBuilder b, Val x, Val h, Val[] states);

    protected static Val Gate(IrBuilder b, Val gates, int i, Val state) => b.Slice(gates, 1, i * state.Dims[1].Size, state.Dims[1].Size);

    public override long Macs(Node node, IReadOnlyList<Node> nodes) =>
        nodes[node.Inputs[0]].Shape[0] * node.Parameters.Select(p => nodes[p].Shape).Where(s => s.Rank == 2).Sum(s => s.Elements);
}

internal sealed class Rnn : Recurrent
{
    public override string Name => "Rnn";

    public override string Summary => "Elman's recurrent layer over a sequence (T, F). Parameters as in PyTorch: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, …_l0_reverse, …_l1.";

    public override string Formula => "h[t] = tanh(W_ih·x[t] + b_ih + W_hh·h[t−1] + b_hh), max(0, ·) with relu; h[−1] = 0";

    public override string Source => "Elman 1990, Finding structure in time";

    public override string Gradient => "backwards in time: da = dh·(1 − h²), dh[t−1] += W_hhᵀ·da; dx = W_ihᵀ·da; dW_ih = Σ_t da·xᵀ; dW_hh = Σ_t da·h[t−1]ᵀ; db = Σ_t da";

    public override IReadOnlyList<OpParameter> Parameters => parameters ??= base.Parameters.Append(new OpParameter("relu", OpParameterType.Bool, "A rectifier in place of tanh.", false)).ToArray();

    private IReadOnlyList<OpParameter>? parameters;

    public override int Gates => 1;

    public override Val[] Cell(LowerContext c, IrBuilder b, Val x, Val h, Val[] states) =>
        new[] { c.Bool("relu") ? b.LeakyRelu(b.Add(x, h), 0) : b.Unary(UnaryOp.Tanh, b.Add(x, h)) };
}

internal sealed class Lstm : Recurrent
{
    public override string Name => "Lstm";

    public override string Summary => "Long short-term memory over a sequence (T, F). Parameters as in PyTorch: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, …_l0_reverse, …_l1, the gates in the order i, f, g, o.";

    public override string Formula => "i, f, o = σ(W·x[t] + b + W_h·h[t−1] + b_h), g = tanh(likewise); c[t] = f·c[t−1] + i·g; h[t] = o·tanh(c[t]); h[−1] = c[−1] = 0";

    public override string Source => "Hochreiter & Schmidhuber 1997, Long short-term memory; Gers, Schmidhuber & Cummins 2000, Learning to forget";

    public override string Gradient => "backwards in time: dc += dh·o·(1 − tanh²c); di = dc·g, df = dc·c[t−1], dg = dc·i, do = dh·tanh c, each times its gate's derivative; dc[t−1] = dc·f; weights as for Rnn";

    public override int Gates => 4;

    public override int MoreStates => 1;

    public override Val[] Cell(LowerContext c, IrBuilder b, Val x, Val h, Val[] states)
    {
        var gates = b.Add(x, h);
        Val Sigmoid(int i) => b.Unary(UnaryOp.Sigmoid, Gate(b, gates, i, states[0]));
        var (input, forget, cell, output) = (Sigmoid(0), Sigmoid(1), b.Unary(UnaryOp.Tanh, Gate(b, gates, 2, states[0])), Sigmoid(3));
        var memory = b.Add(b.Mul(forget, states[1]), b.Mul(input, cell));
        return new[] { b.Mul(output, b.Unary(UnaryOp.Tanh, memory)), memory };
    }
}

internal sealed class Gru : Recurrent
{
    public override string Name => "Gru";

    public override string Summary => "Gated recurrent unit over a sequence (T, F). Parameters as in PyTorch: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, …_l0_reverse, …_l1, the gates in the order r, z, n.";

    public override string Formula => "r, z = σ(W·x[t] + b + W_h·h[t−1] + b_h); m = tanh(W·x[t] + b + r·(W_h·h[t−1] + b_h)); h[t] = (1 − z)·m + z·h[t−1]; h[−1] = 0";

    public override string Source => "Cho et al. 2014, Learning phrase representations using RNN encoder-decoder";

    public override string Gradient => "backwards in time: dm = dh·(1 − z), dz = dh·(h[t−1] − m), dr = dm·(1 − m²)·(W_h·h[t−1] + b_h), each times its gate's derivative; dh[t−1] = dh·z + W_hᵀ·da; weights as for Rnn";

    public override int Gates => 3;

    public override bool GatesBias => true;

    public override Val[] Cell(LowerContext c, IrBuilder b, Val x, Val h, Val[] states)
    {
        var state = states[0];
        Val Sigmoid(int i) => b.Unary(UnaryOp.Sigmoid, b.Add(Gate(b, x, i, state), Gate(b, h, i, state)));
        var (reset, update) = (Sigmoid(0), Sigmoid(1));
        var candidate = b.Unary(UnaryOp.Tanh, b.Add(Gate(b, x, 2, state), b.Mul(reset, Gate(b, h, 2, state))));
        return new[] { b.Add(b.Mul(b.Sub(b.Const(1), update), candidate), b.Mul(update, state)) };
    }
}
