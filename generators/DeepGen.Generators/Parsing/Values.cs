using DeepGen.Generators.Graph;
using Microsoft.CodeAnalysis;

namespace DeepGen.Generators.Parsing;

// What a variable of Forward holds at build time: a boxed number, bool, string (enums as their number), null, a Node for a Tensor, or one of these.

/// <summary>A value tuple.</summary>
internal sealed record TupleValue(object?[] Items);

/// <summary>An array, span, list or any other sequence of known length.</summary>
internal sealed record SequenceValue(List<object?> Items)
{
    public const int MaxLength = 1 << 20;
}

/// <summary><c>^1</c> or an <c>Index</c>.</summary>
internal sealed record IndexValue(int Value, bool FromEnd)
{
    public int Of(int length) => FromEnd ? length - Value : Value;
}

/// <summary><c>1..^1</c>.</summary>
internal sealed record RangeValue(IndexValue Start, IndexValue End);

/// <summary>A method group or a lambda, with the variables around it.</summary>
/// <param name="Body">The lambda's body; null for a method.</param>
internal sealed record DelegateValue(IMethodSymbol Method, IOperation? Body, Frame? Captured);

/// <summary>A float, or a condition, that depends on the elements of a tensor: inside a function given to Map.</summary>
/// <param name="Size">Nodes of the expression written as a tree, which bounds what repeated squaring can grow to.</param>
internal sealed record ScalarValue(ScalarExpr Expr, bool IsCondition, int Size);

/// <summary>The variables of one call.</summary>
internal sealed class Frame
{
    public Frame(IMethodSymbol? method, Frame? outer)
    {
        Method = method;
        Outer = outer;
    }

    public IMethodSymbol? Method { get; }

    /// <summary>The call that a local function or a lambda was written in.</summary>
    public Frame? Outer { get; }

    public Dictionary<ISymbol, object?> Variables { get; set; } = new(SymbolEqualityComparer.Default);

    /// <summary>The receiver of a member of an extension block.</summary>
    public object? Receiver { get; set; }

    public object? Result { get; set; }

    /// <summary>The label that a break or continue is on its way to.</summary>
    public ILabelSymbol? Target { get; set; }

    /// <summary>Results given under a condition on a tensor's elements, in order; the function goes on where none of them holds.</summary>
    public List<(ScalarValue Condition, object? Result)> Pending { get; set; } = new();

    public Frame? Holding(ISymbol variable)
    {
        for (var f = this; f is not null; f = f.Outer)
        {
            if (f.Variables.ContainsKey(variable))
            {
                return f;
            }
        }

        return null;
    }
}

/// <summary>A call on the way from Forward to the place being evaluated.</summary>
internal sealed record CallSite(CallSite? Outer, SyntaxNodeOrToken Token);

/// <summary>Where a node of the graph was made.</summary>
internal sealed record Origin(SyntaxNodeOrToken Token, CallSite? Calls);
