using System.Text;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit.Gpu;

/// <content>Pools and what moves elements: one thread an element of the result, which gathers what it needs, so that nothing is added by two threads.</content>
internal sealed partial class GpuKernelWriter
{
    private string Window(Kernel kernel)
    {
        var anchor = kernel.Anchor!;
        var body = new GpuBody(this, kernel, kernel.Domain);
        string In(int i) => body.Operands.Name(Views.Base(anchor.Inputs[i]));
        switch (kernel.Kind)
        {
            case KernelKind.TimeMajor or KernelKind.SampleMajor:
                return Sequence(kernel, body);
            case KernelKind.ScatterAdd:
                return ScatterAdd(kernel, body);
        }

        var acc = anchor.Prim switch
        {
            MaxPoolPrim p => new Geometry(anchor.Inputs[0].Dims, anchor.Dims, p.Window) is var g ? Plane(g.Out, "o") + Maximum(g, In(0)) + "var acc = Gpu::Scalar.Broadcast(best);\n" : "",
            MaxPoolPickPrim p => new Geometry(anchor.Inputs[0].Dims, anchor.Dims, p.Window) is var g ? Plane(g.Out, "o") + Maximum(g, In(0)) + $"var acc = place < 0 ? Gpu::Scalar.Broadcast(0f) : Gpu::Scalar.Load({In(1)}, place);\n" : "",
            MaxPoolGradPrim p => MaximumGrad(new Geometry(anchor.Dims, anchor.Inputs[1].Dims, p.Window), In(0), In(1)),
            AvgPoolPrim p => Mean(new Geometry(anchor.Inputs[0].Dims, anchor.Dims, p.Window), p.CountPadding, In(0)),
            AvgPoolGradPrim p => MeanGrad(new Geometry(anchor.Dims, anchor.Inputs[0].Dims, p.Window), p.CountPadding, In(0)),
            PermutePrim p => Permuted(anchor, p, In(0)),
            ResamplePrim p => Resampled(anchor, p, In(0), body),
            GatherPrim p => Gathered(anchor, p, In(0), In(1)),
            _ => throw new InvalidOperationException("No code for " + anchor.Prim),
        };
        var code = acc + Epilogue(kernel, body);
        return Launch("MapKernel", KernelWriter.Name(kernel), body.Struct("IMap", GpuBody.Method("void At(int index)", code)), Elements(kernel.Domain), body.Arguments);
    }

    private static string Elements(Dims dims) => dims.HasBatch ? dims.Elements == 1 ? "n" : "n * " + CallText.Marked(dims.Elements) : CallText.Marked(dims.Elements);

    /// <summary>Coordinates of an element of a map, and the map it lies in.</summary>
    private static string Plane(int[] extents, string name) => $"var plane = index / {Literals.Int(Geometry.Product(extents))};\n" + Geometry.Apart("index", extents, name);

    private static string InPlane(int[] extents, string name) => Offset.Of(Geometry.At(extents, a => name + a).Prepend(("plane", 1)).ToArray());

    /// <summary>The greatest element of the window at o, and its place; the first of equals, a NaN before all numbers.</summary>
    private static string Maximum(Geometry g, string x)
    {
        var w = new CodeWriter();
        w.Line($"var best = float.NegativeInfinity;");
        w.Line($"var place = -1;");
        Taps(w, g, () =>
        {
            w.Line($"var at = {InPlane(g.In, "i")};");
            w.Line($"var value = {x}[at];");
            w.Open($"if (value > best || (float.IsNaN(value) && !float.IsNaN(best)) || place < 0)");
            w.Line($"best = value;");
            w.Line($"place = at;");
            w.Close();
        });
        return w.ToString();
    }

    /// <summary>Loops over the elements i of the window at o that lie inside.</summary>
    private static void Taps(CodeWriter w, Geometry g, Action element)
    {
        for (var a = 0; a < g.Axes; a++)
        {
            w.Open($"for (var k{a} = 0; k{a} < {Literals.Int(g.Window.Kernel[a])}; k{a}++)");
            w.Line($"var i{a} = {Offset.Times("o" + a, g.Window.Stride[a])} + {Offset.Times("k" + a, g.Window.Dilation[a])}{Offset.Plus(-g.Window.PadBefore[a])};");
            w.Open($"if (i{a} >= 0 && i{a} < {Literals.Int(g.In[a])})");
        }

        element();
        for (var a = 0; a < 2 * g.Axes; a++)
        {
            w.Close();
        }
    }

