using DeepGen.Generators.Emit;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Passes;

namespace DeepGen.Zoo;

/// <summary>What a network costs at full size, known without running it.</summary>
/// <param name="Output">The shapes of its outputs for one sample.</param>
/// <param name="Macs">Multiply-adds of one sample, forward.</param>
/// <param name="TrainBytes">What the arena of the training program needs for one sample.</param>
/// <param name="InferBytes">The same of the inference program.</param>
internal sealed record Costs(string Name, long Parameters, string Output, long Macs, long TrainBytes, long InferBytes)
{
    public static Costs Of(ZooNetwork network)
    {
        var graph = Graphs.Of(network.Full);
        var planned = PlannedNetwork.Of(graph);
        return new(
            network.Name,
            TrainableValues(graph),
            string.Join(" ", graph.Outputs.Select(o => graph.Nodes[o].Shape.ToCompactString())),
            LayerTable.Macs(graph),
            planned.Training.Memory.SampleFloats * sizeof(float),
            planned.Inference.Memory.SampleFloats * sizeof(float));
    }

    public static long TrainableValues(NetworkGraph graph) => graph.Parameters.Where(p => p.Parameter!.Trainable).Sum(p => p.Shape.Elements);
}
