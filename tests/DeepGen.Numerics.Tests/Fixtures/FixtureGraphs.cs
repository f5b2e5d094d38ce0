using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;

namespace DeepGen.Numerics.Tests.Fixtures;

/// <summary>The nets of the fixtures, built by hand: the oracles are compared without the parser in between.</summary>
internal sealed class FixtureGraphs
{
    private readonly GraphBuilder builder = new();

    public static NetworkGraph LeNet5()
    {
        var g = new FixtureGraphs();
        var x = g.builder.AddInput("x", new Shape(1, 28, 28), GraphElement.Float32);
        var y = g.Call("AvgPool2d", g.Call("Tanh", g.Call("Conv2d", x, null, ("channels", 6), ("kernel", 5), ("padding", 2))), null, ("kernel", 2));
        y = g.Call("AvgPool2d", g.Call("Tanh", g.Call("Conv2d", y, null, ("channels", 16), ("kernel", 5))), null, ("kernel", 2));
        y = g.Call("Tanh", g.Call("Dense", g.Call("Flatten", y), null, ("features", 120)));
        y = g.Call("Tanh", g.Call("Dense", y, null, ("features", 84)));
        return g.Classifier(g.Call("Dense", y, null, ("features", 10)));
    }

    public static NetworkGraph Residual()
    {
        var g = new FixtureGraphs();
        var x = g.builder.AddInput("x", new Shape(3, 12, 12), GraphElement.Float32);
        x = g.Call("Relu", g.Normalized(x, 6, 3, 1, "conv1", "bn1"));
        foreach (var (name, width, stride) in new[] { ("block1", 6, 1), ("block2", 10, 2), ("block3", 10, 1) })
        {
            g.builder.PushScope("Block", name, shared: false);
            var y = g.Call("Relu", g.Normalized(x, width, 3, stride, "conv1", "bn1"));
            y = g.Normalized(y, width, 3, 1, "conv2", "bn2");
            var skip = stride == 1 && x.Shape[0] == width ? x : g.Normalized(x, width, 1, stride, "project", "bn3");
            x = g.Call("Relu", g.builder.Call(OpCatalogue.Get("Add"), [], [y, skip]));
            g.builder.PopScope();
        }

        return g.Classifier(g.Call("Dense", g.Call("GlobalAvgPool2d", x), "fc", ("features", 5)));
    }

    private Node Normalized(Node x, int width, int kernel, int stride, string conv, string norm) =>
        Call("BatchNorm", Call("Conv2d", x, conv, ("channels", width), ("kernel", kernel), ("stride", stride), ("padding", kernel / 2), ("bias", false)), norm);

    private Node Call(string op, Node x, string? name = null, params (string Name, object Value)[] arguments) =>
        builder.Call(
            OpCatalogue.Get(op),
            OpCatalogue.Get(op).Parameters.Select(p => new ConstValue(arguments.FirstOrDefault(a => a.Name == p.Name).Value ?? p.Default)).ToArray(),
            [x],
            name);

    private NetworkGraph Classifier(Node logits)
    {
        var labels = builder.AddTarget("labels", Shape.Scalar, GraphElement.Int32);
        var op = OpCatalogue.Get("SoftmaxCrossEntropy");
        var loss = builder.Call(op, op.Parameters.Select(p => new ConstValue(p.Default)).ToArray(), [logits, labels]);
        var api = new NetworkApi(
            "",
            "Net",
            "public",
            EquatableArray<ApiTensor>.Own(new ApiTensor("x", GraphElement.Float32)),
            EquatableArray<string>.Own("y"),
            EquatableArray<ApiTensor>.Own(new ApiTensor("labels", GraphElement.Int32)),
            true);
        return builder.Build(api, [logits.Id], loss.Id);
    }
}
