using DeepGen.Generators.Graph;

namespace DeepGen.Generators.Emit;

/// <summary>The public members of a network class. Their signatures follow from symbols alone, so an erroneous network has the same ones, with bodies that throw.</summary>
internal sealed class ApiWriter
{
    private readonly NetworkApi api;
    private readonly string? error;
    private readonly string optimizer;

    /// <param name="error">The message that every member throws, or null for a network that works.</param>
    public ApiWriter(NetworkApi api, string? error)
    {
        // Inputs, outputs and targets are named in different places of the source, and stand in one parameter list here; the members' own locals are taken.
        var most = Math.Max(api.Inputs.Count, Math.Max(api.Outputs.Count, api.Targets.Count));
        var taken = new HashSet<string>(Enumerable.Range(0, most).SelectMany(i => new[] { "in_" + i, "out_" + i, "target_" + i, "dy_" + i, "dx_" + i }), StringComparer.Ordinal)
        {
            "n_", "inputs_", "outputs_", "targets_", "dy_", "dx_",
        };
        string Unique(string name, string role)
        {
            while (!taken.Add(name))
            {
                name += role;
            }

            return name;
        }

        this.api = api with
        {
            Inputs = new EquatableArray<ApiTensor>(api.Inputs.Select(t => t with { Name = Unique(t.Name, "Input") }).ToArray()),
            Outputs = new EquatableArray<string>(api.Outputs.Select(o => Unique(o, "Output")).ToArray()),
            Targets = new EquatableArray<ApiTensor>(api.Targets.Select(t => t with { Name = Unique(t.Name, "Target") }).ToArray()),
        };
        optimizer = Unique("optimizer", "ToUse");
        this.error = error;
    }

    public void Write(CodeWriter w)
    {
        Create(w);
        Predict(w);
        if (api.HasLoss)
        {
            Step(w);
            Evaluate(w);
        }

        Forward(w);
        Backward(w);
        Compiled(w);
    }

    private static string Type(Element element) => element == Element.Int32 ? "int" : "float";

    private static string In(ApiTensor t) => $"global::System.ReadOnlySpan<{Type(t.Element)}> {Identifier(t.Name)}";

    private static string Out(string name) => $"global::System.Span<float> {Identifier(name)}";

    /// <summary>Parameter names come from the user's source, where a keyword is written with @.</summary>
    private static string Identifier(string name) => "@" + name;

    private void Create(CodeWriter w)
    {
        w.Line("/// <summary>Makes the network with freshly initialized weights.</summary>");
        w.Line("/// <param name=\"options\">The largest batch, the seed and the number of threads; null for the defaults.</param>");
        w.Line($"public static {api.ClassName} Create(Runtime::NetworkOptions? options = null) => {(error is null ? "new(options)" : Throw)};");
        w.Line();
        w.Line($"private {api.ClassName}(Runtime::NetworkOptions? options) : base(Compiled.Definition, options)");
        w.Open();
        w.Close();
        w.Line();
    }

    /// <summary>The door to the file of kernels. A partial method without an implementation is no error: this file stands alone where an editor leaves the other one out.</summary>
    private void Compiled(CodeWriter w)
    {
        w.Line("/// <summary>What the compiler made of the network.</summary>");
        w.Line("private static partial class Compiled");
        w.Open();
        if (error is not null)
        {
            w.Line($"public static Runtime::NetworkDefinition Definition => {Throw};");
        }
        else
        {
            w.Open("public static Runtime::NetworkDefinition Definition");
            w.Open("get");
            w.Line("Runtime::NetworkDefinition? definition = null;");
            w.Line("Define(ref definition);");
            w.Line("return definition!;");
            w.Close();
            w.Close();
            w.Line();
            w.Line("static partial void Define(ref Runtime::NetworkDefinition? definition);");
        }

        w.Close();
    }

    private string Throw => $"throw new global::System.InvalidOperationException({Literals.String(error!)})";

