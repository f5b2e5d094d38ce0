using System.Globalization;
using System.Text;
using DeepGen.Generators.Diagnostics;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DeepGen.Generators.Parsing;

// Expressions: arithmetic, variables, tuples, sequences, strings.
internal sealed partial class Interpreter
{
    private object? Evaluate(IOperation operation, Frame frame)
    {
        Step(operation);
        if (operation.ConstantValue is { HasValue: true } constant)
        {
            return constant.Value;
        }

        try
        {
            return EvaluateCore(operation, frame);
        }
        catch (OverflowException)
        {
            throw Fail(Descriptors.Arithmetic, Places.Identifier(operation.Syntax), "This arithmetic overflows at build time");
        }
        catch (Exception e) when (e is InvalidCastException or NullReferenceException or FormatException)
        {
            // A value of another type than the operation needs: code that the compiler does not accept either, or null where C# would throw.
            throw CannotEvaluate(operation, "This cannot be evaluated at build time");
        }
        catch (DivideByZeroException)
        {
            throw Fail(Descriptors.Arithmetic, Places.Identifier(operation.Syntax), "This divides by zero at build time");
        }
    }

    private object? EvaluateCore(IOperation operation, Frame frame)
    {
        switch (operation)
        {
            case IInvalidOperation:
                throw new HalfTypedException(operation.Syntax);

            case ILocalReferenceOperation local:
                return Variable(local.Local, operation, frame);

            case IParameterReferenceOperation parameter:
                return parameter.Parameter.ContainingSymbol is INamedTypeSymbol && frame.Holding(parameter.Parameter) is null
                    ? Receiver(frame, operation)
                    : Variable(parameter.Parameter, operation, frame);

            case IInvocationOperation call:
                return Invoke(call, frame);

            case IPropertyReferenceOperation property:
                return Property(property, frame);

            case IFieldReferenceOperation field:
                return field.Field.ContainingType is { IsTupleType: true } && field.Instance is not null
                    ? Tuple(Evaluate(field.Instance, frame), field).Items[TupleIndex(field.Field)]
                    : IsEmptyString(field.Field) ? "" : Field(field.Field, operation);

            case IConversionOperation conversion:
                return Conversion(conversion, frame);

            case IParenthesizedOperation p:
                return Evaluate(p.Operand, frame);

            case IBinaryOperation binary:
                return Binary(binary, frame);

            case ITupleBinaryOperation tuples:
                return AreEqual(Evaluate(tuples.LeftOperand, frame), Evaluate(tuples.RightOperand, frame)) == (tuples.OperatorKind == BinaryOperatorKind.Equals);

            case IUnaryOperation unary:
                return Unary(unary, frame);

            case IConditionalOperation c:
                return Evaluate(c.Condition, frame) switch
                {
                    true => Evaluate(c.WhenTrue, frame),
                    false => Evaluate(c.WhenFalse!, frame),
                    ScalarValue condition => Choose(condition, Evaluate(c.WhenTrue, frame), Evaluate(c.WhenFalse!, frame), c),
                    _ => throw CannotEvaluate(c.Condition, "This condition is not known at build time"),
                };

            case ITupleOperation tuple:
                return new TupleValue(tuple.Elements.Select(e => Evaluate(e, frame)).ToArray());

            case ISimpleAssignmentOperation assignment:
                var assigned = Evaluate(assignment.Value, frame);
                Assign(assignment.Target, assigned, frame);
                return assigned;

            case ICompoundAssignmentOperation compound:
                return Compound(compound, frame);

            case IIncrementOrDecrementOperation increment:
                var before = Evaluate(increment.Target, frame);
                var kind = increment.Kind == OperationKind.Increment ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract;
                var after = Arithmetic(kind, before, before is ScalarValue or float ? 1f : before is null ? null : Number.Cast(1, Special(before)), increment);
                Assign(increment.Target, after, frame);
                return increment.IsPostfix ? before : after;

            case IDeconstructionAssignmentOperation deconstruction:
                var parts = Evaluate(deconstruction.Value, frame);
                Assign(deconstruction.Target, parts, frame);
                return parts;

            case ICoalesceOperation coalesce:
                return Evaluate(coalesce.Value, frame) ?? Evaluate(coalesce.WhenNull, frame);

            case ICoalesceAssignmentOperation coalesce:
                if (Evaluate(coalesce.Target, frame) is { } present)
                {
                    return present;
                }

                var filled = Evaluate(coalesce.Value, frame);
                Assign(coalesce.Target, filled, frame);
                return filled;

            case IConditionalAccessOperation access:
                var receiver = Evaluate(access.Operation, frame);
                if (receiver is null)
                {
                    return null;
                }

                conditionalReceivers.Push(receiver);
                try
                {
                    return Evaluate(access.WhenNotNull, frame);
                }
                finally
                {
                    conditionalReceivers.Pop();
                }

            case IConditionalAccessInstanceOperation:
                return conditionalReceivers.Peek();

            case IDefaultValueOperation d:
                return Default(d.Type);

            case IIsPatternOperation pattern:
                return Matches(pattern.Pattern, Evaluate(pattern.Value, frame), frame);

            case ISwitchExpressionOperation s:
                return SwitchExpression(s, frame);

            case IArrayCreationOperation { DimensionSizes.Length: 1 } array:
                return Array(array, frame);

            case ICollectionExpressionOperation collection:
                return Sequence(collection.Elements, frame, operation);

            case IArrayElementReferenceOperation { Indices.Length: 1 } element:
                return Element(Evaluate(element.ArrayReference, frame), Evaluate(element.Indices[0], frame), operation);

            case IImplicitIndexerReferenceOperation element:
                return Element(Evaluate(element.Instance, frame), Evaluate(element.Argument, frame), operation);

            case IRangeOperation range:
                return new RangeValue(
                    range.LeftOperand is null ? new IndexValue(0, false) : Index(Evaluate(range.LeftOperand, frame), operation),
                    range.RightOperand is null ? new IndexValue(0, true) : Index(Evaluate(range.RightOperand, frame), operation));

            case IObjectCreationOperation creation when Symbols.IsSequence(creation.Type):
                return List(creation, frame);

            case IInterpolatedStringOperation text:
                return Interpolate(text, frame);

            case IDelegateCreationOperation creation:
                return creation.Target switch
                {
                    IMethodReferenceOperation { Instance: null } m => new DelegateValue(m.Method, null, OuterOf(m.Method, frame)),
                    IAnonymousFunctionOperation a => new DelegateValue(a.Symbol, a.Body, frame),
                    IInvalidOperation => throw new HalfTypedException(operation.Syntax),
                    _ => Evaluate(creation.Target, frame),
                };

            case IMethodReferenceOperation { Instance: null } m:
                return new DelegateValue(m.Method, null, OuterOf(m.Method, frame));

            case IAnonymousFunctionOperation a:
                return new DelegateValue(a.Symbol, a.Body, frame);

            case IThrowOperation t:
                throw Thrown(t, frame);

            case IDeclarationExpressionOperation declaration:
                return Evaluate(declaration.Expression, frame);

            default:
                throw CannotEvaluate(operation, $"This expression ({Describe(operation)}) cannot be evaluated at build time");
        }
    }

