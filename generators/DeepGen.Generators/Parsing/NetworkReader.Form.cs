using System.Globalization;
using DeepGen.Generators.Diagnostics;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Language;
using DeepGen.Generators.Ops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DeepGen.Generators.Parsing;

// The form of a network and its public members, from symbols and attributes alone.
internal sealed partial class NetworkReader
{
    /// <summary>One layer of the stack, or the loss.</summary>
    /// <param name="Argument">The source of an argument by its parameter's name.</param>
    private sealed record StackItem(OpDefinition Op, IReadOnlyList<ConstValue> Arguments, string? Name, SyntaxNodeOrToken Token, Func<string, SyntaxNode?> Argument, AttributeSyntax Syntax);

    private sealed record Form(
        NetworkApi Api,
        IReadOnlyList<(string Name, Shape Shape, Graph.Element Element, SyntaxNodeOrToken Token)> Inputs,
        IReadOnlyList<(string Name, Shape Shape, Graph.Element Element, SyntaxNodeOrToken Token)> Targets,
        IReadOnlyList<(string Name, string Input)> Lengths,
        IReadOnlyList<StackItem> Stack,
        IMethodSymbol? Forward,
        IMethodSymbol? Loss,
        StackItem? LossAttribute,
        IReadOnlyList<StackItem> Penalties);

