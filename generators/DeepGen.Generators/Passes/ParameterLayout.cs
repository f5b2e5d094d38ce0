using DeepGen.Generators.Graph;

namespace DeepGen.Generators.Passes;

/// <summary>Offsets of parameters and states in their arenas, the same for every program of a network.</summary>
internal sealed class ParameterLayout
{
    private readonly Dictionary<int, Location> locations = new();

    public ParameterLayout(NetworkGraph graph)
    {
        foreach (var node in graph.Parameters)
        {
            var size = MemoryPlan.RoundUp(node.Shape.Elements);
            if (node.Parameter!.Trainable)
            {
                locations[node.Id] = new Location(Region.Parameters, ParameterFloats);
                ParameterFloats += size;
            }
            else
            {
                locations[node.Id] = new Location(Region.State, StateFloats);
                StateFloats += size;
            }
        }
    }

    public long ParameterFloats { get; }

    public long StateFloats { get; }

    public Location Location(int node) => locations[node];

    public long Offset(int node) => locations[node].Offset;
}
