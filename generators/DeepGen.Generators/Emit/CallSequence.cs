using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>
/// The kernel calls of one section. What repeats but for its numbers, as the blocks of a residual network do, is written once, as a loop: a number that grows evenly is computed
/// from the counter, others are looked up in a table.
/// </summary>
internal sealed class CallSequence
{
    private readonly IReadOnlyList<Kernel> kernels;
    private readonly IReadOnlyList<CallText> calls;

    private CallSequence(IReadOnlyList<Kernel> kernels, IReadOnlyList<CallText> calls, IReadOnlyList<Stretch> stretches)
    {
        this.kernels = kernels;
        this.calls = calls;
        Stretches = stretches;
    }

    public IReadOnlyList<Stretch> Stretches { get; }

    /// <param name="call">The marked text of a kernel's call.</param>
    public static CallSequence Of(IEnumerable<Kernel> section, Func<Kernel, string> call, CancellationToken cancellation)
    {
        var kernels = section.ToArray();
        var calls = kernels.Select(k =>
        {
            cancellation.ThrowIfCancellationRequested();
            return CallText.Of(k.ForParametersAlone ? IfWanted(call(k)) : call(k));
        }).ToArray();
        return new CallSequence(kernels, calls, Repeats.Find(calls, lookup: true));
    }

    /// <summary>A call that only the gradients of parameters need.</summary>
    private static string IfWanted(string call)
    {
        const string wanted = "if (parameters)";
        if (call.TrimEnd('\n').IndexOf('\n') < 0)
        {
            return wanted + " " + call;
        }

        var w = new CodeWriter();
        w.Open(wanted);
        w.Lines(call);
        w.Close();
        return w.ToString();
    }

    /// <summary>The kernels of a stretch, the first time it comes.</summary>
    public IReadOnlyList<Kernel> Of(Stretch stretch) => kernels.Skip(stretch.Start).Take(stretch.Period).ToArray();

    public void Write(CodeWriter w)
    {
        foreach (var stretch in Stretches)
        {
            if (stretch.Count == 1)
            {
                Body(w, stretch, i => Literals.Int(kernels[i].Index), call => calls[call].Text());
            }
            else
            {
                Loop(w, stretch);
            }
        }
    }

    /// <summary>The calls, those of one layer together below its name.</summary>
    private void Body(CodeWriter w, Stretch stretch, Func<int, string> index, Func<int, string> text)
    {
        var previous = "";
        for (var i = stretch.Start; i < stretch.Start + stretch.Period; i++)
        {
            var layers = KernelTable.Layers(kernels[i]);
            if (layers != previous)
            {
                w.Line();
                w.Line($"// {index(i)}: {layers}");
                previous = layers;
            }

            w.Lines(text(i));
        }
    }

    private void Loop(CodeWriter w, Stretch stretch)
    {
        var columns = new List<long[]>();
        string Number(int call, int number)
        {
            var values = Enumerable.Range(0, stretch.Count).Select(r => calls[call + (r * stretch.Period)].Numbers[number]).ToArray();
            var step = values[1] - values[0];
            for (var r = 1; r < values.Length; r++)
            {
                if (values[r] - values[r - 1] != step)
                {
                    return Column(values);
                }
            }

            return step == 0 ? Literals.Int(values[0])
                : "(" + (values[0] == 0 ? "" : Literals.Int(values[0]) + (step > 0 ? " + " : " - ")) + (step < 0 && values[0] == 0 ? "-" : "") + Literals.Int(Math.Abs(step)) + " * i)";
        }

        string Column(long[] values)
        {
            var known = columns.FindIndex(c => c.SequenceEqual(values));
            if (known < 0)
            {
                known = columns.Count;
                columns.Add(values);
            }

            return $"at[{Literals.Int(known)}]";
        }

        var body = new CodeWriter();
        Body(body, stretch, i => $"{Literals.Int(kernels[i].Index)}, {Literals.Int(kernels[i + stretch.Period].Index)}, …", call => calls[call].Text(number => Number(call, number)));

        var places = "places" + Literals.Int(kernels[stretch.Start].Index);
        var last = stretch.Start + (stretch.Period * stretch.Count) - 1;
        w.Line();
        w.Line($"// {Literals.Int(kernels[stretch.Start].Index)} to {Literals.Int(kernels[last].Index)}: {Literals.Int(stretch.Count)} times the same kernels.");
        if (columns.Count > 0)
        {
            var type = columns.Any(c => c.Any(v => v > int.MaxValue)) ? "long" : "int";
            w.Line($"global::System.ReadOnlySpan<{type}> {places} = new {type}[]");
            w.Open();
            for (var r = 0; r < stretch.Count; r++)
            {
                w.Line(string.Join(", ", columns.Select(c => Literals.Int(c[r]))) + ",");
            }

            w.Close(";");
        }

        w.Open($"for (nint i = 0; i < {Literals.Int(stretch.Count)}; i++)");
        if (columns.Count > 0)
        {
            w.Line($"var at = {places}.Slice((int)i * {Literals.Int(columns.Count)}, {Literals.Int(columns.Count)});");
        }

        w.Lines(body.ToString().TrimStart('\n'));
        w.Close();
    }
}