    /// <summary>Null when there is nothing to evaluate and no API to write; the reason is reported, by us or by the compiler.</summary>
    private Form? ReadForm()
    {
        var attributes = new List<(AttributeData Data, AttributeSyntax Syntax, string Name)>();
        foreach (var data in type.GetAttributes())
        {
            if (data.AttributeClass is { } c && data.ApplicationSyntaxReference?.GetSyntax(cancellation) is AttributeSyntax syntax && !Symbols.IsGenerated(syntax.SyntaxTree))
            {
                if (c.TypeKind == TypeKind.Error)
                {
                    // A layer that is not typed out yet: the compiler says so, and any message of ours about the others would be a guess.
                    return null;
                }

                if (Symbols.IsDeepGen(c, c.Name) && c.Name.EndsWith("Attribute", StringComparison.Ordinal))
                {
                    attributes.Add((data, syntax, c.Name.Substring(0, c.Name.Length - "Attribute".Length)));
                }
            }
        }

        var stray = attributes.FirstOrDefault(a => a.Name is not "Network" && (a.Name == "Input" || OpCatalogue.Find(a.Name) is not null) && a.Syntax.Parent?.Parent != declaration);
        if (stray.Syntax is not null)
        {
            Report(Descriptors.StackSpread, Places.Identifier(stray.Syntax), stray.Name, type.Name);
        }

        attributes.RemoveAll(a => a.Syntax.Parent?.Parent != declaration);
        attributes.Sort((a, b) => a.Syntax.SpanStart.CompareTo(b.Syntax.SpanStart));

        var forward = Method("Forward", Descriptors.ForwardSignature);
        var loss = Method("Loss", Descriptors.LossSignature);
        var stack = new List<StackItem>();
        var losses = new List<StackItem>();
        var penalties = new List<StackItem>();
        AttributeData? input = null;
        AttributeSyntax? inputSyntax = null;
        foreach (var (data, syntax, name) in attributes)
        {
            if (name == "Input")
            {
                (input, inputSyntax) = (data, syntax);
            }
            else if (OpCatalogue.Find(name) is { Form: OpForm.Both } op)
            {
                if (Item(op, data, syntax) is not { } item)
                {
                    return null;
                }

                if (op.TakesWeights)
                {
                    penalties.Add(item);
                }
                else if (op.IsLoss)
                {
                    losses.Add(item);
                }
                else if (losses.Count > 0)
                {
                    Report(Descriptors.LossNotLast, item.Token, name, losses[0].Op.Name);
                }
                else
                {
                    stack.Add(item);
                }
            }
        }

        if (losses.Count > 1)
        {
            Report(Descriptors.TwoLosses, losses[1].Token, type.Name, losses[0].Op.Name, losses[1].Op.Name);
        }
        else if (losses.Count == 1 && loss is not null)
        {
            Report(Descriptors.TwoLosses, Identifier(loss), type.Name, losses[0].Op.Name, "the method Loss");
        }

        if (penalties.Count > 0 && losses.Count == 0 && loss is null)
        {
            Report(Descriptors.PenaltyWithoutLoss, penalties[0].Token, penalties[0].Op.Name, type.Name);
        }

        var inputs = new List<(string, Shape, Graph.Element, SyntaxNodeOrToken)>();
        var outputs = new List<string>();
        var lengths = new List<(string Name, string Input)>();
        if (forward is not null)
        {
            if (inputSyntax is not null)
            {
                Report(Descriptors.StackAndForward, Places.Identifier(inputSyntax), "Input", type.Name);
            }
            else if (stack.Count > 0)
            {
                Report(Descriptors.StackAndForward, stack[0].Token, stack[0].Op.Name, type.Name);
            }

            if (!ForwardInputs(forward, inputs, lengths) || !ForwardOutputs(forward, outputs))
            {
                return null;
            }
        }
        else
        {
            if (diagnostics.Any(d => d.Descriptor.Id == Descriptors.ForwardSignature.Id))
            {
                return null;
            }

            if (input is null || inputSyntax is null)
            {
                Report(Descriptors.NoInput, Places.Identifier(networkAttribute), type.Name, stack.Count == 0 && losses.Count == 0 ? "write [Input(…)] and a stack of layers, or a static Tensor Forward([Input(…)] Tensor x)" : "write [Input(…)] before the first layer");
                return null;
            }

            var early = stack.Concat(losses).FirstOrDefault(s => s.Syntax.SpanStart < inputSyntax.SpanStart);
            if (early is not null)
            {
                Report(Descriptors.NoInput, early.Token, type.Name, $"'{early.Op.Name}' stands before [Input(…)]; the stack is read top to bottom");
            }

            if (Extents(input, inputSyntax.ArgumentList?.Arguments.Select(a => (SyntaxNode)a.Expression).ToArray(), Places.Identifier(inputSyntax), "Input", out var shape, out var element) is false)
            {
                return null;
            }

            inputs.Add(("input", shape, element, Places.Identifier(inputSyntax)));
            outputs.Add("output");
            // With an error already reported, layers may be missing because of it.
            if (stack.Count == 0 && diagnostics.Count == 0)
            {
                Report(Descriptors.NoOutput, Places.Identifier(networkAttribute), type.Name, "write at least one layer after [Input(…)]");
            }
        }

        var targets = new List<(string, Shape, Graph.Element, SyntaxNodeOrToken)>();
        if (losses.Count == 1)
        {
            if (outputs.Count != 1)
            {
                Report(Descriptors.LossNeedsOneOutput, losses[0].Token, losses[0].Op.Name, type.Name, outputs.Count.ToString(CultureInfo.InvariantCulture));
            }

            var (_, element, name) = losses[0].Op.AttributeTarget(losses[0].Arguments, Shape.Scalar);
            targets.Add((name, Shape.Scalar, element, losses[0].Token));
        }
        else if (loss is not null && !LossParameters(loss, outputs.Count, targets))
        {
            return null;
        }

        var api = new NetworkApi(
            type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
            Escape(type.Name),
            type.DeclaredAccessibility == Accessibility.Public ? "public" : "internal",
            new EquatableArray<ApiTensor>(inputs.Select(i => new ApiTensor(i.Item1, i.Item3))),
            new EquatableArray<string>(outputs),
            new EquatableArray<ApiTensor>(targets.Select(t => new ApiTensor(t.Item1, t.Item3))),
            losses.Count > 0 || loss is not null)
        {
            Modifier = type.IsSealed ? "sealed" : "",
        };
        return new Form(api, inputs, targets, lengths, stack, forward, loss, losses.Count == 1 ? losses[0] : null, penalties);
    }

