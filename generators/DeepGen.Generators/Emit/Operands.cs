using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>The tensors that one kernel's code names: each gets a short name by its role, so that equal kernels of different layers have equal text.</summary>
internal sealed class Operands
{
    private readonly NetworkGraph graph;
    private readonly Dictionary<Val, string> names = new();
    private readonly HashSet<string> taken = new(StringComparer.Ordinal) { "n", "i", "c", "h", "w", "p", "q", "f", "t", "d" };
    private readonly List<(Val Value, string Name)> order = new();

    public Operands(NetworkGraph graph) => this.graph = graph;

    /// <summary>In the order they were first named.</summary>
    public IReadOnlyList<(Val Value, string Name)> All => order;

    public string Name(Val v, bool written = false)
    {
        if (names.TryGetValue(v, out var known))
        {
            return known;
        }

        var role = Role(graph, v, written);
        var name = role;
        for (var i = 1; !taken.Add(name); i++)
        {
            name = role + Literals.Int(i);
        }

        names.Add(v, name);
        order.Add((v, name));
        return name;
    }

    /// <summary>What a tensor is to a kernel: x, y, dy, dx, weight, bias, target.</summary>
    public static string Role(NetworkGraph graph, Val v, bool written) => written ? (v.Phase == Phase.Forward ? "y" : v.Phase == Phase.Loss && v.Dims.Elements == 1 ? "loss" : "dx") : v.Prim switch
    {
        ParameterPrim p => Leaf(graph.Nodes[p.Node].Name),
        TargetPrim => "target",
        TablePrim => "table",
        SeedPrim => "dy",
        InputPrim => "x",
        CarryPrim => v.Phase == Phase.Forward ? "state" : "dstate",
        SharedPrim => v.Dims.HasBatch ? "x" : "weight",
        _ => v.Phase == Phase.Forward ? "x" : "dy",
    };

    private static string Leaf(string name)
    {
        var leaf = name.Substring(name.LastIndexOf('.') + 1);
        return leaf is "weight" or "bias" or "running_mean" or "running_var" ? leaf : "weight";
    }
}
