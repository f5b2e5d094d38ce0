using DeepGen.Generators.Emit;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Passes;
using DeepGen.Generators.Tests.Support;

namespace DeepGen.Generators.Tests;

/// <summary>Receptive fields against the table of A. Araujo, W. Norris and J. Sim 2019, and by hand.</summary>
public class ReceptiveFieldTests
{
    [Fact]
    public void Vgg16() => Same("212, 32, 90", Network("Input(3, 224, 224)", """
        [Conv2d(4, 3, padding: 1), Relu, Conv2d(4, 3, padding: 1), Relu, MaxPool2d(2)]
        [Conv2d(4, 3, padding: 1), Relu, Conv2d(4, 3, padding: 1), Relu, MaxPool2d(2)]
        [Conv2d(4, 3, padding: 1), Relu, Conv2d(4, 3, padding: 1), Relu, Conv2d(4, 3, padding: 1), Relu, MaxPool2d(2)]
        [Conv2d(4, 3, padding: 1), Relu, Conv2d(4, 3, padding: 1), Relu, Conv2d(4, 3, padding: 1), Relu, MaxPool2d(2)]
        [Conv2d(4, 3, padding: 1), Relu, Conv2d(4, 3, padding: 1), Relu, Conv2d(4, 3, padding: 1), Relu, MaxPool2d(2)]
        """));

    [Fact]
    public void AlexNet() => Same("195, 32, 64", Network("Input(3, 224, 224)", """
        [Conv2d(8, 11, stride: 4), Relu, MaxPool2d(3, stride: 2), LocalResponseNorm(5)]
        [Conv2d(8, 5, padding: 2), Relu, MaxPool2d(3, stride: 2)]
        [Conv2d(8, 3, padding: 1), Relu, Conv2d(8, 3, padding: 1), Relu, Conv2d(8, 3, padding: 1), Relu, MaxPool2d(3, stride: 2)]
        """));

    /// <summary>K. He et al. 2016 have the stride in the first convolution of a block; in the sample, as in torchvision, it is in the second.</summary>
    [Theory]
    [InlineData(true, "483, 32")]
    [InlineData(false, "427, 32")]
    public void ResNet50(bool strideFirst, string expected)
    {
        var graph = Graph($$"""
            [Network]
            public partial class Net
            {
                static Tensor Forward([Input(3, 224, 224)] Tensor image)
                {
                    var x = image.Conv2d(4, 7, 2, padding: 3).BatchNorm().Relu().MaxPool2d(3, stride: 2, padding: 1);
                    ReadOnlySpan<int> stages = [3, 4, 6, 3];
                    for (var stage = 0; stage < 4; stage++)
                        for (var i = 0; i < stages[stage]; i++)
                        {
                            var stride = i == 0 && stage > 0 ? 2 : 1;
                            var y = x.Conv2d(2, 1, {{(strideFirst ? "stride" : "1")}}).BatchNorm().Relu().Conv2d(2, 3, {{(strideFirst ? "1" : "stride")}}, padding: 1).Relu().Conv2d(4, 1);
                            x = ((stride == 1 ? x : x.Conv2d(4, 1, stride)) + y).Relu();
                        }
                    return x;
                }
            }
            """);
        var field = Last(graph)!;
        Assert.Equal(expected, $"{field.Size}, {field.Stride}");
    }

    [Theory]
    [InlineData("Conv2d(4, 3, dilation: 2), Conv2d(4, 3, dilation: 4)", "13, 1, 0")]
    [InlineData("Conv2d(4, new[] { 3, 5 }, stride: new[] { 1, 2 })", "3x5, 1x2, 0")]
    [InlineData("Conv2d(4, 4, stride: 2, padding: 1), ConvTranspose2d(4, 4, stride: 2, padding: 1)", "6, 1, 3")]
    [InlineData("MaxPool2d(2), UpsampleNearest2d(2), Conv2d(4, 3, padding: 1)", "4, 1, 2")]
    [InlineData("AvgPool2d(2), UpsampleBilinear2d(2)", "4, 1, 2")]
    [InlineData("ReflectPad2d(3), Conv2d(4, 7)", "7, 1, 3")]
    [InlineData("Conv2d(4, 3), CenterCrop(10, 10)", "3, 1, -10")]
    [InlineData("Permute(0, 2, 1), Conv2d(4, new[] { 1, 3 })", "3x1, 1, 0")]
    [InlineData("Conv2d(4, 3), InstanceNorm, Conv2d(4, 3)", "")]
    [InlineData("GlobalAvgPool2d", "")]
    public void By_hand(string layers, string expected) => Same(expected, Network("Input(3, 32, 32)", $"[{layers}]"));

    [Fact]
    public void Branches_see_what_they_see_together()
    {
        var graph = Graph("""
            [Network]
            public partial class Net
            {
                static Tensor Forward([Input(3, 32, 32)] Tensor x) => Tensor.Concat(x.Conv2d(2, 1), x.Conv2d(2, 5, padding: 2), x.Slice(1, 3, 29).ZeroPad2d(0, 0, 0, 3));
            }
            """);
        Same("6x5, 1, 2", graph);
    }

    [Fact]
    public void A_gate_of_the_whole_picture_makes_it_the_whole_picture()
    {
        var graph = Graph("""
            [Network]
            public partial class Net
            {
                static Tensor Forward([Input(3, 32, 32)] Tensor x)
                {
                    var y = x.Conv2d(4, 3);
                    return y * y.GlobalAvgPool2d().Dense(4).Sigmoid().Reshape(4, 1, 1);
                }
            }
            """);
        Assert.Null(Last(graph));
        Assert.True(new ReceptiveFields(graph).IsGlobal(graph.Nodes[graph.Outputs[0]]));
        Assert.Contains(LayerTable.Of(graph), line => line.StartsWith("Conv2d1 ", StringComparison.Ordinal) && line.Contains(" 3 ", StringComparison.Ordinal));
        Assert.Contains(LayerTable.Of(graph), line => line.StartsWith("Multiply1 ", StringComparison.Ordinal) && line.Contains(" all", StringComparison.Ordinal));
    }

    [Fact]
    public void Words_have_fields_in_time()
    {
        var graph = Graph("""
            [Network]
            public partial class Net
            {
                static Tensor Forward([Input(20, type: Element.Int32)] Tensor words) => words.Embedding(100, 8).Permute(1, 0).Conv1d(6, 3).Relu().MaxPool1d(2, stride: 2);
            }
            """);
        Same("4, 2, 0", graph);
    }

    [Fact]
    public void A_network_without_windows_has_no_such_columns() =>
        Assert.DoesNotContain(LayerTable.Of(Network("Input(8)", "[Dense(4), Relu, Dense(2)]")), line => line.Contains("field", StringComparison.Ordinal));

    private static void Same(string expected, NetworkGraph graph) => Assert.Equal(expected, Last(graph) is { } field ? $"{field.Size}, {field.Stride}, {field.Padding}" : "");

    private static Field? Last(NetworkGraph graph) => new ReceptiveFields(graph).Of(graph.Nodes[graph.Outputs[0]]);

    private static NetworkGraph Network(string input, string layers) => Graph($"[Network, {input}]\n{layers}\npublic partial class Net;");

    private static NetworkGraph Graph(string source)
    {
        var result = Host.Read(source);
        Assert.Equal("", result.Model.Error);
        return result.Model.Graph!;
    }
}
