using System.Text;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit.Gpu;

/// <content>
/// Products and convolutions: each says where it finds the elements of a left and a right matrix, and one kernel of tiles multiplies them. A convolution's right matrix is its input seen
/// through the window, element by element (implicit GEMM), so no stride, dilation or group needs a kernel of its own.
/// </content>
internal sealed partial class GpuKernelWriter
{
    /// <summary>Samples that a tile is chosen for, the batch being unknown.</summary>
    private const int UsualBatch = 32;

    /// <param name="Each">Products of one call: groups of a convolution, matrices of a batch.</param>
    /// <param name="Left">The element at (row, term), as statements that return it.</param>
    /// <param name="Right">The element at (term, column).</param>
    /// <param name="LeftByTerms">Whether neighbouring terms are neighbours in memory, rather than rows.</param>
    /// <param name="Index">The element's place in the result, given each, row and column.</param>
    private sealed record GpuProduct(Dim Each, Dim Rows, Dim Columns, Dim Terms, string Left, bool LeftByTerms, string Right, bool RightByTerms, string Index);

    private string Product(Kernel kernel)
    {
        var anchor = kernel.Anchor!;
        var body = new GpuBody(this, kernel, kernel.Domain);
        var product = anchor.Prim switch
        {
            MatMulPrim => Matrices(anchor, isEach: kernel.Kind == KernelKind.MatMul && anchor.Inputs[1].Dims.Rank > 2, body),
            ConvPrim c => Convolution(anchor, c.Window, body),
            ConvGradInputPrim c => ConvolutionGradInput(anchor, c.Window, body),
            ConvGradWeightPrim c => ConvolutionGradWeight(anchor, c.Window, body),
            _ => throw new InvalidOperationException("No product: " + anchor.Prim),
        };
        var isSum = kernel.Kind is KernelKind.WeightMatMul or KernelKind.ConvGradWeight;
        var tile = GpuTile.Of(Usual(product.Rows), Usual(product.Columns), shared.Sides);
        var size = product.Rows.Size * (long)product.Columns.Size;

        // A sum over the batch is cut into slices, which a second kernel adds up in their order.
        var store = isSum
            ? $"scratch[{Offset.Of(("slice", 1), (product.Each.Size == 1 ? "0" : "each", product.Each.Size), ("row", product.Rows.Size), ("column", product.Columns.Size))}] = sum;\n"
            : $"var acc = Gpu::Scalar.Broadcast(sum);\nvar index = {product.Index};\n" + Epilogue(kernel, body);
        var members = GpuBody.Method("float Left(int each, int row, int term)", product.Left) + "\n"
            + GpuBody.Method("float Right(int each, int term, int column)", product.Right) + "\n"
            + $"public bool LeftByTerms => {(product.LeftByTerms ? "true" : "false")};\n\npublic bool RightByTerms => {(product.RightByTerms ? "true" : "false")};\n\n"
            + GpuBody.Method("void Store(int each, int slice, int row, int column, float sum)", store);
        var text = body.Struct("IProduct", members);
        if (isSum)
        {
            text = text.Replace("§(", "§(Il::ArrayView<float> scratch, ");
        }

        var (name, field) = shared.Kernel(
            "Gpu::ProductKernel<§>", $"new(device, {shared.Tile(tile)}.Run, {tile.Rows}, {tile.Columns}, {tile.Threads})", KernelWriter.Name(kernel), text);
        string Launched(Dim d) => d.IsSymbol ? d.Size == 1 ? "n" : "n * " + CallText.Marked(d.Size) : CallText.Marked(d.Size);
        var extents = $"{Launched(product.Each)}, {Launched(product.Rows)}, {Launched(product.Columns)}, {Launched(product.Terms)}";
        if (!isSum)
        {
            return $"{field}.Run(f, {extents}, new {name}({body.Arguments}));\n";
        }

        shared.NeedScratch(Math.Max(product.Each.Size * size, 256L * tile.Rows * tile.Columns));
        var arguments = body.Arguments.Length == 0 ? "f.Scratch" : "f.Scratch, " + body.Arguments;
        var add = IsGradient(anchor) ? "f.Accumulate" : "0";
        var call = $"{field}.RunInSlices(f, {extents}, new {name}({arguments}), {Pointer(anchor)}, {add});\n";
        if (kernel.RowSum is { } rowSum)
        {
            var sums = shared.Field($"Gpu::RowSumsKernel<{name}>", "new(device)", "rowSums" + name);
            call += $"{sums}.Run(f, {Launched(product.Each)}, {Launched(product.Rows)}, {Launched(product.Terms)}, new {name}({arguments}), {Pointer(rowSum)}, {(IsGradient(rowSum) ? "f.Accumulate" : "0")});\n";
        }

        return call;
    }