    private static bool IsEmptyString(IFieldSymbol field) => field.Name == "Empty" && field.ContainingType?.SpecialType == SpecialType.System_String;

    private object? Variable(ISymbol variable, IOperation use, Frame frame) =>
        frame.Holding(variable) is { } holder
            ? holder.Variables[variable]
            : throw CannotEvaluate(use, $"'{variable.Name}' has no value at build time");

    private object? Receiver(Frame frame, IOperation use)
    {
        for (var f = frame; f is not null; f = f.Outer!)
        {
            if (f.Receiver is { } receiver)
            {
                return receiver;
            }
        }

        throw CannotEvaluate(use, "This value is not known at build time");
    }

    private TupleValue Tuple(object? value, IOperation use) =>
        value as TupleValue ?? throw CannotEvaluate(use, "This tuple is not known at build time");

    private static int TupleIndex(IFieldSymbol field)
    {
        var elements = field.ContainingType.TupleElements;
        for (var i = 0; i < elements.Length; i++)
        {
            if (elements[i].Name == field.Name || "Item" + (i + 1).ToString(CultureInfo.InvariantCulture) == field.Name)
            {
                return i;
            }
        }

        return 0;
    }

    private static SpecialType Special(object value) => value switch
    {
        int => SpecialType.System_Int32,
        long => SpecialType.System_Int64,
        float => SpecialType.System_Single,
        double => SpecialType.System_Double,
        uint => SpecialType.System_UInt32,
        ulong => SpecialType.System_UInt64,
        short => SpecialType.System_Int16,
        ushort => SpecialType.System_UInt16,
        byte => SpecialType.System_Byte,
        sbyte => SpecialType.System_SByte,
        char => SpecialType.System_Char,
        bool => SpecialType.System_Boolean,
        string => SpecialType.System_String,
        _ => SpecialType.None,
    };