    /// <summary>Writes a member whose spans are pinned around <paramref name="call"/>.</summary>
    private void Member(CodeWriter w, string signature, IEnumerable<(string Pointer, string Span)> pins, IEnumerable<string> checks, IEnumerable<string> call)
    {
        if (error is not null)
        {
            w.Line($"{signature} => {Throw};");
            w.Line();
            return;
        }

        w.Open(signature);
        foreach (var check in checks)
        {
            w.Line(check);
        }

        foreach (var (pointer, span) in pins)
        {
            w.Line($"fixed (void* {pointer} = {span})");
        }

        w.Open();
        foreach (var line in call)
        {
            w.Line(line);
        }

        w.Close();
        w.Close();
        w.Line();
    }

    private IEnumerable<string> InputChecks(string member)
    {
        yield return $"var n_ = BatchOf(\"{member}\", 0, {Identifier(api.Inputs[0].Name)}.Length);";
        for (var i = 1; i < api.Inputs.Count; i++)
        {
            yield return $"CheckInput(\"{member}\", {i}, {Identifier(api.Inputs[i].Name)}.Length, n_);";
        }
    }

    private static string Array(string name, string prefix, int count) =>
        count == 0 ? $"void** {name} = null;" : $"void** {name} = stackalloc void*[] {{ {string.Join(", ", Enumerable.Range(0, count).Select(i => prefix + i))} }};";

    private IEnumerable<(string, string)> InputPins => api.Inputs.Select((t, i) => ("in_" + i, Identifier(t.Name)));

    private IEnumerable<(string, string)> TargetPins => api.Targets.Select((t, i) => ("target_" + i, Identifier(t.Name)));

    private IEnumerable<(string, string)> OutputPins => api.Outputs.Select((t, i) => ("out_" + i, Identifier(t)));

    private IEnumerable<string> OutputChecks(string member) => api.Outputs.Select((t, i) => $"CheckOutput(\"{member}\", {i}, {Identifier(t)}.Length, n_);");

    private IEnumerable<string> TargetChecks(string member) => api.Targets.Select((t, i) => $"CheckTarget(\"{member}\", {i}, {Identifier(t.Name)}.Length, n_);");

    private void Docs(CodeWriter w, string summary, bool targets = false, bool outputs = false)
    {
        w.Line($"/// <summary>{summary}</summary>");
        foreach (var t in api.Inputs)
        {
            w.Line($"/// <param name=\"{t.Name}\">The samples, one after the other.</param>");
        }

        if (targets)
        {
            foreach (var t in api.Targets)
            {
                w.Line($"/// <param name=\"{t.Name}\">What the loss compares with, for each sample.</param>");
            }
        }

        if (outputs)
        {
            foreach (var t in api.Outputs)
            {
                w.Line($"/// <param name=\"{t}\">Where the result goes, for each sample.</param>");
            }
        }
    }

    private void Predict(CodeWriter w)
    {
        Docs(w, "Runs the network in inference mode. May be called from many threads at once.", outputs: true);
        Member(
            w,
            $"public void Predict({string.Join(", ", api.Inputs.Select(In).Concat(api.Outputs.Select(Out)))})",
            InputPins.Concat(OutputPins),
            InputChecks("Predict").Concat(OutputChecks("Predict")),
            new[] { Array("inputs_", "in_", api.Inputs.Count), Array("outputs_", "out_", api.Outputs.Count), "PredictCore(n_, inputs_, outputs_);" });
    }

    private void Step(CodeWriter w)
    {
        Docs(w, "One training step: forward, loss, backward, update.", targets: true);
        w.Line($"/// <param name=\"{optimizer}\">Moves the parameters.</param>");
        w.Line("/// <returns>The loss before the update: the mean over the batch.</returns>");
        Member(
            w,
            $"public float Step({string.Join(", ", api.Inputs.Concat(api.Targets).Select(In).Append("Runtime::Optimizer " + optimizer))})",
            InputPins.Concat(TargetPins),
            InputChecks("Step").Concat(TargetChecks("Step")),
            new[] { Array("inputs_", "in_", api.Inputs.Count), Array("targets_", "target_", api.Targets.Count), $"return StepCore(n_, inputs_, targets_, {optimizer});" });
    }