    private static long Usual(Dim d) => d.IsSymbol ? UsualBatch * (long)d.Size : d.Size;

    /// <param name="isEach">Whether there is a product for each index of the leading axes.</param>
    private static GpuProduct Matrices(Val v, bool isEach, GpuBody body)
    {
        var p = (MatMulPrim)v.Prim;
        var (a, b) = (v.Inputs[0], v.Inputs[1]);
        var rank = v.Dims.Rank;
        var each = isEach ? v.Dims.ToArray().Take(rank - 2).Aggregate((Dim)1, (x, d) => x * d) : 1;
        Dim Rows(Val x) => isEach ? x.Dims[x.Dims.Rank - 2] : x.Dims.Rows;
        var which = isEach ? "each" : "0";
        string Element(string name, Val x, bool transposed, string row, string column) =>
            $"return {name}[{Offset.Of((which, 1), (transposed ? column : row, Rows(x).Size), (transposed ? row : column, x.Dims.Last.Size))}];\n";
        var (rows, columns) = (Rows(v), v.Dims.Last);
        return new GpuProduct(
            each, rows, columns, p.TransposeA ? Rows(a) : a.Dims.Last,
            Element(body.Operands.Name(Views.Base(a)), a, p.TransposeA, "row", "term"), !p.TransposeA,
            Element(body.Operands.Name(Views.Base(b)), b, p.TransposeB, "term", "column"), p.TransposeB,
            Offset.Of((which, 1), ("row", rows.Size), ("column", columns.Size)));
    }

    /// <summary>The extents that a convolution and its two gradients share.</summary>
    private sealed class Geometry
    {
        public Geometry(Dims x, Dims y, WindowSpec window)
        {
            Window = window;
            (Channels, Outputs) = (x[1].Size, y[1].Size);
            (In, Out) = (x.ToArray().Skip(2).Select(d => d.Size).ToArray(), y.ToArray().Skip(2).Select(d => d.Size).ToArray());
        }

        public WindowSpec Window { get; }

        public int Channels { get; }

        public int Outputs { get; }

        public int[] In { get; }

        public int[] Out { get; }

        public int Axes => In.Length;

        public int Taps => Window.Taps;

        public int GroupChannels => Channels / Window.Groups;

        public int GroupOutputs => Outputs / Window.Groups;

        /// <summary>The group, where there are several.</summary>
        public string Group => Window.Groups == 1 ? "0" : "each";

        public static long Product(IEnumerable<int> extents) => extents.Aggregate(1L, (p, e) => p * e);

        /// <summary>Statements that take a number apart into coordinates over <paramref name="extents"/>; the number's part in front is left to the caller.</summary>
        public static string Apart(string number, IReadOnlyList<int> extents, string name)
        {
            var text = new StringBuilder();
            long inside = 1;
            for (var a = extents.Count - 1; a >= 0; a--)
            {
                text.Append($"var {name}{a} = {Offset.Rest(Offset.Over(number, inside), extents[a])};\n");
                inside *= extents[a];
            }

            return text.ToString();
        }

        /// <summary>Coordinates of a place in a map of these extents.</summary>
        public static IEnumerable<(string, long)> At(IReadOnlyList<int> extents, Func<int, string> coordinate) => extents.Select((e, a) => (coordinate(a), (long)e));

        /// <summary>The value of <paramref name="tensor"/> where the window's taps k meet the outputs o; zero outside.</summary>
        public string Input(string tensor, string sample, string channel)
        {
            var text = new StringBuilder();
            var inside = new List<string>();
            for (var a = 0; a < Axes; a++)
            {
                var (stride, dilation, padding) = (Window.Stride[a], Window.Dilation[a], Window.PadBefore[a]);
                text.Append($"var i{a} = o{a}{Times(stride)} + k{a}{Times(dilation)}{Minus(padding)};\n");
                if (padding > 0)
                {
                    inside.Add($"i{a} >= 0");
                }

                if (((Out[a] - 1) * stride) + ((Window.Kernel[a] - 1) * dilation) - padding >= In[a])
                {
                    inside.Add($"i{a} < {Literals.Int(In[a])}");
                }
            }

            var value = $"{tensor}[{Offset.Of(new[] { (sample, 1L), (Group, (long)Window.Groups), (channel, GroupChannels) }.Concat(At(In, a => "i" + a)).ToArray())}]";
            return text.Append(inside.Count == 0 ? $"return {value};\n" : $"return {string.Join(" && ", inside)} ? {value} : 0f;\n").ToString();
        }

        private static string Times(int factor) => factor == 1 ? "" : " * " + Literals.Int(factor);

        private static string Minus(int number) => number == 0 ? "" : " - " + Literals.Int(number);
    }

