using DeepGen.Generators.Graph;
using DeepGen.Generators.Passes;
using DeepGen.Reference;

namespace DeepGen.Numerics.Tests.Passes;

/// <summary>Receptive fields against what the interpreter computes: a row of the input that is NaN makes NaN of exactly what sees it.</summary>
public class ReceptiveFieldTests
{
    private const int Rows = 26;

    [Theory]
    [InlineData("x.Conv2d(2, 3, padding: 1).Relu().AvgPool2d(2).Conv2d(2, 3, dilation: 2).MaxPool2d(2, stride: 1)")]
    [InlineData("x.Conv2d(2, 5, stride: 2, padding: 2).BatchNorm().ConvTranspose2d(2, 4, stride: 2, padding: 1).Conv2d(1, 3)")]
    [InlineData("x.ConvTranspose2d(2, 3, stride: 2, outputPadding: 1, padding: 1).Conv2d(2, 3)")]
    [InlineData("x.ConvTranspose2d(2, 5, stride: 3).Conv2d(2, 4)")]
    [InlineData("x.MaxPool2d(3, stride: 2, padding: 1).UpsampleNearest2d(2).Conv2d(2, 3, padding: 1)")]
    [InlineData("x.AvgPool2d(2).UpsampleBilinear2d(3).Conv2d(2, 2)")]
    [InlineData("x.UpsampleBilinear2d(2).DepthwiseConv2d(3).LocalResponseNorm(3)")]
    [InlineData("x.ReplicatePad2d(2).Conv2d(2, 3).CenterCrop(12, 12).ZeroPad2d(1)")]
    [InlineData("Tensor.Concat(x.Conv2d(2, 3, padding: 1), x.Conv2d(2, 7, padding: 3), x.MaxPool2d(3, 1, padding: 1))")]
    [InlineData("x.Conv2d(3, 3, padding: 1) + x.Conv2d(3, 3, padding: 2, dilation: 2) * 2f")]
    [InlineData("x.Permute(2, 0, 1).Conv2d(4, 1).Permute(1, 2, 0).Conv2d(2, 3)")]
    [InlineData("x.Slice(1, 4, 20).Conv2d(2, 3, stride: 3)")]
    public void What_sees_a_row_is_what_the_field_says(string forward)
    {
        var graph = new GraphReader($"[Network] public partial class Net {{ static Tensor Forward([Input(2, {Rows}, {Rows})] Tensor x) => {forward}; }}").ReadFirst();
        var interpreter = new ReferenceInterpreter(graph);
        var fields = new ReceptiveFields(graph);
        var runs = Enumerable.Range(0, Rows).Select(row => Run(interpreter, row)).ToArray();
        var looked = 0;
        foreach (var node in graph.Nodes.Where(n => n.Kind == NodeKind.Op && n.PerSample))
        {
            if (fields.Of(node)?.Axes[0] is not { } field)
            {
                continue;
            }

            var places = runs.Select(run => Seeing(run, node, field.Along)).ToArray();
            var largest = 0L;
            var complete = false;
            for (var p = 0; p < node.Shape[field.Along]; p++)
            {
                var rows = Enumerable.Range(0, Rows).Where(row => places[row][p]).ToArray();
                var from = field.Start(p);
                var to = from + field.Size - 1;

                // Where a border is seen in place of rows, the field counts as if the map went on.
                if (from < 0 || to >= Rows || rows.Length == 0)
                {
                    continue;
                }

                Assert.All(rows, row => Assert.InRange(row, from, to));
                complete = true;
                largest = Math.Max(largest, rows[^1] - rows[0] + 1);
            }

            if (complete)
            {
                Assert.Equal(field.Size, largest);
                looked++;
            }
        }

        Assert.True(looked > 0);
    }

    /// <summary>The network over a picture of which a row is NaN.</summary>
    private static ReferenceRun Run(ReferenceInterpreter interpreter, int row)
    {
        var input = new double[2 * Rows * Rows];
        for (var c = 0; c < 2; c++)
        {
            Array.Fill(input, double.NaN, ((c * Rows) + row) * Rows, Rows);
        }

        return interpreter.Run(1, [input], null, new RunOptions(Training: false));
    }

    /// <summary>For each place of an axis of a node, whether any of its values is NaN.</summary>
    private static bool[] Seeing(ReferenceRun run, Node node, int axis)
    {
        var values = run.Value(node.Id);
        var inner = node.Shape.ToArray().Skip(axis + 1).Aggregate(1, (a, b) => a * b);
        var places = new bool[node.Shape[axis]];
        for (var i = 0; i < values.Length; i++)
        {
            places[i / inner % places.Length] |= double.IsNaN(values[i]);
        }

        return places;
    }
}