    private void Evaluate(CodeWriter w)
    {
        Docs(w, "Runs the network in inference mode and computes the loss.", targets: true, outputs: true);
        w.Line("/// <returns>The loss: the mean over the batch.</returns>");
        Member(
            w,
            $"public float Evaluate({string.Join(", ", api.Inputs.Concat(api.Targets).Select(In).Concat(api.Outputs.Select(Out)))})",
            InputPins.Concat(TargetPins).Concat(OutputPins),
            InputChecks("Evaluate").Concat(TargetChecks("Evaluate")).Concat(OutputChecks("Evaluate")),
            new[]
            {
                Array("inputs_", "in_", api.Inputs.Count), Array("targets_", "target_", api.Targets.Count), Array("outputs_", "out_", api.Outputs.Count),
                "return EvaluateCore(n_, inputs_, targets_, outputs_);",
            });
    }

    private void Forward(CodeWriter w)
    {
        Docs(w, "Runs the network in training mode and keeps what Backward needs.", outputs: true);
        Member(
            w,
            $"public void Forward({string.Join(", ", api.Inputs.Select(In).Concat(api.Outputs.Select(Out)))})",
            InputPins.Concat(OutputPins),
            InputChecks("Forward").Concat(OutputChecks("Forward")),
            new[] { Array("inputs_", "in_", api.Inputs.Count), Array("outputs_", "out_", api.Outputs.Count), "ForwardCore(n_, inputs_, outputs_);" });
    }

    private void Backward(CodeWriter w)
    {
        var floats = api.Inputs.Select((t, i) => (t, i)).Where(p => p.t.Element == Element.Float32).ToArray();
        w.Line("/// <summary>Adds the gradients of the last Forward to the parameters' gradients, given the gradients of its outputs.</summary>");
        foreach (var o in api.Outputs)
        {
            w.Line($"/// <param name=\"{o}Gradient\">The derivative of the loss with respect to each value of the output.</param>");
        }

        foreach (var (t, _) in floats)
        {
            w.Line($"/// <param name=\"{t.Name}Gradient\">Receives the derivative with respect to each value of the input; empty when not wanted.</param>");
        }

        if (floats.Length > 0)
        {
            w.Line("/// <param name=\"parameters\">Whether the gradients of the parameters are wanted; without them, those that are there stay as they are and nothing is spent on them.</param>");
        }

        var parameters = api.Outputs.Select(o => $"global::System.ReadOnlySpan<float> {o}Gradient").Concat(floats.Select(p => $"global::System.Span<float> {p.t.Name}Gradient = default"))
            .Concat(floats.Take(1).Select(_ => "bool parameters = true"));
        var dx = Enumerable.Range(0, api.Inputs.Count).Select(i => floats.Any(p => p.i == i) ? "dx_" + i : "null");
        Member(
            w,
            $"public void Backward({string.Join(", ", parameters)})",
            api.Outputs.Select((o, i) => ("dy_" + i, o + "Gradient")).Concat(floats.Select(p => ("dx_" + p.i, p.t.Name + "Gradient"))),
            new[] { "var n_ = ForwardBatch();" }
                .Concat(api.Outputs.Select((o, i) => $"CheckOutputGradient(\"Backward\", {i}, {o}Gradient.Length, n_);"))
                .Concat(floats.Select(p => $"CheckInputGradient(\"Backward\", {p.i}, {p.t.Name}Gradient.Length, n_);")),
            new[] { Array("dy_", "dy_", api.Outputs.Count), $"void** dx_ = stackalloc void*[] {{ {string.Join(", ", dx)} }};", floats.Length > 0 ? "BackwardCore(n_, dy_, dx_, parameters);" : "BackwardCore(n_, dy_, dx_);" });
    }
}