    /// <summary>[outputs, channels · taps] · [channels · taps, samples · positions].</summary>
    private static GpuProduct Convolution(Val v, WindowSpec window, GpuBody body)
    {
        var g = new Geometry(v.Inputs[0].Dims, v.Dims, window);
        var (x, weight) = (body.Operands.Name(Views.Base(v.Inputs[0])), body.Operands.Name(Views.Base(v.Inputs[1])));
        var positions = Geometry.Product(g.Out);
        var right = Geometry.Apart("column", g.Out, "o") + Geometry.Apart("term", window.Kernel.ToArray(), "k") + g.Input(x, Offset.Over("column", positions), Offset.Over("term", g.Taps));
        return new GpuProduct(
            window.Groups, g.GroupOutputs, v.Dims[0] * (int)positions, g.GroupChannels * g.Taps,
            $"return {weight}[{Offset.Of((g.Group, 1), ("row", g.GroupOutputs), ("term", g.GroupChannels * g.Taps))}];\n", true, right, false,
            Offset.Of((Offset.Over("column", positions), 1), (g.Group, window.Groups), ("row", g.GroupOutputs), (Offset.Rest("column", positions), positions)));
    }

    /// <summary>[channels, outputs · taps] · [outputs · taps, samples · positions of x]: dx gathers the dy of the windows that saw it.</summary>
    private static GpuProduct ConvolutionGradInput(Val v, WindowSpec window, GpuBody body)
    {
        var g = new Geometry(v.Dims, v.Inputs[0].Dims, window);
        var (dy, weight) = (body.Operands.Name(Views.Base(v.Inputs[0])), body.Operands.Name(Views.Base(v.Inputs[1])));
        var positions = Geometry.Product(g.In);
        var right = new StringBuilder(Geometry.Apart("column", g.In, "i") + Geometry.Apart("term", window.Kernel.ToArray(), "k"));
        var inside = new List<string>();
        for (var a = 0; a < g.Axes; a++)
        {
            var (stride, dilation, padding) = (window.Stride[a], window.Dilation[a], window.PadBefore[a]);
            right.Append($"var o{a} = i{a}{(padding == 0 ? "" : " + " + Literals.Int(padding))} - k{a}{(dilation == 1 ? "" : " * " + Literals.Int(dilation))};\n");
            if (window.Kernel[a] > 1)
            {
                inside.Add($"o{a} >= 0");
            }

            if (stride > 1)
            {
                inside.Add($"o{a} % {Literals.Int(stride)} == 0");
            }

            inside.Add($"o{a} < {Literals.Int(g.Out[a] * stride)}");
        }

        var place = Offset.Of(new[] { (Offset.Over("column", positions), 1L), (g.Group, window.Groups), (Offset.Over("term", g.Taps), g.GroupOutputs) }.Concat(Geometry.At(g.Out, a => Offset.Over("o" + a, window.Stride[a]))).ToArray());
        right.Append($"return {string.Join(" && ", inside)} ? {dy}[{place}] : 0f;\n");
        return new GpuProduct(
            window.Groups, g.GroupChannels, v.Dims[0] * (int)positions, g.GroupOutputs * g.Taps,
            $"return {weight}[{Offset.Of((g.Group, 1), (Offset.Over("term", g.Taps), g.GroupOutputs), ("row", g.GroupChannels), (Offset.Rest("term", g.Taps), g.Taps))}];\n", false, right.ToString(), false,
            Offset.Of((Offset.Over("column", positions), 1), (g.Group, window.Groups), ("row", g.GroupChannels), (Offset.Rest("column", positions), positions)));
    }

    /// <summary>[outputs, samples · positions] · [samples · positions, channels · taps].</summary>
    private static GpuProduct ConvolutionGradWeight(Val v, WindowSpec window, GpuBody body)
    {
        var g = new Geometry(v.Inputs[0].Dims, v.Inputs[1].Dims, window);
        var (x, dy) = (body.Operands.Name(Views.Base(v.Inputs[0])), body.Operands.Name(Views.Base(v.Inputs[1])));
        var positions = Geometry.Product(g.Out);
        var right = Geometry.Apart("term", g.Out, "o") + Geometry.Apart("column", window.Kernel.ToArray(), "k") + g.Input(x, Offset.Over("term", positions), Offset.Over("column", g.Taps));
        return new GpuProduct(
            window.Groups, g.GroupOutputs, g.GroupChannels * g.Taps, v.Inputs[1].Dims[0] * (int)positions,
            $"return {dy}[{Offset.Of((Offset.Over("term", positions), 1), (g.Group, window.Groups), ("row", g.GroupOutputs), (Offset.Rest("term", positions), positions))}];\n", true, right, true,
            Offset.Of((g.Group, 1), ("row", g.GroupOutputs), ("column", g.GroupChannels * g.Taps)));
    }
}