    private static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    /// <summary>The user's method of that name; overloads without any tensor are his own business.</summary>
    private IMethodSymbol? Method(string name, DiagnosticDescriptor descriptor)
    {
        var candidates = type.GetMembers(name).OfType<IMethodSymbol>()
            .Where(m => m.DeclaringSyntaxReferences.Any(r => !Symbols.IsGenerated(r.SyntaxTree)) && (m.Parameters.Any(p => Symbols.IsTensor(p.Type)) || IsTensors(m.ReturnType) || m.Parameters.IsEmpty))
            .ToArray();
        if (candidates.Length == 0)
        {
            return null;
        }

        var method = candidates[0];
        var wrong =
            candidates.Length > 1 ? $"The network '{type.Name}' has two methods {name}" :
            !method.IsStatic ? $"{name} is not static" :
            method.IsGenericMethod ? $"{name} is generic" :
            method.IsAsync ? $"{name} is async" :
            method.Parameters.Any(p => p.RefKind is not (RefKind.None or RefKind.In)) ? $"A parameter of {name} is ref or out" :
            method.ReturnType.TypeKind != TypeKind.Error && !(name == "Loss" ? Symbols.IsTensor(method.ReturnType) : IsTensors(method.ReturnType)) ? $"{name} gives {method.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}" :
            null;
        if (wrong is not null)
        {
            Report(descriptor, Identifier(candidates[candidates.Length - 1]), wrong);
            return null;
        }

        return method;
    }

    private static bool IsTensors(ITypeSymbol type) =>
        Symbols.IsTensor(type) || (type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.All(e => Symbols.IsTensor(e.Type)));

    private bool ForwardInputs(IMethodSymbol forward, List<(string Name, Shape Shape, Graph.Element Element, SyntaxNodeOrToken Token)> inputs, List<(string Name, string Input)> lengths)
    {
        if (forward.Parameters.IsEmpty)
        {
            Report(Descriptors.NoInput, Identifier(forward), type.Name, "give Forward a parameter [Input(…)] Tensor x");
            return false;
        }

        var places = new List<SyntaxNodeOrToken>();
        foreach (var parameter in forward.Parameters)
        {
            if (Symbols.IsTensor(parameter.Type) && Find(parameter, "LengthsAttribute") is { } attribute)
            {
                if (attribute.ConstructorArguments.Length != 1 || attribute.ConstructorArguments[0].Kind == TypedConstantKind.Error)
                {
                    return false;
                }

                inputs.Add((parameter.Name, Shape.Scalar, Graph.Element.Int32, Token(parameter)));
                lengths.Add((parameter.Name, attribute.ConstructorArguments[0].Value as string ?? ""));
                places.Add(attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is AttributeSyntax { ArgumentList: { Arguments.Count: 1 } list } ? list.Arguments[0].Expression : Token(parameter));
                continue;
            }

            if (!Declared(parameter, "InputAttribute", Descriptors.ForwardSignature, out var shape, out var element, out var token))
            {
                return false;
            }

            inputs.Add((parameter.Name, shape, element, token));
        }

        for (var i = 0; i < lengths.Count; i++)
        {
            var (name, input) = lengths[i];
            var measured = inputs.FindIndex(x => x.Name == input);
            var wrong =
                measured < 0 || lengths.Any(l => l.Name == input) ? $"but '{input}' is no [Input(…)] of Forward; name one with nameof" :
                inputs[measured].Shape.Rank == 0 ? $"but '{input}' is one number per sample; it must be a sequence (T, …)" :
                lengths.FindIndex(l => l.Input == input) < i ? $"but '{input}' has lengths already" :
                null;
            if (wrong is not null)
            {
                Report(Descriptors.Lengths, places[i], $"'{name}' says how many steps each sample of '{input}' has, {wrong}");
            }
        }

        return true;
    }

