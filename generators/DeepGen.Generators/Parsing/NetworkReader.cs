using System.Globalization;
using DeepGen.Generators.Diagnostics;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DeepGen.Generators.Parsing;

/// <summary>Reads one network class: checks its declaration, takes its API from its symbols, evaluates it and checks the graph.</summary>
internal sealed partial class NetworkReader
{
    private readonly Compilation compilation;
    private readonly INamedTypeSymbol type;
    private readonly ClassDeclarationSyntax declaration;
    private readonly AttributeSyntax networkAttribute;
    private readonly CancellationToken cancellation;
    private readonly List<DiagnosticInfo> diagnostics = new();
    private readonly List<ClassDeclarationSyntax> declarations = new();
    private readonly GraphBuilder builder = new();
    private readonly Places places;
    private readonly Interpreter interpreter;

    private NetworkReader(Compilation compilation, INamedTypeSymbol type, ClassDeclarationSyntax declaration, AttributeSyntax networkAttribute, CancellationToken cancellation)
    {
        this.compilation = compilation;
        this.type = type;
        this.declaration = declaration;
        this.networkAttribute = networkAttribute;
        this.cancellation = cancellation;
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (!Symbols.IsGenerated(reference.SyntaxTree) && reference.GetSyntax(cancellation) is ClassDeclarationSyntax part)
            {
                declarations.Add(part);
            }
        }