    /// <summary>Loops over the windows o that the element at coordinates j lies in.</summary>
    private static void Windows(CodeWriter w, Geometry g, Action window)
    {
        for (var a = 0; a < g.Axes; a++)
        {
            var (stride, padding, reach) = (g.Window.Stride[a], g.Window.PadBefore[a], (g.Window.Kernel[a] - 1) * g.Window.Dilation[a]);
            var first = $"first{a}";
            w.Line($"var {first} = j{a}{Offset.Plus(padding - reach)} > 0 ? {Offset.Over($"(j{a}{Offset.Plus(padding - reach + stride - 1)})", stride)} : 0;");
            w.Open($"for (var o{a} = {first}; o{a} < {Literals.Int(g.Out[a])} && {Offset.Times("o" + a, stride)} <= j{a}{Offset.Plus(padding)}; o{a}++)");
        }

        window();
        for (var a = 0; a < g.Axes; a++)
        {
            w.Close();
        }
    }

    private static string MaximumGrad(Geometry g, string x, string dy)
    {
        var w = new CodeWriter();
        w.Lines(Plane(g.In, "j"));
        w.Line("var sum = 0f;");
        Windows(w, g, () =>
        {
            w.Lines(Maximum(g, x));
            w.Line($"if (place == index) sum += {dy}[{InPlane(g.Out, "o")}];");
        });
        w.Line("var acc = Gpu::Scalar.Broadcast(sum);");
        return w.ToString();
    }

    /// <summary>How many elements count in the mean of the window at o.</summary>
    private static void Count(CodeWriter w, Geometry g, bool countPadding)
    {
        for (var a = 0; a < g.Axes; a++)
        {
            // What only the last window of ceil mode sees counts never.
            var (before, after) = countPadding ? (g.Window.PadBefore[a], g.In[a] + g.Window.PadAfter[a] - g.Window.Overhang[a]) : (0, g.In[a]);
            w.Line($"var from{a} = {Offset.Times("o" + a, g.Window.Stride[a])}{Offset.Plus(-g.Window.PadBefore[a])};");
            w.Line($"var to{a} = from{a} + {Literals.Int(g.Window.Kernel[a])};");
            w.Line($"var count{a} = (to{a} < {Literals.Int(after)} ? to{a} : {Literals.Int(after)}) - (from{a} > {Literals.Int(-before)} ? from{a} : {Literals.Int(-before)});");
        }

        w.Line($"var count = {string.Join(" * ", Enumerable.Range(0, g.Axes).Select(a => "count" + a))};");
    }

    private static string Mean(Geometry g, bool countPadding, string x)
    {
        var w = new CodeWriter();
        w.Lines(Plane(g.Out, "o"));
        w.Line("var sum = 0f;");
        Taps(w, g, () => w.Line($"sum += {x}[{InPlane(g.In, "i")}];"));
        Count(w, g, countPadding);
        w.Line("var acc = Gpu::Scalar.Broadcast(sum / count);");
        return w.ToString();
    }

    private static string MeanGrad(Geometry g, bool countPadding, string dy)
    {
        var w = new CodeWriter();
        w.Lines(Plane(g.In, "j"));
        w.Line("var sum = 0f;");
        Windows(w, g, () =>
        {
            Count(w, g, countPadding);
            w.Line($"sum += {dy}[{InPlane(g.Out, "o")}] / count;");
        });
        w.Line("var acc = Gpu::Scalar.Broadcast(sum);");
        return w.ToString();
    }

    private static string Permuted(Val v, PermutePrim p, string x)
    {
        var strides = v.Inputs[0].Dims.Strides;
        var terms = new List<string>();
        long inside = 1;
        for (var axis = v.Dims.Rank - 1; axis >= 0; axis--)
        {
            var stride = strides[p.Axes[axis]];
            if (stride != 0)
            {
                var coordinate = $"index{(inside == 1 ? "" : " / " + Literals.Int(inside))}{(axis == 0 ? "" : " % " + Literals.Int(v.Dims[axis].Size))}";
                terms.Insert(0, stride == 1 ? coordinate : $"{coordinate} * {Literals.Int(stride)}");
            }

            inside *= v.Dims[axis].Size;
        }

        return $"var acc = Gpu::Scalar.Load({x}, {(terms.Count == 0 ? "0" : string.Join(" + ", terms))});\n";
    }

