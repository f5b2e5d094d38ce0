using DeepGen.Generators.Graph;
using DeepGen.Generators.Tests.Support;

namespace DeepGen.Generators.Tests;

public class AcceptanceTests
{
    [Fact]
    public void LeNet5IsAccepted()
    {
        var graph = Graph("LeNet5");
        Assert.Equal(61_706, Trainable(graph));
        Assert.Equal(new Shape(10), graph.Nodes[graph.Outputs[0]].Shape);
        Assert.True(graph.Loss >= 0);
        Assert.Equal(["labels"], graph.Targets.Select(t => t.Name));
        Assert.Equal(
            ["Conv2d1.weight", "Conv2d1.bias", "Conv2d2.weight", "Conv2d2.bias", "Dense1.weight", "Dense1.bias", "Dense2.weight", "Dense2.bias", "Dense3.weight", "Dense3.bias"],
            graph.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void ResNet50IsAccepted()
    {
        var graph = Graph("ResNet50");
        Assert.Equal(53, graph.Nodes.Count(n => n.Op == "Conv2d"));
        Assert.Equal(25_557_032, Trainable(graph));
        Assert.Equal(new Shape(1000), graph.Nodes[graph.Outputs[0]].Shape);
        Assert.Contains(graph.Parameters, p => p.Name == "Bottleneck3.Conv2d1.weight");
    }

    internal static NetworkGraph Graph(string name)
    {
        var result = Host.Read(Host.Compile((name + ".cs", File.ReadAllText(Path.Combine(SampleFiles.Folder, name + ".cs")))));
        Assert.Empty(result.Diagnostics);
        return result.Model.Graph!;
    }

    private static long Trainable(NetworkGraph graph) => graph.Parameters.Where(p => p.Parameter!.Trainable).Sum(p => p.Shape.Elements);
}