    private bool LossParameters(IMethodSymbol loss, int outputs, List<(string, Shape, Graph.Element, SyntaxNodeOrToken)> targets)
    {
        var untargeted = loss.Parameters.TakeWhile(p => Find(p, "TargetAttribute") is null).Count();
        if (untargeted != outputs || loss.Parameters.Length == untargeted && outputs == 0)
        {
            Report(Descriptors.LossSignature, Identifier(loss), $"Loss takes {untargeted} tensor{(untargeted == 1 ? "" : "s")} before its targets, but '{type.Name}' has {outputs} output{(outputs == 1 ? "" : "s")}");
            return false;
        }

        foreach (var parameter in loss.Parameters.Take(untargeted))
        {
            if (!Symbols.IsTensor(parameter.Type))
            {
                if (parameter.Type.TypeKind != TypeKind.Error)
                {
                    Report(Descriptors.LossSignature, Token(parameter), $"The parameter '{parameter.Name}' of Loss is not a Tensor");
                }

                return false;
            }
        }

        foreach (var parameter in loss.Parameters.Skip(untargeted))
        {
            if (!Declared(parameter, "TargetAttribute", Descriptors.LossSignature, out var shape, out var element, out var token))
            {
                return false;
            }

            targets.Add((parameter.Name, shape, element, token));
        }

        return true;
    }

    private AttributeData? Find(IParameterSymbol parameter, string attribute) => parameter.GetAttributes().FirstOrDefault(a => Symbols.IsDeepGen(a.AttributeClass, attribute));

    private SyntaxNodeOrToken Token(IParameterSymbol parameter) =>
        parameter.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is ParameterSyntax p ? p.Identifier : declaration.Identifier;

    private bool Declared(IParameterSymbol parameter, string attribute, DiagnosticDescriptor descriptor, out Shape shape, out Graph.Element element, out SyntaxNodeOrToken token)
    {
        token = Token(parameter);
        shape = Shape.Scalar;
        element = Graph.Element.Float32;
        if (parameter.Type.TypeKind == TypeKind.Error || parameter.Name.Length == 0)
        {
            return false;
        }

        var word = attribute.Substring(0, attribute.Length - "Attribute".Length);
        if (!Symbols.IsTensor(parameter.Type))
        {
            Report(descriptor, token, $"The parameter '{parameter.Name}' of {parameter.ContainingSymbol.Name} is not a Tensor");
            return false;
        }

        if (Find(parameter, attribute) is not { } data)
        {
            if (parameter.GetAttributes().Any(a => a.AttributeClass?.TypeKind == TypeKind.Error))
            {
                return false;
            }

            Report(descriptor, token, $"The parameter '{parameter.Name}' of {parameter.ContainingSymbol.Name} has no [{word}(…)]");
            return false;
        }

        var syntax = data.ApplicationSyntaxReference?.GetSyntax(cancellation) as AttributeSyntax;
        var arguments = syntax?.ArgumentList?.Arguments.Select(a => (SyntaxNode)a.Expression).ToArray();
        return Extents(data, arguments, token, parameter.Name, out shape, out element);
    }

    /// <summary>False where the compiler reports what is wrong with the attribute.</summary>
    private bool Extents(AttributeData data, SyntaxNode[]? arguments, SyntaxNodeOrToken token, string name, out Shape shape, out Graph.Element element)
    {
        shape = Shape.Scalar;
        element = Graph.Element.Float32;
        if (data.AttributeConstructor is null || data.ConstructorArguments.Any(a => a.Kind == TypedConstantKind.Error))
        {
            return false;
        }

        var extents = data.ConstructorArguments.Where(a => a.Type?.SpecialType == SpecialType.System_Int32).Select(a => (int)a.Value!).ToArray();
        element = data.ConstructorArguments.Where(a => a.Type?.TypeKind == TypeKind.Enum).Select(a => (Graph.Element)(int)a.Value!).FirstOrDefault();
        shape = new Shape(extents);
        for (var i = 0; i < extents.Length; i++)
        {
            if (extents[i] < 1)
            {
                Report(Descriptors.Extent, arguments is not null && i < arguments.Length ? arguments[i] : token, (i + 1).ToString(CultureInfo.InvariantCulture), name, extents[i].ToString(CultureInfo.InvariantCulture));
            }
        }

        if (extents.Aggregate(1.0, (a, e) => a * e) > int.MaxValue)
        {
            Report(Descriptors.TooLarge, token, $"'{name}'", "");
        }

        return true;
    }