        places = new Places(declarations.Select(d => d.SyntaxTree));
        interpreter = new Interpreter(compilation, builder, places, cancellation);
    }

    /// <summary>Never throws but for cancellation. <paramref name="treesRead"/> are the files whose method bodies the result depends on.</summary>
    public static NetworkResult Read(Compilation compilation, INamedTypeSymbol type, TypeDeclarationSyntax declaration, AttributeSyntax networkAttribute, out IReadOnlyCollection<SyntaxTree> treesRead, CancellationToken cancellation)
    {
        var trees = new HashSet<SyntaxTree> { declaration.SyntaxTree };
        treesRead = trees;
        try
        {
            if (declaration is not ClassDeclarationSyntax plain)
            {
                var wrong = new DiagnosticInfo(Descriptors.WrongKind, Places.Info(declaration.Identifier), EquatableArray<LocationInfo>.Empty, EquatableArray<string>.Own(type.Name, "a record", "declare it as a class"));
                return new NetworkResult(new NetworkModel(null, null, wrong.Message), EquatableArray<DiagnosticInfo>.Own(wrong));
            }

            var reader = new NetworkReader(compilation, type, plain, networkAttribute, cancellation);
            var model = reader.Read();
            if (reader.diagnostics.Count > 0)
            {
                model = model with { Silenced = reader.IsSilenced() };
            }

            trees.UnionWith(reader.interpreter.TreesRead);
            trees.UnionWith(reader.declarations.Select(d => d.SyntaxTree));
            return new NetworkResult(model, new EquatableArray<DiagnosticInfo>(reader.diagnostics));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (compilation.GetSemanticModel(declaration.SyntaxTree).GetDiagnostics(cancellationToken: cancellation).Any(d => d.Severity == DiagnosticSeverity.Error))
            {
                // Half-typed code breaks assumptions that hold for all code that compiles; the compiler reports it.
                return new NetworkResult(new NetworkModel(null, null, $"The source of '{type.Name}' has errors."), EquatableArray<DiagnosticInfo>.Empty);
            }

            // Our own mistake: said as one, at the network, instead of a crash of the generator that names no place.
            var text = e.GetType().Name + ": " + e.Message.Replace('\r', ' ').Replace('\n', ' ');
            var diagnostic = new DiagnosticInfo(Descriptors.Internal, Places.Info(declaration.Identifier), EquatableArray<LocationInfo>.Empty, EquatableArray<string>.Own(type.Name, text));
            return new NetworkResult(new NetworkModel(null, null, diagnostic.Message), EquatableArray<DiagnosticInfo>.Own(diagnostic));
        }
    }

    private NetworkModel Read()
    {
        if (!CheckDeclaration())
        {
            return new NetworkModel(null, null, diagnostics[0].Message);
        }

        var form = ReadForm();
        if (form is null)
        {
            return new NetworkModel(null, null, diagnostics.Count > 0 ? diagnostics[0].Message : "");
        }

        if (!CheckMembers(form.Api))
        {
            return new NetworkModel(null, null, diagnostics[0].Message);
        }

        NetworkGraph? graph = null;
        if (diagnostics.Count == 0)
        {
            try
            {
                graph = Evaluate(form);
            }
            catch (EvaluationException e)
            {
                if (e.Place is null || !interpreter.CompilerReports(e.Place))
                {
                    diagnostics.Add(e.Diagnostic);
                }
            }
            catch (HalfTypedException e)
            {
                if (!interpreter.CompilerReports(e.Place))
                {
                    Report(Descriptors.NotEvaluable, Places.Identifier(e.Place), "This cannot be evaluated at build time");
                }
            }
        }

        return diagnostics.Count == 0 && graph is not null
            ? new NetworkModel(graph, form.Api, "")
            : new NetworkModel(null, form.Api, diagnostics.Count > 0 ? diagnostics[0].Message : $"The source of '{type.Name}' has errors.");
    }

    private bool IsSilenced() =>
        compilation.Assembly.GetAttributes()
            .Concat(compilation.SourceModule.GetAttributes())
            .Concat(type.GetAttributes())
            .Concat(type.GetMembers().SelectMany(m => m.GetAttributes()))
            .Any(a => a.AttributeClass?.Name == "SuppressMessageAttribute" && a.ConstructorArguments.Any(c => c.Value is string s && s.StartsWith("DG", StringComparison.Ordinal)));

    private void Report(DiagnosticDescriptor descriptor, SyntaxNodeOrToken token, params string[] arguments) =>
        diagnostics.Add(places.Diagnose(descriptor, token, null, arguments));

    /// <summary>What the other half of the class needs of this one. False where that half cannot be written at all.</summary>
    private bool CheckDeclaration()
    {
        var name = type.Name;
        var identifier = declaration.Identifier;
        var (what, advice) =
            type.ContainingType is not null ? ("nested in " + type.ContainingType.Name, "move it out") :
            type.IsGenericType ? ("generic", "remove the type parameters; sizes are build-time arguments, not types") :
            type.IsStatic ? ("static", "remove 'static'") :
            type.IsAbstract ? ("abstract", "remove 'abstract'") :
            type.IsFileLocal ? ("file-local", "remove 'file'") : ("", "");
        if (what.Length > 0)
        {
            Report(Descriptors.WrongKind, identifier, name, what, advice);
            return false;
        }

        if (declarations.FirstOrDefault(d => !d.Modifiers.Any(SyntaxKind.PartialKeyword)) is { } whole)
        {
            Report(Descriptors.NotPartial, whole.Identifier, name);
            return false;
        }

        if (type.BaseType is { SpecialType: not SpecialType.System_Object, TypeKind: TypeKind.Class } b && !Symbols.IsDeepGen(b, "Network"))
        {
            var place = declarations.Select(d => d.BaseList?.Types.FirstOrDefault()).FirstOrDefault(t => t is not null);
            Report(Descriptors.BaseClass, place is null ? identifier : place, name, b.Name);
            return false;
        }

        if (declaration.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: < Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp13 } options)
        {
            Report(Descriptors.LanguageVersion, identifier, name, options.LanguageVersion.ToDisplayString());
            return false;
        }

        if (compilation.Options is CSharpCompilationOptions { AllowUnsafe: false })
        {
            Report(Descriptors.Unsafe, identifier, name);
        }

        return true;
    }

    /// <summary>Nothing of the user's has the signature of a generated member. False where both together could not compile.</summary>
    private bool CheckMembers(NetworkApi api)
    {
        static string Span(Graph.Element e, bool readOnly) => (readOnly ? "ReadOnlySpan<" : "Span<") + (e == Graph.Element.Int32 ? "int>" : "float>");
        var inputs = api.Inputs.Select(i => Span(i.Element, readOnly: true)).ToArray();
        var outputs = api.Outputs.Select(_ => "Span<float>").ToArray();
        var generated = new HashSet<string>(StringComparer.Ordinal)
        {
            "Create(NetworkOptions)",
            "Predict(" + string.Join(",", inputs.Concat(outputs)) + ")",
            "Forward(" + string.Join(",", inputs.Concat(outputs)) + ")",
            "Backward(" + string.Join(",", outputs.Select(_ => "ReadOnlySpan<float>").Concat(api.Inputs.Where(i => i.Element == Graph.Element.Float32).Select(_ => "Span<float>"))) + ")",
            "Step(" + string.Join(",", inputs.Concat(api.Targets.Select(t => Span(t.Element, readOnly: true))).Concat(new[] { "Optimizer" })) + ")",
            "Evaluate(" + string.Join(",", inputs.Concat(api.Targets.Select(t => Span(t.Element, readOnly: true))).Concat(outputs)) + ")",
        };
        var names = new HashSet<string>(StringComparer.Ordinal)
        {
            "Create", "Predict", "Step", "Evaluate", "Forward", "Backward", "Compiled",
        };

        // A class cannot have a member of its own name.
        if (names.Contains(type.Name))
        {
            Report(Descriptors.Collision, declaration.Identifier, type.Name, type.Name);
            return false;
        }

        foreach (var member in type.GetMembers())
        {
            if (member.IsImplicitlyDeclared || !member.Locations.Any(l => l.SourceTree is { } tree && !Symbols.IsGenerated(tree)))
            {
                continue;
            }

            var wrong = member switch
            {
                IMethodSymbol { MethodKind: MethodKind.Constructor } => true,
                IMethodSymbol { MethodKind: MethodKind.Ordinary } m => m.Name == "Compiled" || generated.Contains(Signature(m)),
                IMethodSymbol => false,
                _ => names.Contains(member.Name),
            };
            if (wrong)
            {
                var location = member.Locations.First(l => l.SourceTree is { } tree && !Symbols.IsGenerated(tree));
                diagnostics.Add(new DiagnosticInfo(Descriptors.Collision, LocationInfo.Of(location), EquatableArray<LocationInfo>.Empty, EquatableArray<string>.Own(member.Name == ".ctor" ? type.Name : member.Name, type.Name)));
                return false;
            }
        }

        return true;
    }

    private static string Signature(IMethodSymbol method) =>
        method.Name + "(" + string.Join(",", method.Parameters.Select(p => p.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat).TrimEnd('?'))) + ")";

    private NetworkGraph? Evaluate(Form form)
    {
        var inputs = new List<Node>();
        var outputs = new List<Node>();
        if (form.Forward is { } forward)
        {
            foreach (var (parameter, shape, element, token) in form.Inputs)
            {
                inputs.Add(builder.AddInput(parameter, shape, element));
                interpreter.Mark(token);
            }

            foreach (var (lengths, input) in form.Lengths)
            {
                var measured = inputs.FindIndex(i => i.Name == input);
                inputs[measured] = builder.SetLengths(inputs[measured], inputs.First(i => i.Name == lengths));
            }

            var result = interpreter.Run(forward, inputs, Identifier(forward));
            if (result is TupleValue tuple)
            {
                outputs.AddRange(tuple.Items.OfType<Node>());
            }
            else if (result is Node node)
            {
                outputs.Add(node);
            }

            if (outputs.Count != form.Api.Outputs.Count)
            {
                Report(Descriptors.NoOutput, Identifier(forward), type.Name, "Forward gives null; it must give a tensor");
                return null;
            }
        }
        else
        {
            var (name, shape, element, token) = form.Inputs[0];
            var x = builder.AddInput(name, shape, element);
            interpreter.Mark(token);
            inputs.Add(x);
            foreach (var layer in form.Stack)
            {
                x = Apply(layer, new[] { x });
            }

            outputs.Add(x);
        }

        foreach (var output in outputs)
        {
            if (output.Loop != 0)
            {
                throw interpreter.Fail(Descriptors.InCell, interpreter.OriginOf(output).Token, $"'{output.Name}' is a tensor of one step and is known in its cell only; let the cell return it as its output", "");
            }

            if (output.Kind != NodeKind.Op || !output.PerSample)
            {
                Report(Descriptors.NoOutput, form.Forward is null ? networkAttribute.Name : Identifier(form.Forward), type.Name, $"what it gives is the {output.Kind.ToString().ToLowerInvariant()} itself, without any layer");
                return null;
            }

            if (output.Element != Graph.Element.Float32)
            {
                throw interpreter.Fail(Descriptors.ElementType, interpreter.OriginOf(output).Token, "An output must hold floats, but this one holds integers", "");
            }
        }

        var loss = -1;
        if (form.LossAttribute is { } attribute)
        {
            var (shape, element, name) = attribute.Op.AttributeTarget(attribute.Arguments, outputs[0].Shape);
            var target = builder.AddTarget(name, shape, element);
            interpreter.Mark(attribute.Token);
            loss = Apply(attribute, new[] { outputs[0], target }).Id;
        }
        else if (form.Loss is { } method)
        {
            var targets = new List<Node>();
            foreach (var (name, shape, element, token) in form.Targets)
            {
                targets.Add(builder.AddTarget(name, shape, element));
                interpreter.Mark(token);
            }

            var before = builder.Nodes.Count;
            interpreter.LossWeights = Weights();
            if (interpreter.Run(method, outputs.Concat(targets).ToArray(), Identifier(method)) is not Node value)
            {
                Report(Descriptors.LossSignature, Identifier(method), "Loss gives null");
                return null;
            }

            // Predictions and hand-written backward passes never run the loss, so nothing may be learned there but by gradients.
            if (builder.Nodes.Skip(before).SelectMany(n => n.Parameters).Select(i => builder[i]).FirstOrDefault(n => n.Parameter is { Trainable: false }) is { } state)
            {
                Report(Descriptors.LossState, Identifier(method), type.Name, state.Name);
                return null;
            }

            if (value.Shape.Rank != 0 || !value.PerSample || value.Kind != NodeKind.Op)
            {
                Report(Descriptors.LossNotScalar, Identifier(method), value.Kind == NodeKind.Op ? value.Op + value.Shape : "the " + value.Kind.ToString().ToLowerInvariant() + " " + value.Shape, Places.Trace(builder, value.PerSample ? value : null, "Loss"));
                return null;
            }

            loss = value.Id;
        }

        foreach (var penalty in form.Penalties.Where(_ => loss >= 0))
        {
            var term = Apply(penalty, Weights());
            loss = interpreter.Add(OpCatalogue.Get("Add"), System.Array.Empty<ConstValue>(), new[] { builder[loss], term }, null, null, penalty.Token, _ => null).Id;
        }

        CheckGraph(outputs, loss);
        return diagnostics.Count == 0 ? builder.Build(form.Api, outputs.Select(o => o.Id).ToArray(), loss) : null;
    }

    private Node[] Weights() => builder.Nodes.Where(WeightPenalty.IsWeight).ToArray();

    private Node Apply(StackItem item, IReadOnlyList<Node> inputs) =>
        interpreter.Add(item.Op, item.Arguments, inputs, item.Name, null, item.Token, item.Argument);

    /// <summary>What would run but is wrong: what nobody uses, and a softmax before logits.</summary>
    private void CheckGraph(List<Node> outputs, int loss)
    {
        var nodes = builder.Nodes;
        var used = new bool[nodes.Count];
        foreach (var output in outputs)
        {
            used[output.Id] = true;
        }

        if (loss >= 0)
        {
            used[loss] = true;
        }

        var consumed = new bool[nodes.Count];
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            // An op gives all its results; whoever leaves one out may.
            if (OpCatalogue.IsOneOfSeveral(nodes[i], nodes) && !used[i])
            {
                continue;
            }

            foreach (var input in nodes[i].Inputs.Concat(nodes[i].Parameters).Concat(nodes[i].Cell?.Results ?? Array.Empty<int>()))
            {
                consumed[input] = true;
                used[input] |= used[i];
            }
        }

        var said = new HashSet<LocationInfo>();
        foreach (var node in nodes)
        {
            // Of a dead branch only its end is named: what leads to it is dead because of it.
            if (used[node.Id] || consumed[node.Id] || node.Kind is NodeKind.Constant or NodeKind.Step or NodeKind.State || OpCatalogue.IsOneOfSeveral(node, nodes))
            {
                continue;
            }

            var origin = interpreter.OriginOf(node);
            var diagnostic = node.Kind switch
            {
                NodeKind.Input => places.Diagnose(Descriptors.UnusedInput, origin.Token, origin.Calls, node.Name),
                NodeKind.Target => places.Diagnose(Descriptors.UnusedTarget, origin.Token, origin.Calls, node.Name),
                _ => places.Diagnose(Descriptors.UnusedLayer, origin.Token, origin.Calls, node.Kind == NodeKind.Parameter ? $"the parameter '{node.Name}'" : $"{node.Op} ('{node.Name}')"),
            };
            if (said.Add(diagnostic.Location))
            {
                diagnostics.Add(diagnostic);
            }
        }

        if (diagnostics.Count == 0)
        {
            foreach (var node in nodes)
            {
                // An input that only leads into a dead branch is dead as well, but the branch has been named.
                var squashed = node.Op switch { "SoftmaxCrossEntropy" => "Softmax", "BinaryCrossEntropyWithLogits" => "Sigmoid", _ => null };
                if (squashed is not null)
                {
                    var x = nodes[node.Inputs[0]];
                    while (x.Op is "Flatten" or "Reshape")
                    {
                        x = nodes[x.Inputs[0]];
                    }

                    if (x.Op == squashed)
                    {
                        var origin = interpreter.OriginOf(x);
                        diagnostics.Add(places.Diagnose(Descriptors.SoftmaxBeforeLogits, origin.Token, origin.Calls, node.Op, squashed, squashed.ToLowerInvariant(), Places.Trace(builder, x, node.Op)));
                    }
                }
            }
        }
    }

    private SyntaxToken Identifier(IMethodSymbol method) =>
        method.DeclaringSyntaxReferences[0].GetSyntax(cancellation) is MethodDeclarationSyntax m ? m.Identifier : declaration.Identifier;
}
