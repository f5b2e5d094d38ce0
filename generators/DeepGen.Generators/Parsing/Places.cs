using DeepGen.Generators.Diagnostics;
using DeepGen.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DeepGen.Generators.Parsing;

/// <summary>Turns tokens into places that diagnostics name: always in the network's own file, with a helper's token elsewhere as the additional one.</summary>
internal sealed class Places
{
    private readonly HashSet<SyntaxTree> home;

    public Places(IEnumerable<SyntaxTree> home) => this.home = new HashSet<SyntaxTree>(home);

    public DiagnosticInfo Diagnose(DiagnosticDescriptor descriptor, SyntaxNodeOrToken token, CallSite? calls, params string[] arguments)
    {
        var here = Info(token);
        if (token.SyntaxTree is { } tree && !home.Contains(tree))
        {
            for (var site = calls; site is not null; site = site.Outer)
            {
                if (site.Token.SyntaxTree is { } outer && home.Contains(outer))
                {
                    return new DiagnosticInfo(descriptor, Info(site.Token), EquatableArray<LocationInfo>.Own(here), EquatableArray<string>.Own(arguments));
                }
            }
        }

        return new DiagnosticInfo(descriptor, here, EquatableArray<LocationInfo>.Empty, EquatableArray<string>.Own(arguments));
    }

    public static LocationInfo Info(SyntaxNodeOrToken token) => LocationInfo.Of(token.GetLocation()!);

    /// <summary>The token that names what an expression or an attribute does: the method's identifier, the operator, the attribute's name.</summary>
    public static SyntaxNodeOrToken Identifier(SyntaxNode node) => node switch
    {
        InvocationExpressionSyntax i => Identifier(i.Expression),
        MemberAccessExpressionSyntax m => m.Name.Identifier,
        MemberBindingExpressionSyntax m => m.Name.Identifier,
        QualifiedNameSyntax q => q.Right.Identifier,
        AliasQualifiedNameSyntax a => a.Name.Identifier,
        SimpleNameSyntax n => n.Identifier,
        ConditionalAccessExpressionSyntax c => Identifier(c.WhenNotNull),
        BinaryExpressionSyntax b => b.OperatorToken,
        AssignmentExpressionSyntax a => a.OperatorToken,
        PrefixUnaryExpressionSyntax p => p.OperatorToken,
        PostfixUnaryExpressionSyntax p => p.OperatorToken,
        AttributeSyntax a => Identifier(a.Name),
        ParameterSyntax p => p.Identifier,
        MethodDeclarationSyntax m => m.Identifier,
        ForEachStatementSyntax s => s.ForEachKeyword,
        ForEachVariableStatementSyntax s => s.ForEachKeyword,
        ForStatementSyntax s => s.ForKeyword,
        WhileStatementSyntax s => s.WhileKeyword,
        DoStatementSyntax s => s.DoKeyword,
        TryStatementSyntax s => s.TryKeyword,
        LockStatementSyntax s => s.LockKeyword,
        UsingStatementSyntax s => s.UsingKeyword,
        ThrowStatementSyntax s => s.ThrowKeyword,
        ThrowExpressionSyntax s => s.ThrowKeyword,
        GotoStatementSyntax s => s.GotoKeyword,
        YieldStatementSyntax s => s.YieldKeyword,
        ObjectCreationExpressionSyntax o => o.NewKeyword,
        AwaitExpressionSyntax a => a.AwaitKeyword,
        StackAllocArrayCreationExpressionSyntax s => s.StackAllocKeyword,
        ImplicitStackAllocArrayCreationExpressionSyntax s => s.StackAllocKeyword,
        _ => node,
    };

    /// <summary>At most six steps: where a tensor comes from and which call fails.</summary>
    public static string Trace(GraphBuilder builder, Node? input, string op)
    {
        var steps = new List<string>();
        for (var node = input; node is not null;)
        {
            if (node.Kind != NodeKind.Constant)
            {
                steps.Add(node.Op + node.Shape.ToCompactString());
            }

            // A number or a weight on the left is not where the data come from.
            node = node.Inputs.Select(i => builder[i]).FirstOrDefault(n => n.PerSample);
        }

        if (steps.Count == 0)
        {
            return "";
        }

        steps.Reverse();
        var shown = steps.Count <= 5 ? steps : new List<string> { steps[0], steps[1], "…", steps[steps.Count - 1] };
        return " (" + string.Join(" → ", shown) + " → " + op + " ✗)";
    }
}