    private object? Conversion(IConversionOperation conversion, Frame frame)
    {
        var value = Evaluate(conversion.Operand, frame);
        if (conversion.OperatorMethod is { } method && !(value is SequenceValue && Symbols.IsSequence(conversion.Type)))
        {
            if (Symbols.IsSystem(conversion.Type, "Index"))
            {
                return new IndexValue((int)value!, false);
            }

            if (Symbols.IsTensor(method.ContainingType))
            {
                return value is ScalarValue
                    ? throw Fail(Descriptors.NotDifferentiable, conversion.Operand.Syntax, "A tensor cannot be combined with an element inside a function given to Map")
                    : Constant(value!, conversion.Operand.Syntax);
            }

            return method.DeclaringSyntaxReferences.IsEmpty
                ? throw CannotEvaluate(conversion, $"This conversion to {conversion.Type?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} cannot be evaluated at build time")
                : Call(method, new[] { value }, null, null, Places.Identifier(conversion.Syntax), null);
        }

        return Convert(value, conversion.Type, conversion);
    }

    private object? Convert(object? value, ITypeSymbol? type, IOperation use)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            return value is null ? null : Convert(value, nullable.TypeArguments[0], use);
        }

        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum } e)
        {
            type = e.EnumUnderlyingType;
        }

        if (value is ScalarValue scalar)
        {
            return type is null || type.SpecialType == (scalar.IsCondition ? SpecialType.System_Boolean : SpecialType.System_Single) || type.TypeKind == TypeKind.TypeParameter
                ? value
                : throw Fail(Descriptors.NotDifferentiable, use.Syntax, $"A function given to Map computes in float, but this makes a {type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}; write float constants (2f) and MathF");
        }

        if (type is INamedTypeSymbol { IsTupleType: true } tuple && value is TupleValue t && t.Items.Length == tuple.TupleElements.Length)
        {
            return new TupleValue(t.Items.Select((item, i) => Convert(item, tuple.TupleElements[i].Type, use)).ToArray());
        }

        return type is { SpecialType: >= SpecialType.System_Char and <= SpecialType.System_Double and not SpecialType.System_Decimal } && value is not null && Number.IsNumber(value)
            ? Number.Cast(value, type.SpecialType)
            : type is { SpecialType: SpecialType.System_Decimal }
                ? throw CannotEvaluate(use, "decimal cannot be evaluated at build time; use int, long, float or double")
                : value;
    }

    private object? Binary(IBinaryOperation binary, Frame frame)
    {
        var left = Evaluate(binary.LeftOperand, frame);
        if (binary.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr && left is bool decided)
        {
            // As C# does it: what stands right is not evaluated when the left decides.
            return decided == (binary.OperatorKind == BinaryOperatorKind.ConditionalOr) ? decided : Evaluate(binary.RightOperand, frame);
        }

        var right = Evaluate(binary.RightOperand, frame);
        if (binary.OperatorMethod is { } method)
        {
            if (Symbols.IsTensor(method.ContainingType))
            {
                return TensorOperator(binary.OperatorKind, left, right, binary, binary.LeftOperand.Syntax, binary.RightOperand.Syntax);
            }

            if (!method.DeclaringSyntaxReferences.IsEmpty)
            {
                return Call(method, new[] { left, right }, null, null, Places.Identifier(binary.Syntax), null);
            }

            if (method.ContainingType.SpecialType != SpecialType.System_String)
            {
                throw CannotEvaluate(binary, "This operator cannot be evaluated at build time");
            }
        }

        if (binary.Type?.SpecialType == SpecialType.System_String)
        {
            return Bounded(Format(left, binary.LeftOperand) + Format(right, binary.RightOperand), binary);
        }

        return Arithmetic(binary.OperatorKind, left, right, binary);
    }

    private string Bounded(string text, IOperation use) =>
        text.Length <= MaxText ? text : throw Fail(Descriptors.Arithmetic, Places.Identifier(use.Syntax), $"This text grows beyond {MaxText} characters at build time");

    private object? Arithmetic(BinaryOperatorKind kind, object? left, object? right, IOperation use)
    {
        if (left is ScalarValue || right is ScalarValue)
        {
            return ScalarArithmetic(kind, left, right, use);
        }

        if (left is null || right is null || !(Number.IsNumber(left) || left is bool))
        {
            switch (kind)
            {
                case BinaryOperatorKind.Equals:
                    return AreEqual(left, right);
                case BinaryOperatorKind.NotEquals:
                    return !AreEqual(left, right);
                case BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual when left is null || right is null:
                    return false;
                default:
                    return left is null || right is null ? null : throw CannotEvaluate(use, "This operator cannot be evaluated at build time");
            }
        }

        return Number.Binary(kind, left, right) ?? throw CannotEvaluate(use, "This operator cannot be evaluated at build time");
    }

    private static bool AreEqual(object? a, object? b)
    {
        if (a is TupleValue x && b is TupleValue y)
        {
            return x.Items.Length == y.Items.Length && x.Items.Zip(y.Items, AreEqual).All(e => e);
        }

        if (a is not null && b is not null && a.GetType() != b.GetType() && Number.IsNumber(a) && Number.IsNumber(b))
        {
            return System.Convert.ToDouble(a, CultureInfo.InvariantCulture) == System.Convert.ToDouble(b, CultureInfo.InvariantCulture);
        }

        return a switch
        {
            // Operators, unlike Equals, say that NaN is not NaN.
            float f => b is float g && f == g,
            double f => b is double g && f == g,
            Node or SequenceValue => ReferenceEquals(a, b),
            _ => Equals(a, b),
        };
    }

    private object? Unary(IUnaryOperation unary, Frame frame)
    {
        var operand = Evaluate(unary.Operand, frame);
        if (unary.OperatorKind == UnaryOperatorKind.Hat)
        {
            return new IndexValue((int)operand!, true);
        }

        if (operand is ScalarValue scalar)
        {
            return ScalarNegation(unary.OperatorKind, scalar, unary);
        }

        if (unary.OperatorMethod is { } minus && Symbols.IsTensor(minus.ContainingType))
        {
            return Add(OpCatalogue.Get("Negate"), System.Array.Empty<ConstValue>(), new[] { Tensor(operand, unary.Operand.Syntax) }, null, null, Places.Identifier(unary.Syntax), _ => null);
        }

        if (unary.OperatorMethod is { } method && !method.DeclaringSyntaxReferences.IsEmpty)
        {
            return Call(method, new[] { operand }, null, null, Places.Identifier(unary.Syntax), null);
        }

        return operand is null ? null : Number.Unary(unary.OperatorKind, operand) ?? throw CannotEvaluate(unary, "This operator cannot be evaluated at build time");
    }

    private object? Compound(ICompoundAssignmentOperation compound, Frame frame)
    {
        var left = Evaluate(compound.Target, frame);
        var right = Evaluate(compound.Value, frame);
        object? result;
        if (compound.OperatorMethod is { } method && Symbols.IsTensor(method.ContainingType))
        {
            result = TensorOperator(compound.OperatorKind, left, right, compound, compound.Target.Syntax, compound.Value.Syntax);
        }
        else if (compound.Type?.SpecialType == SpecialType.System_String)
        {
            result = Bounded(Format(left, compound.Target) + Format(right, compound.Value), compound);
        }
        else if (compound.OperatorMethod is { } own && !own.DeclaringSyntaxReferences.IsEmpty)
        {
            result = Call(own, new[] { left, right }, null, null, Places.Identifier(compound.Syntax), null);
        }
        else
        {
            // The right operand has the type that C# computes in; shifts compute in the left one's.
            var shift = compound.OperatorKind is BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift;
            if (!shift && left is not null && right is not null && Number.IsNumber(left) && Number.IsNumber(right))
            {
                left = Number.Cast(left, Special(right));
            }

            result = Convert(Arithmetic(compound.OperatorKind, left, right, compound), compound.Target.Type, compound);
        }

        Assign(compound.Target, result, frame);
        return result;
    }

    private void Assign(IOperation target, object? value, Frame frame)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                (frame.Holding(local.Local) ?? frame).Variables[local.Local] = value;
                break;
            case IParameterReferenceOperation parameter:
                (frame.Holding(parameter.Parameter) ?? frame).Variables[parameter.Parameter] = value;
                break;
            case IVariableDeclaratorOperation declarator:
                frame.Variables[declarator.Symbol] = value;
                break;
            case IDeclarationExpressionOperation declaration:
                Assign(declaration.Expression, value, frame);
                break;
            case IDiscardOperation:
                break;
            case IParenthesizedOperation p:
                Assign(p.Operand, value, frame);
                break;
            case IConversionOperation c:
                Assign(c.Operand, value, frame);
                break;
            case ITupleOperation tuple:
                var parts = Tuple(value, target).Items;
                for (var i = 0; i < tuple.Elements.Length; i++)
                {
                    Assign(tuple.Elements[i], Convert(parts[i], tuple.Elements[i].Type, target), frame);
                }

                break;
            case IFieldReferenceOperation { Instance: { } instance } field when field.Field.ContainingType.IsTupleType:
                var items = (object?[])Tuple(Evaluate(instance, frame), target).Items.Clone();
                items[TupleIndex(field.Field)] = value;
                Assign(instance, new TupleValue(items), frame);
                break;
            case IArrayElementReferenceOperation { Indices.Length: 1 } element:
                SetElement(Evaluate(element.ArrayReference, frame), Evaluate(element.Indices[0], frame), value, target);
                break;
            case IImplicitIndexerReferenceOperation element:
                SetElement(Evaluate(element.Instance, frame), Evaluate(element.Argument, frame), value, target);
                break;
            case IPropertyReferenceOperation { Instance: { } instance, Arguments.Length: 1 } indexer when Symbols.IsSequence(instance.Type):
                SetElement(Evaluate(instance, frame), Evaluate(indexer.Arguments[0].Value, frame), value, target);
                break;
            case IInvalidOperation:
                throw new HalfTypedException(target.Syntax);
            default:
                throw CannotEvaluate(target, "This cannot be assigned at build time; only locals, parameters and elements can");
        }
    }

    private SequenceValue Array(IArrayCreationOperation array, Frame frame)
    {
        if (array.Initializer is { } initializer)
        {
            return Sequence(initializer.ElementValues, frame, array);
        }

        var length = System.Convert.ToInt64(Evaluate(array.DimensionSizes[0], frame), CultureInfo.InvariantCulture);
        if (length is < 0 or > SequenceValue.MaxLength)
        {
            throw Fail(Descriptors.Arithmetic, array.DimensionSizes[0].Syntax, $"An array of {length} elements cannot be made at build time");
        }

        var element = ((IArrayTypeSymbol)array.Type!).ElementType;
        return new SequenceValue(Enumerable.Repeat(Default(element), (int)length).ToList());
    }

    private SequenceValue Sequence(IEnumerable<IOperation> elements, Frame frame, IOperation use)
    {
        var items = new List<object?>();
        foreach (var element in elements)
        {
            if (element is ISpreadOperation spread)
            {
                items.AddRange(Items(Evaluate(spread.Operand, frame), spread).Select(i => Convert(i, spread.ElementType, spread)));
            }
            else
            {
                items.Add(Evaluate(element, frame));
            }

            if (items.Count > SequenceValue.MaxLength)
            {
                throw Fail(Descriptors.Arithmetic, use.Syntax, "This collection grows without end at build time");
            }
        }

        return new SequenceValue(items);
    }

    private SequenceValue List(IObjectCreationOperation creation, Frame frame)
    {
        var list = new SequenceValue(new List<object?>());
        if (creation.Arguments.Length == 1 && Evaluate(creation.Arguments[0].Value, frame) is SequenceValue source)
        {
            list.Items.AddRange(source.Items);
        }

        foreach (var initializer in creation.Initializer?.Initializers ?? Enumerable.Empty<IOperation>())
        {
            if (initializer is not IInvocationOperation { TargetMethod.Name: "Add", Arguments.Length: 1 } add)
            {
                throw CannotEvaluate(initializer, "This initializer cannot be evaluated at build time");
            }

            list.Items.Add(Evaluate(add.Arguments[0].Value, frame));
        }

        return list;
    }

    private List<object?> Items(object? value, IOperation use) => value switch
    {
        SequenceValue s => s.Items,
        null => throw Fail(Descriptors.Arithmetic, use.Syntax, "The collection is null here"),
        _ => throw CannotEvaluate(use, "This collection is not known at build time"),
    };

    private IndexValue Index(object? value, IOperation use) => value switch
    {
        IndexValue i => i,
        int i => new IndexValue(i, false),
        _ when value is not null && Number.IsNumber(value) => new IndexValue(System.Convert.ToInt32(value, CultureInfo.InvariantCulture), false),
        _ => throw CannotEvaluate(use, "This index is not known at build time"),
    };

    private object? Element(object? sequence, object? index, IOperation use)
    {
        if (index is RangeValue range)
        {
            var length = sequence is string s ? s.Length : Items(sequence, use).Count;
            int start = range.Start.Of(length), end = range.End.Of(length);
            if (start < 0 || end > length || start > end)
            {
                throw Fail(Descriptors.Arithmetic, use.Syntax, $"The range {start}..{end} lies outside of the {length} elements");
            }

            return sequence is string text ? text.Substring(start, end - start) : new SequenceValue(Items(sequence, use).GetRange(start, end - start));
        }

        if (sequence is string word)
        {
            return word[Within(Index(index, use), word.Length, use)];
        }

        var items = Items(sequence, use);
        return items[Within(Index(index, use), items.Count, use)];
    }

    private void SetElement(object? sequence, object? index, object? value, IOperation use)
    {
        var items = Items(sequence, use);
        items[Within(Index(index, use), items.Count, use)] = value;
    }

    private int Within(IndexValue index, int length, IOperation use)
    {
        var i = index.Of(length);
        return i >= 0 && i < length ? i : throw Fail(Descriptors.Arithmetic, use.Syntax, $"The index {i} lies outside of the {length} elements");
    }

    private string Interpolate(IInterpolatedStringOperation text, Frame frame)
    {
        var result = new StringBuilder();
        foreach (var part in text.Parts)
        {
            switch (part)
            {
                case IInterpolatedStringTextOperation literal:
                    result.Append(literal.Text.ConstantValue.Value as string);
                    break;
                case IInterpolationOperation hole:
                    var format = hole.FormatString?.ConstantValue.Value as string;
                    var value = Evaluate(hole.Expression, frame);
                    string piece;
                    try
                    {
                        piece = format is not null && value is IFormattable f ? f.ToString(format, CultureInfo.InvariantCulture) : Format(value, hole.Expression);
                    }
                    catch (FormatException)
                    {
                        throw Fail(Descriptors.Arithmetic, hole.Syntax, $"The format '{format}' does not fit its value");
                    }

                    if (hole.Alignment is { } alignment && Evaluate(alignment, frame) is int width && Math.Abs((long)width) <= MaxText)
                    {
                        piece = width < 0 ? piece.PadRight(-width) : piece.PadLeft(width);
                    }

                    result.Append(piece);
                    break;
                default:
                    throw CannotEvaluate(part, "This interpolated string cannot be evaluated at build time");
            }

            Bounded(result.ToString(), text);
        }

        return result.ToString();
    }

    /// <summary>A value as string concatenation writes it, in the invariant culture.</summary>
    private string Format(object? value, IOperation source)
    {
        while (source is IConversionOperation { OperatorMethod: null } c)
        {
            source = c.Operand;
        }

        if (value is not null && source.Type is INamedTypeSymbol { TypeKind: TypeKind.Enum } e)
        {
            var member = e.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => f.HasConstantValue && Equals(f.ConstantValue, value));
            if (member is not null)
            {
                return member.Name;
            }
        }

        return value switch
        {
            null => "",
            string s => s,
            bool b => b ? "True" : "False",
            char c => c.ToString(),
            float f => f.ToString("R", CultureInfo.InvariantCulture),
            double d => d.ToString("R", CultureInfo.InvariantCulture),
            IFormattable f when Number.IsNumber(value) => f.ToString(null, CultureInfo.InvariantCulture),
            _ => throw CannotEvaluate(source, "This has no text that is known at build time"),
        };
    }
}