    private bool ForwardOutputs(IMethodSymbol forward, List<string> outputs)
    {
        if (forward.ReturnType.TypeKind == TypeKind.Error)
        {
            return false;
        }

        if (forward.ReturnType is not INamedTypeSymbol { IsTupleType: true } tuple)
        {
            outputs.Add("output");
            return true;
        }

        foreach (var element in tuple.TupleElements)
        {
            if (!element.IsExplicitlyNamedTupleElement)
            {
                Report(Descriptors.ForwardSignature, Identifier(forward), $"The output {element.Name} of Forward has no name");
                return false;
            }

            outputs.Add(element.Name);
        }

        return true;
    }

    /// <summary>Null where the compiler reports what is wrong with the attribute.</summary>
    private static StackItem? Item(OpDefinition op, AttributeData data, AttributeSyntax syntax)
    {
        if (data.AttributeConstructor is not { } constructor || data.ConstructorArguments.Any(a => a.Kind == TypedConstantKind.Error))
        {
            return null;
        }

        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0; i < constructor.Parameters.Length; i++)
        {
            var argument = data.ConstructorArguments[i];
            if (!SymbolEqualityComparer.Default.Equals(argument.Type, constructor.Parameters[i].Type))
            {
                return null;
            }

            if (argument is { Kind: TypedConstantKind.Array, IsNull: true } && op.Parameters.Any(p => p.Name == constructor.Parameters[i].Name && p.Type == OpParameterType.Extents))
            {
                continue; // left out
            }

            values[constructor.Parameters[i].Name] = argument.Kind != TypedConstantKind.Array ? argument.Value
                : constructor.Parameters[i].Type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Single } ? Items<float>(argument)
                : Items<int>(argument);
        }

        static object Items<T>(TypedConstant array) => array.IsNull ? EquatableArray<T>.Empty : new EquatableArray<T>(array.Values.Select(v => v.Value is T item ? item : default!));

        // An overload takes one axis in place of a list.
        if (values.TryGetValue(LanguageWriter.OneAxis, out var one) && op.Parameters.FirstOrDefault(p => p.Type == OpParameterType.Axes) is { } axes)
        {
            values[axes.Name] = EquatableArray<int>.Own((int)one!);
        }

        var arguments = op.Parameters.Select(p => new ConstValue(values.TryGetValue(p.Name, out var v) ? v : p.Default)).ToArray();
        SyntaxNode? Argument(string name)
        {
            if (syntax.ArgumentList is not { } list)
            {
                return null;
            }

            // Where the overload with one axis was called, that argument is meant.
            name = constructor.Parameters.Any(p => p.Name == name) ? name : LanguageWriter.OneAxis;
            var ordinal = constructor.Parameters.FirstOrDefault(p => p.Name == name)?.Ordinal ?? -1;
            for (var i = 0; i < list.Arguments.Count; i++)
            {
                var a = list.Arguments[i];
                if (a.NameColon is { } colon ? colon.Name.Identifier.ValueText == name : i == ordinal)
                {
                    return a.Expression;
                }
            }

            return null;
        }

        return new StackItem(op, arguments, values.TryGetValue("name", out var n) ? n as string : null, Places.Identifier(syntax), Argument, syntax);
    }
}
