using System.Globalization;
using DeepGen.Generators.Diagnostics;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Language;
using DeepGen.Generators.Ops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DeepGen.Generators.Parsing;

// Calls: ops of the catalogue, methods of the compilation, the few known methods of the framework, properties.
internal sealed partial class Interpreter
{
    private object? Invoke(IInvocationOperation call, Frame frame)
    {
        var method = call.TargetMethod;
        var token = Places.Identifier(call.Syntax);
        if (Symbols.IsTensor(method.ContainingType))
        {
            return Op(call, method, token, frame);
        }

        var instance = call.Instance is null ? null : Evaluate(call.Instance, frame);
        var arguments = new object?[method.Parameters.Length];
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is null)
            {
                throw new HalfTypedException(call.Syntax);
            }

            // An out argument has no value to read yet.
            arguments[argument.Parameter.Ordinal] = argument.Parameter.RefKind == RefKind.Out ? null : Evaluate(argument.Value, frame);
        }

        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            return instance is DelegateValue function
                ? CallDelegate(function, arguments, token)
                : throw CannotEvaluate(call, "This delegate is not known at build time");
        }

        if (method.OriginalDefinition.DeclaringSyntaxReferences.IsEmpty)
        {
            return Framework(call, method, instance, arguments, token);
        }

        var extension = instance is not null && method.ContainingType is { Name: "" };
        if (!method.IsStatic && method.MethodKind is not (MethodKind.LocalFunction or MethodKind.ReducedExtension) && !extension)
        {
            throw Fail(Descriptors.NotEvaluable, token, $"'{method.Name}' is an instance method, and there is no instance at build time; make it static");
        }

        if (method.ReducedFrom is { } reduced)
        {
            method = reduced;
            arguments = new[] { instance }.Concat(arguments).ToArray();
        }

        copyBack = null;
        var nameToken = call.Arguments.FirstOrDefault(a => a.Parameter?.Name == "name" && a.ArgumentKind == ArgumentKind.Explicit)?.Value.Syntax;
        var result = Call(method, arguments, extension ? instance : null, OuterOf(method, frame), token, call, nameToken is null ? token : (SyntaxNodeOrToken)nameToken);
        if (copyBack is { } callee)
        {
            copyBack = null;
            foreach (var argument in call.Arguments.Where(a => a.Parameter!.RefKind is RefKind.Out or RefKind.Ref))
            {
                Assign(argument.Value, callee.Variables[callee.Method!.Parameters[argument.Parameter!.Ordinal]], frame);
            }
        }

        return result;
    }

    /// <summary>The call that a local function sees the variables of.</summary>
    private static Frame? OuterOf(IMethodSymbol method, Frame frame)
    {
        if (method.MethodKind != MethodKind.LocalFunction)
        {
            return null;
        }

        for (var f = frame; f is not null; f = f.Outer!)
        {
            if (SymbolEqualityComparer.Default.Equals(f.Method?.OriginalDefinition, method.OriginalDefinition.ContainingSymbol.OriginalDefinition))
            {
                return f;
            }
        }

        return frame;
    }

    private object? Framework(IInvocationOperation call, IMethodSymbol method, object? instance, object?[] arguments, SyntaxNodeOrToken token)
    {
        if (IsMath(method.ContainingType))
        {
            return MathCall(method, arguments, token);
        }

        if (instance is SequenceValue sequence)
        {
            switch (method.Name)
            {
                case "Add" when arguments.Length == 1:
                    if (sequence.Items.Count >= SequenceValue.MaxLength)
                    {
                        throw Fail(Descriptors.Arithmetic, token, "This list grows without end at build time");
                    }

                    sequence.Items.Add(arguments[0]);
                    return null;
                case "AddRange" when arguments[0] is SequenceValue more && sequence.Items.Count + more.Items.Count <= SequenceValue.MaxLength:
                    sequence.Items.AddRange(more.Items.ToArray());
                    return null;
                case "ToArray" when arguments.Length == 0:
                    return new SequenceValue(sequence.Items.ToList());
                case "Slice" when Symbols.IsSystem(method.ContainingType, "ReadOnlySpan"):
                    return Element(sequence, new RangeValue(Index(arguments[0], call), arguments.Length > 1 ? new IndexValue((int)arguments[0]! + (int)arguments[1]!, false) : new IndexValue(0, true)), call);
            }
        }

        if (method.Name == "ToString" && method.Parameters.Length == 0 && call.Instance is { } receiver && instance is not null && (Number.IsNumber(instance) || instance is bool or string))
        {
            return Format(instance, receiver);
        }

        if (method.Name == "Empty" && Symbols.IsSystem(method.ContainingType, "Array"))
        {
            return new SequenceValue(new List<object?>());
        }

        throw Fail(Descriptors.NoSource, token, method.ContainingType.Name + "." + method.Name);
    }

    private object? Property(IPropertyReferenceOperation reference, Frame frame)
    {
        var instance = reference.Instance is null ? null : Evaluate(reference.Instance, frame);
        var arguments = reference.Arguments.Select(a => Evaluate(a.Value, frame)).ToArray();
        return Property(reference.Property, instance, arguments, reference);
    }

    private object? Property(IPropertySymbol property, object? instance, object?[] arguments, IOperation use)
    {
        var token = Places.Identifier(use.Syntax);
        if (Symbols.IsTensor(property.ContainingType))
        {
            return Extent(property.Name, Tensor(instance, use.Syntax), null, token);
        }

        if (property.IsIndexer && instance is SequenceValue or string && arguments.Length == 1)
        {
            return Element(instance, arguments[0], use);
        }

        switch (property.Name, instance)
        {
            case ("Length" or "Count", SequenceValue s):
                return s.Items.Count;
            case ("IsEmpty", SequenceValue s):
                return s.Items.Count == 0;
            case ("LongLength", SequenceValue s):
                return (long)s.Items.Count;
            case ("Length", string s):
                return s.Length;
        }

        if (property.ContainingType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            return property.Name == "HasValue" ? instance is not null : instance ?? throw Fail(Descriptors.Arithmetic, token, "This value is null here");
        }

        if (property.GetMethod is { } getter && !property.DeclaringSyntaxReferences.IsEmpty)
        {
            var extension = instance is not null && property.ContainingType is { Name: "" };
            if (property.IsStatic || extension)
            {
                if (property.DeclaringSyntaxReferences[0].GetSyntax(cancellation) is PropertyDeclarationSyntax { Initializer: { } initializer }
                    && property.SetMethod is null
                    && Model(initializer.SyntaxTree).GetOperation(initializer, cancellation) is IPropertyInitializerOperation value)
                {
                    if (!fields.TryGetValue(property, out var known))
                    {
                        fields[property] = Default(property.Type);
                        fields[property] = known = Evaluate(value.Value, new Frame(null, null));
                    }

                    return known;
                }

                return Call(getter, arguments, extension ? instance : null, null, token, null);
            }
        }

        throw Fail(Descriptors.NotEvaluable, token, instance is null && !property.IsStatic ? $"'{property.Name}' is read from what is not known at build time" : $"'{property.ContainingType.Name}.{property.Name}' is not known at build time");
    }

    private Node Tensor(object? value, SyntaxNode place) => value switch
    {
        Node node => node,
        null => throw Fail(Descriptors.Arithmetic, place, "This tensor is null here"),
        _ => throw Fail(Descriptors.NotEvaluable, place, "This is not a tensor that is known at build time"),
    };

    private object Extent(string property, Node tensor, object? axis, SyntaxNodeOrToken token)
    {
        var shape = tensor.Shape;
        EvaluationException Wrong(string needs) => Fail(Descriptors.NoSuchExtent, token, $"{property} needs {needs} but {Gives(tensor)}", Places.Trace(builder, tensor, property));
        return (property, shape.Rank) switch
        {
            ("Rank", _) => shape.Rank,
            ("Channels", >= 3) => shape[0],
            ("Height", >= 3) => shape[shape.Rank - 2],
            ("Width", >= 3) => shape[shape.Rank - 1],
            ("Features", 1 or 2) => shape[shape.Rank - 1],
            ("Extent", _) => axis is int i && i >= 0 && i < shape.Rank ? shape[i] : throw Wrong($"an axis from 0 to {shape.Rank - 1}"),
            ("Features", _) => throw Wrong("a vector (F) or a sequence (T, F)"),
            _ => throw Wrong("a map (C, H, W)"),
        };
    }

    private static string Gives(Node node) => node.Kind == NodeKind.Op ? $"{node.Op} gives {node.Shape}" : $"{node.Kind.ToString().ToLowerInvariant()} '{node.Name}' is {node.Shape}";

    /// <summary>A member of Tensor: an op of the catalogue, an own parameter, an extent.</summary>
    private object? Op(IInvocationOperation call, IMethodSymbol method, SyntaxNodeOrToken token, Frame frame)
    {
        var instance = call.Instance is null ? null : (object)Tensor(Evaluate(call.Instance, frame), call.Instance.Syntax);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        var syntaxes = new Dictionary<string, SyntaxNode>(StringComparer.Ordinal);
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is null)
            {
                throw new HalfTypedException(call.Syntax);
            }

            var value = Evaluate(argument.Value, frame);
            if (value is ScalarValue)
            {
                throw Fail(Descriptors.NotDifferentiable, argument.Value.Syntax, "An argument of a layer must not depend on the elements of a tensor");
            }

            values[argument.Parameter.Name] = value;
            if (argument.ArgumentKind == ArgumentKind.Explicit)
            {
                syntaxes[argument.Parameter.Name] = argument.Syntax is ArgumentSyntax a ? a.Expression : argument.Value.Syntax;
            }
        }

        var name = values.TryGetValue("name", out var n) ? n as string : null;
        if (method.Name == "Extent")
        {
            return Extent("Extent", (Node)instance!, values["axis"], token);
        }

        if (method.Name == "Parameter")
        {
            return Parameter(values, syntaxes, name, token);
        }

        if (method.Name == "Zeros")
        {
            var zeros = builder.AddConstant(0, new Shape(Extents(values["shape"], token, "Tensor.Zeros")));
            Mark(token);
            return zeros;
        }

        if (method.Name == "Scan")
        {
            return Scan((Node)instance!, values, syntaxes, name, token);
        }

        SyntaxNode? Place(string argument) => syntaxes.TryGetValue(argument, out var s) ? s : null;
        if (method.Name == "Split")
        {
            return Split((Node)instance!, (int)values["parts"]!, (int)values["axis"]!, token, Place);
        }

        if (method.Name == "CenterCropTo")
        {
            var size = Tensor(values["other"], Place("other")!);
            var crop = new[] { new ConstValue(Extent("Height", size, null, Place("other")!)), new ConstValue(Extent("Width", size, null, Place("other")!)) };
            return Add(OpCatalogue.Get("CenterCrop"), crop, new[] { (Node)instance! }, name, null, token, argument => Place(argument is "name" ? argument : "other"));
        }

        if (OpCatalogue.Find(method.Name) is not { } op)
        {
            throw Fail(Descriptors.NotEvaluable, token, $"Tensor.{method.Name} cannot be evaluated at build time");
        }

        var inputs = new List<Node>();
        if (op.Variadic)
        {
            inputs.AddRange(Items(values["tensors"], call).Select(t => Tensor(t, syntaxes.TryGetValue("tensors", out var s) ? s : call.Syntax)));
        }
        else if (op.TakesWeights)
        {
            inputs.AddRange(LossWeights ?? throw Fail(Descriptors.NotEvaluable, token, $"{op.Name} belongs in Loss, or beside the loss as an attribute: only there are all weights known"));
        }
        else if (op.Name == "Map" && instance is null)
        {
            inputs.AddRange(method.Parameters.Where(p => Symbols.IsTensor(p.Type)).Select(p => Tensor(values[p.Name], syntaxes[p.Name])));
        }
        else
        {
            if (instance is Node x)
            {
                inputs.Add(x);
            }

            inputs.AddRange(op.Inputs.Skip(inputs.Count).Select(i => Tensor(values[i], syntaxes[i])));
        }

        var arguments = op.Parameters.Select(p => new ConstValue(p.Type switch
        {
            OpParameterType.Function => values[p.Name] is DelegateValue f ? Function(f, call, p.Name == "function" ? inputs.Count : p.Arity) : throw Fail(Descriptors.NotEvaluable, syntaxes[p.Name], "This function is not known at build time; give a static method or a lambda"),
            OpParameterType.Axes when values.TryGetValue(LanguageWriter.OneAxis, out var axis) => EquatableArray<int>.Own((int)axis!),
            OpParameterType.Axes or OpParameterType.Floats when values[p.Name] is null => p.Default,
            OpParameterType.Axes => new EquatableArray<int>(Items(values[p.Name], call).Select(i => (int)i!)),
            OpParameterType.Floats => new EquatableArray<float>(Items(values[p.Name], call).Select(i => System.Convert.ToSingle(i, CultureInfo.InvariantCulture))),
            OpParameterType.Ints => new EquatableArray<int>(Items(values[p.Name], call).Select(i => (int)i!)),
            _ when !values.ContainsKey(p.Name) => p.Default,
            OpParameterType.Extents => values[p.Name] is SequenceValue numbers ? new EquatableArray<int>(numbers.Items.Select(i => (int)i!)) : values[p.Name] ?? p.Default,
            _ => values[p.Name] ?? throw Fail(Descriptors.NotEvaluable, syntaxes[p.Name], "This argument is not known at build time"),
        })).ToArray();
        var given = values.TryGetValue("weight", out var weight) ? new[] { Tensor(weight, syntaxes["weight"]) } : null;
        var node = Add(op, arguments, inputs, name, given, token, argument => Place(argument) ?? (op.Parameters.Any(p => p.Name == argument && p.Type == OpParameterType.Axes) ? Place(LanguageWriter.OneAxis) : null));
        return op.Results.Count == 0 ? node : Results(op, node, token, Place);
    }

    /// <summary>Each result of an op that has several, cut from the tensor that holds them all.</summary>
    private TupleValue Results(OpDefinition op, Node node, SyntaxNodeOrToken token, Func<string, SyntaxNode?> argument)
    {
        var results = new List<object?>();
        var start = 0;
        foreach (var length in op.ResultLengths(node, builder.Nodes))
        {
            results.Add(Add(OpCatalogue.Get("Slice"), new[] { new ConstValue(0), new ConstValue(start), new ConstValue(length) }, new[] { node }, null, null, token, argument));
            start += length;
        }

        // The steps of the first result are those of the sequence.
        if (op.ReadsLengths && builder[node.Inputs[0]].Lengths >= 0)
        {
            results[0] = builder.SetLengths((Node)results[0]!, builder[builder[node.Inputs[0]].Lengths]);
        }

        return new TupleValue(results.ToArray());
    }

    /// <summary>Tensor.Split: a Slice for each part.</summary>
    private SequenceValue Split(Node tensor, int parts, int axis, SyntaxNodeOrToken token, Func<string, SyntaxNode?> argument)
    {
        var rank = tensor.Shape.Rank;
        if (axis < -rank || axis >= rank)
        {
            throw Fail(Descriptors.Argument, argument("axis") is { } a ? a : token, $"Split's axis must be from 0 to {rank - 1}, or from -{rank} to -1 counted from the last, but is {axis} ({Gives(tensor)})", "");
        }

        var extent = tensor.Shape[(axis + rank) % rank];
        if (parts < 1 || extent % parts != 0)
        {
            throw Fail(Descriptors.Argument, argument("parts") is { } p ? p : token, $"Split's parts must divide the {extent} elements of axis {(axis + rank) % rank}, but {parts} does not ({Gives(tensor)}); use Slice for unequal parts", "");
        }

        var length = extent / parts;
        return new SequenceValue(Enumerable.Range(0, parts).Select(i => (object?)Add(
            OpCatalogue.Get("Slice"), new[] { new ConstValue(axis), new ConstValue(i * length), new ConstValue(length) }, new[] { tensor }, null, null, token, argument)).ToList());
    }

    /// <summary>Adds a call to the graph, or says what is wrong with it at the argument or the op.</summary>
    public Node Add(OpDefinition op, IReadOnlyList<ConstValue> arguments, IReadOnlyList<Node> inputs, string? name, IReadOnlyList<Node?>? given, SyntaxNodeOrToken token, Func<string, SyntaxNode?> argument)
    {
        if (name is { Length: 0 } || name?.IndexOfAny(new[] { '"', '\\', '\n', '\r' }) >= 0)
        {
            throw Fail(Descriptors.Argument, argument("name") is { } n ? n : token, "A name must not be empty and must not contain quotes, backslashes or line breaks", "");
        }

        try
        {
            var node = builder.Call(op, arguments, inputs, name, given);
            Mark(token);
            return node.Shape.Elements is >= 0 and <= int.MaxValue ? node : throw new OverflowException();
        }
        catch (OpException e)
        {
            var place = e.Argument is not null && argument(e.Argument) is { } syntax ? syntax : token;
            var trace = e.Kind is OpErrorKind.Argument or OpErrorKind.NameTaken or OpErrorKind.SharedShape ? "" : Places.Trace(builder, inputs.FirstOrDefault(i => i.PerSample), op.Name);
            throw Fail(Descriptors.Of(e.Kind), place, e.Message, trace);
        }
        catch (OverflowException)
        {
            throw Fail(Descriptors.TooLarge, token, $"The result of {op.Name}", Places.Trace(builder, inputs.FirstOrDefault(i => i.PerSample), op.Name));
        }
    }

    private int[] Extents(object? shape, SyntaxNodeOrToken place, string method)
    {
        var extents = (shape as SequenceValue)?.Items.Select(i => (int)i!).ToArray() ?? System.Array.Empty<int>();
        var wrong = System.Array.FindIndex(extents, e => e < 1);
        return wrong < 0 ? extents : throw Fail(Descriptors.Extent, place, (wrong + 1).ToString(CultureInfo.InvariantCulture), method, extents[wrong].ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Evaluates a cell once, with symbols for a step and the states.</summary>
    private object Scan(Node x, Dictionary<string, object?> values, Dictionary<string, SyntaxNode> syntaxes, string? name, SyntaxNodeOrToken token)
    {
        if (values["cell"] is not DelegateValue cell)
        {
            throw Fail(Descriptors.NotEvaluable, syntaxes["cell"], "This cell is not known at build time; give a static method or a lambda");
        }

        var states = new[] { "state", "state1", "state2" }.Where(values.ContainsKey).Select(s => Tensor(values[s], syntaxes[s])).ToArray();
        try
        {
            var (sequence, last) = builder.Scan(x, states, values["reverse"] is true, name, (step, before) =>
            {
                Mark(token);
                var result = CallDelegate(cell, before.Prepend(step).ToArray<object?>(), token);
                var items = (result is TupleValue tuple ? tuple.Items : new[] { result }).Select(r => Tensor(r, syntaxes["cell"])).ToArray();
                return (items.Take(states.Length).ToArray(), items.Length > states.Length ? items[states.Length] : items[0]);
            });
            Mark(token);
            return sequence.Shape.Elements is >= 0 and <= int.MaxValue ? new TupleValue(last.Prepend(sequence).ToArray<object?>()) : throw new OverflowException();
        }
        catch (OpException e)
        {
            throw Fail(Descriptors.Of(e.Kind), e.Argument is not null ? syntaxes[e.Argument] : token, e.Message, e.Kind == OpErrorKind.NameTaken ? "" : Places.Trace(builder, x.PerSample ? x : null, "Scan"));
        }
        catch (OverflowException)
        {
            throw Fail(Descriptors.TooLarge, token, "The result of Scan", Places.Trace(builder, x, "Scan"));
        }
    }

    private Node Parameter(Dictionary<string, object?> values, Dictionary<string, SyntaxNode> syntaxes, string? name, SyntaxNodeOrToken token)
    {
        var extents = Extents(values["shape"], syntaxes["shape"], "Tensor.Parameter");
        var initializer = (Initializer)System.Convert.ToInt32(values["initializer"], CultureInfo.InvariantCulture);
        if (initializer == Initializer.Constant || !Enum.IsDefined(typeof(Initializer), initializer))
        {
            throw Fail(Descriptors.Argument, syntaxes["initializer"], "This initializer needs a value, which Tensor.Parameter does not take; use Zeros or Ones, and add or multiply by the number", "");
        }

        var shape = new Shape(extents);
        try
        {
            if (extents.Aggregate(1.0, (a, e) => a * e) > int.MaxValue)
            {
                throw Fail(Descriptors.TooLarge, syntaxes["shape"], "This parameter", "");
            }

            var node = builder.AddOwnParameter(shape, initializer, name);
            Mark(token);
            return node;
        }
        catch (OpException e)
        {
            throw Fail(Descriptors.Of(e.Kind), syntaxes.TryGetValue("name", out var s) ? s : token, e.Message, "");
        }
    }

    private Node Constant(object number, SyntaxNodeOrToken token)
    {
        var constant = builder.AddConstant(System.Convert.ToSingle(number, CultureInfo.InvariantCulture));
        Mark(token);
        return constant;
    }

    private object TensorOperator(BinaryOperatorKind kind, object? left, object? right, IOperation use, SyntaxNode leftSyntax, SyntaxNode rightSyntax)
    {
        var token = Places.Identifier(use.Syntax);
        var op = OpCatalogue.Get(kind switch
        {
            BinaryOperatorKind.Add => "Add",
            BinaryOperatorKind.Subtract => "Subtract",
            BinaryOperatorKind.Multiply => "Multiply",
            BinaryOperatorKind.Divide => "Divide",
            BinaryOperatorKind.GreaterThan => "Greater",
            BinaryOperatorKind.GreaterThanOrEqual => "GreaterOrEqual",
            BinaryOperatorKind.LessThan => "Less",
            BinaryOperatorKind.LessThanOrEqual => "LessOrEqual",
            _ => throw Fail(Descriptors.NotEvaluable, token, "This operator of Tensor cannot be evaluated at build time"),
        });
        Node Operand(object? value, SyntaxNode place)
        {
            if (value is ScalarValue)
            {
                throw Fail(Descriptors.NotDifferentiable, place, "A tensor cannot be combined with an element inside a function given to Map");
            }

            if (value is null || !Number.IsNumber(value))
            {
                return Tensor(value, place);
            }

            return Constant(value, token);
        }

        return Add(op, System.Array.Empty<ConstValue>(), new[] { Operand(left, leftSyntax), Operand(right, rightSyntax) }, null, null, token, _ => null);
    }
}