    private string Resampled(Val v, ResamplePrim p, string x, GpuBody body)
    {
        string Axis(AxisMap map, string name)
        {
            var table = shared.Field("Gpu::AxisTable", $"new(device, {KernelWriter.Axis(map, p.Transposed)})", "axis");
            body.Number("Il::ArrayView<int>", name + "Start", table + ".Start");
            body.Number("Il::ArrayView<int>", name + "Index", table + ".Index");
            body.Number("Il::ArrayView<float>", name + "Weight", table + ".Weight");
            return name;
        }

        var (rows, columns) = (Axis(p.Rows, "row"), Axis(p.Columns, "column"));
        var rank = v.Dims.Rank;
        var (height, width) = (v.Dims[rank - 2].Size, v.Dims[rank - 1].Size);
        var (inHeight, inWidth) = (v.Inputs[0].Dims[rank - 2].Size, v.Inputs[0].Dims[rank - 1].Size);
        var w = new CodeWriter();
        w.Line($"var plane = index / {Literals.Int((long)height * width)};");
        w.Line($"var h = index / {Literals.Int(width)} % {Literals.Int(height)};");
        w.Line($"var w = index % {Literals.Int(width)};");
        w.Line("var sum = 0f;");
        w.Open($"for (var r = {rows}Start[h]; r < {rows}Start[h + 1]; r++)");
        w.Line("var across = 0f;");
        w.Open($"for (var c = {columns}Start[w]; c < {columns}Start[w + 1]; c++)");
        w.Line($"across += {columns}Weight[c] * {x}[(plane * {Literals.Int(inHeight)} + {rows}Index[r]) * {Literals.Int(inWidth)} + {columns}Index[c]];");
        w.Close();
        w.Line($"sum += {rows}Weight[r] * across;");
        w.Close();
        w.Line("var acc = Gpu::Scalar.Broadcast(sum);");
        return w.ToString();
    }

    /// <summary>Rows of x by index: their number, their length, and how many indices a sample has.</summary>
    private static (int Rows, long Width, bool PerSample) RowsOf(Dims x)
    {
        var axis = x.HasBatch ? 1 : 0;
        return (x[axis].Size, x.ToArray().Skip(axis + 1).Aggregate(1L, (a, d) => a * d.Size), x.HasBatch);
    }

    private static string Gathered(Val v, GatherPrim p, string x, string indices)
    {
        var (rows, width, perSample) = RowsOf(v.Inputs[0].Dims);
        var start = perSample ? $"which / {Literals.Int(v.Inputs[1].Dims.Elements)} * {Literals.Int(rows * width)} + " : "";
        return $"var which = index / {Literals.Int(width)};\nvar chosen = {indices}[which];\n"
            + $"var acc = chosen == {Literals.Int(p.Padding)} ? Gpu::Scalar.Broadcast(0f) : Gpu::Scalar.Load({x}, {start}chosen * {Literals.Int(width)} + index % {Literals.Int(width)});\n";
    }

    /// <summary>Each element of the result looks through the indices, in their order.</summary>
    private string ScatterAdd(Kernel kernel, GpuBody body)
    {
        var anchor = kernel.Anchor!;
        var padding = Literals.Int(((ScatterAddPrim)anchor.Prim).Padding);
        var (rows, width, perSample) = RowsOf(anchor.Dims);
        var (dy, indices) = (body.Operands.Name(Views.Base(anchor.Inputs[0])), body.Operands.Name(Views.Base(anchor.Inputs[1])));
        var count = Literals.Int(anchor.Inputs[1].Dims.Elements);
        var w = new CodeWriter();
        w.Line($"var row = index / {Literals.Int(width)}{(perSample ? " % " + Literals.Int(rows) : "")};");
        w.Line("var sum = 0f;");
        w.Open($"if (row != {padding})");
        w.Line(perSample ? $"var first = index / {Literals.Int(rows * width)} * {count};" : "var first = 0;");
        w.Line(perSample ? $"var end = first + {count};" : $"var end = {body.Batch()} * {count};");
        w.Open("for (var i = first; i < end; i++)");
        w.Line($"if ({indices}[i] == row) sum += {dy}[i * {Literals.Int(width)} + index % {Literals.Int(width)}];");
        w.Close();
        w.Close();
        w.Lines(body.Store(anchor, "index", "Gpu::Scalar.Broadcast(sum)", IsGradient(anchor)));
        return Launch("MapKernel", KernelWriter.Name(kernel), body.Struct("IMap", GpuBody.Method("void At(int index)", w.ToString())), Elements(anchor.Dims), body.Arguments);
    }

    /// <summary>[n, T, …] to [T·n, …] or back.</summary>
    private string Sequence(Kernel kernel, GpuBody body)
    {
        var anchor = kernel.Anchor!;
        var toTime = kernel.Kind == KernelKind.TimeMajor;
        var sequence = toTime ? anchor.Dims : anchor.Inputs[0].Dims;
        var steps = Literals.Int(sequence[0].Size);
        var width = sequence.Elements / sequence[0].Size;
        var (x, y) = (body.Operands.Name(Views.Base(anchor.Inputs[0])), body.Operands.Name(anchor, written: true));
        var item = width == 1 ? "index" : $"index / {Literals.Int(width)}";
        var batch = body.Batch();
        var from = toTime ? $"({item} % {batch}) * {steps} + {item} / {batch}" : $"({item} % {steps}) * {batch} + {item} / {steps}";
        var place = width == 1 ? from : $"({from}) * {Literals.Int(width)} + index % {Literals.Int(width)}";
        var members = GpuBody.Method("void At(int index)", $"{y}[index] = {x}[{place}];\n");
        return Launch("MapKernel", kernel.Kind.ToString(), body.Struct("IMap", members), Elements(anchor.Dims), body.Arguments);
    }
}
