using DeepGen.Generators.Graph;

namespace DeepGen.Reference;

/// <summary>A cell, called step by step with values of its own; what it reads from outside is the same at every step and gets the gradients of all.</summary>
internal sealed class ReferenceScan : ReferenceOp
{
    /// <param name="Masked">The samples that have no such step.</param>
    internal sealed record Step(int T, Value?[] Values, List<(ReferenceOp Op, Call Call)> Calls, bool[] Masked);

    public override void Forward(Call c)
    {
        var cell = c.Node.Cell!;
        int steps = c.X.Shape[0], batch = c.Y.Samples;
        var lengths = c.Node.Lengths < 0 ? null : c.Inputs[1 + cell.States.Count].Data;
        var states = cell.States.Select((id, i) => new Value(c.Nodes[id].Shape.ToArray(), batch, true, Full(c.Inputs[1 + i], batch))).ToArray();
        for (var i = 0; i < steps; i++)
        {
            var t = c.Bool("reverse") ? steps - 1 - i : i;
            var masked = Enumerable.Range(0, batch).Select(n => lengths is not null && t >= lengths[n]).ToArray();
            var values = new Value?[c.NodeId];
            values[cell.Step] = new Value(c.X.Shape[1..], batch, true, Enumerable.Range(0, batch).SelectMany(n => Part(c.X.Data, c.X, n, t)).ToArray());
            for (var s = 0; s < states.Length; s++)
            {
                values[cell.States[s]] = new Value(states[s].Shape, batch, true, states[s].Data);
            }

            foreach (var (id, value) in c.Node.Inputs.Zip(c.Inputs).Concat(c.Node.Parameters.Zip(c.Parameters)))
            {
                values[id] = value;
            }

            var calls = new List<(ReferenceOp, Call)>();
            foreach (var node in c.Nodes.Take(c.NodeId))
            {
                if (node.Kind == NodeKind.Constant)
                {
                    values[node.Id] = new Value(node.Shape.ToArray(), 1, false, Enumerable.Repeat(Convert.ToDouble(node.Arguments[0].Value), (int)node.Shape.Elements).ToArray());
                }
                else if (node.Loop == cell.Loop && node.Kind == NodeKind.Op)
                {
                    var y = new Value(node.Shape.ToArray(), node.PerSample ? batch : 1, node.PerSample);
                    var call = new Call(node, node.Inputs.Select(x => values[x]!).ToArray(), node.Parameters.Select(p => values[p]!).ToArray(), y, c.Options, c.States, c.Nodes) { Time = t };
                    Get(node.Op).Forward(call);
                    values[node.Id] = y;
                    calls.Add((Get(node.Op), call));
                }
            }

            var output = values[cell.Output]!;
            var next = cell.Next.Select(id => Full(values[id]!, batch)).ToArray();
            for (var n = 0; n < batch; n++)
            {
                if (!masked[n])
                {
                    output.Data.AsSpan(output.Start(n), output.Size).CopyTo(c.Y.Data.AsSpan((n * c.Y.Size) + (t * output.Size)));
                }
            }

            states = states.Select((s, k) => new Value(s.Shape, batch, true, s.Data.Select((v, j) => masked[j / s.Size] ? v : next[k][j]).ToArray())).ToArray();
            c.Steps.Add(new Step(t, values, calls, masked));
        }

        c.Y.States = states;
    }

    public override void Backward(Call c)
    {
        var cell = c.Node.Cell!;
        var batch = c.Y.Samples;
        var gradients = c.Y.States.Select(s => s.Gradient).ToArray();
        foreach (var (t, values, calls, masked) in c.Steps.AsEnumerable().Reverse())
        {
            var output = values[cell.Output]!;
            for (var n = 0; n < batch; n++)
            {
                for (var i = 0; !masked[n] && i < output.Size; i++)
                {
                    output.Gradient[output.Start(n) + i] += c.Y.Gradient[(n * c.Y.Size) + (t * output.Size) + i];
                }

                for (var s = 0; s < gradients.Length; s++)
                {
                    var next = values[cell.Next[s]]!;
                    for (var i = 0; !masked[n] && i < next.Size; i++)
                    {
                        next.Gradient[next.Start(n) + i] += gradients[s][(n * next.Size) + i];
                    }
                }
            }

            foreach (var (op, call) in calls.AsEnumerable().Reverse())
            {
                op.Backward(call);
            }

            var before = cell.States.Select(id => values[id]!).ToArray();
            gradients = before.Select((v, s) => v.Gradient.Select((g, i) => masked[i / v.Size] ? gradients[s][i] + g : g).ToArray()).ToArray();
            var step = values[cell.Step]!;
            for (var n = 0; n < batch; n++)
            {
                for (var i = 0; i < step.Size; i++)
                {
                    c.X.Gradient[c.X.Start(n) + (t * step.Size) + i] += step.Gradient[(n * step.Size) + i];
                }
            }
        }

        for (var s = 0; s < gradients.Length; s++)
        {
            var first = c.Inputs[1 + s];
            for (var i = 0; i < gradients[s].Length; i++)
            {
                first.Gradient[first.Start(i / first.Size) + (i % first.Size)] += gradients[s][i];
            }
        }
    }

    private static double[] Part(double[] data, Value x, int n, int t)
    {
        var size = x.Size / x.Shape[0];
        return data[(x.Start(n) + (t * size))..(x.Start(n) + ((t + 1) * size))];
    }

    private static double[] Full(Value v, int batch) => v.PerSample ? v.Data : Enumerable.Repeat(v.Data, batch).SelectMany(d => d).ToArray();
}

internal sealed class ReferenceScanState : ReferenceOp
{
    public override void Forward(Call c) => c.X.States[c.Int("index")].Data.CopyTo(c.Y.Data, 0);

    public override void Backward(Call c)
    {
        for (var i = 0; i < c.Y.Gradient.Length; i++)
        {
            c.X.States[c.Int("index")].Gradient[i] += c.Y.Gradient[i];
        }
    }
}
