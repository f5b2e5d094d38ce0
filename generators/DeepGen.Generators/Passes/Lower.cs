using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Ops;

namespace DeepGen.Generators.Passes;

/// <summary>Layer graph → primitives, with the gradients of a training program.</summary>
internal static class Lower
{
    public static LoweredProgram Run(NetworkGraph graph, ProgramKind kind)
    {
        var b = new IrBuilder();
        var training = kind == ProgramKind.Training;
        var withLoss = graph.Loss >= 0;
        var forward = Reachable(graph, graph.Outputs);
        var values = new Val?[graph.Nodes.Count];
        var states = new List<StateUpdate>();
        var roots = new List<Root>();

        void LowerAll(Func<Node, bool> which)
        {
            foreach (var node in graph.Nodes)
            {
                if (values[node.Id] is null && which(node))
                {
                    b.Origin = node.Name;
                    b.Segment = node.Segment;
                    values[node.Id] = LowerNode(b, graph, node, values, training, states);
                }
            }

            b.Segment = 0;
        }

        b.Phase = Phase.Forward;
        LowerAll(n => forward[n.Id]);
        var outputs = graph.Outputs.Select(o => values[o]!).ToArray();
        // Gradients of the loss stop at the outputs: it must not look behind them.
        b.KeepAsBoundaries(outputs);
        for (var i = 0; i < outputs.Length; i++)
        {
            roots.Add(new Root(RootKind.Output, i, outputs[i]));
        }

        roots.AddRange(states.Select(s => new Root(RootKind.State, s.Node, s.Value)));

        if (withLoss)
        {
            b.Phase = Phase.Loss;
            var loss = Reachable(graph, new[] { graph.Loss });
            LowerAll(n => loss[n.Id]);
            b.Origin = "loss";
            var perSample = values[graph.Loss]!;
            if (!perSample.Dims.HasBatch)
            {
                perSample = b.Broadcast(perSample, new Dims(new[] { Dim.Batch }));
            }

            roots.Add(new Root(RootKind.Loss, 0, perSample));
            if (training)
            {
                var share = b.Broadcast(b.Leaf(new SampleSharePrim(), Dims.Scalar), perSample.Dims);
                // Gradients stop at the outputs, where Backward takes over; what the loss makes of a weight by itself is left to no other.
                var weights = graph.Parameters.Where(p => p.Parameter!.Trainable && values[p.Id] is not null).ToArray();
                var wrt = outputs.Concat(weights.Select(p => values[p.Id]!)).ToArray();
                var gradients = Differentiate.Run(b, new[] { (perSample, share) }, wrt);
                var seeds = gradients.Take(outputs.Length).ToArray();
                var direct = gradients.Skip(outputs.Length).ToArray();
                if (direct.Any(g => g is not null))
                {
                    // All of them: from here on Backward adds.
                    roots.AddRange(weights.Select((p, i) => new Root(RootKind.LossGradient, p.Id, direct[i] ?? b.Broadcast(b.Const(0), values[p.Id]!.Dims))));
                }

                for (var i = 0; i < seeds.Length; i++)
                {
                    // A value that is two outputs gets its gradient once.
                    var seed = Array.IndexOf(outputs, outputs[i]) == i ? seeds[i] : null;
                    roots.Add(new Root(RootKind.Seed, i, seed ?? b.Broadcast(b.Const(0), outputs[i].Dims)));
                }
            }
        }

        if (training)
        {
            b.Phase = Phase.Backward;
            var parameters = graph.Parameters.Where(p => p.Parameter!.Trainable && values[p.Id] is not null).ToArray();
            var inputs = graph.Inputs.Select((node, index) => (node, index)).Where(t => t.node.Element == Element.Float32 && values[t.node.Id] is not null).ToArray();
            var wrt = parameters.Select(p => values[p.Id]!).Concat(inputs.Select(t => values[t.node.Id]!)).ToArray();
            var gradients = Differentiate.Run(b, outputs.Select((o, i) => (o, b.Leaf(new SeedPrim(i), o.Dims))).ToArray(), wrt);
            for (var i = 0; i < parameters.Length; i++)
            {
                roots.Add(new Root(RootKind.Gradient, parameters[i].Id, gradients[i] ?? b.Broadcast(b.Const(0), wrt[i].Dims)));
            }

            for (var i = 0; i < inputs.Length; i++)
            {
                var j = parameters.Length + i;
                roots.Add(new Root(RootKind.InputGradient, inputs[i].index, gradients[j] ?? b.Broadcast(b.Const(0), wrt[j].Dims)));
            }
        }

        return new LoweredProgram(kind, graph, b, roots);
    }

    private static bool[] Reachable(NetworkGraph graph, IReadOnlyList<int> from)
    {
        var reached = new bool[graph.Nodes.Count];
        foreach (var id in from)
        {
            reached[id] = true;
        }

        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            if (reached[i])
            {
                foreach (var id in graph.Nodes[i].Inputs.Concat(graph.Nodes[i].Parameters))
                {
                    reached[id] = true;
                }
            }
        }

        return reached;
    }

    private static Val LowerNode(IrBuilder b, NetworkGraph graph, Node node, Val?[] values, bool training, List<StateUpdate> states)
    {
        switch (node.Kind)
        {
            case NodeKind.Input:
                return b.Leaf(new InputPrim(graph.Inputs.TakeWhile(n => n.Id != node.Id).Count()), Dims.Of(node.Shape, true), node.Element);
            case NodeKind.Target:
                return b.Leaf(new TargetPrim(graph.Targets.TakeWhile(n => n.Id != node.Id).Count()), Dims.Of(node.Shape, true), node.Element);
            case NodeKind.Parameter:
                return b.Leaf(new ParameterPrim(node.Id), Dims.Of(node.Shape, false));
            case NodeKind.Constant:
                return b.Broadcast(b.Const((float)node.Arguments[0].Value!), Dims.Of(node.Shape, false));
            default:
                var op = OpCatalogue.Get(node.Op);
                var context = new LowerContext(b, op, node, graph.Nodes, node.Inputs.Select(i => values[i]!).ToArray(), node.Parameters.Select(i => values[i]!).ToArray(), training, states)
                {
                    LowerCell = (inner, loop, known) => LowerCell(inner, graph, loop, known, training),
                };
                return op.Lower(context);
        }
    }

    private static void LowerCell(IrBuilder b, NetworkGraph graph, int loop, Val?[] known, bool training)
    {
        // Numbers are written down again at every step.
        for (var id = 0; id < known.Length; id++)
        {
            var node = graph.Nodes[id];
            if (known[id] is null && (node.Loop == loop || node.Kind == NodeKind.Constant))
            {
                b.Origin = node.Name;
                known[id] = LowerNode(b, graph, node, known, training, new List<StateUpdate>());
            }
        }
    }
}
