using System.Composition;
using System.Threading;
using System.Threading.Tasks;
using DeepGen.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace DeepGen.CodeFixes;

/// <summary>Mends the mistakes that one edit mends: a missing Flatten, a Softmax before logits, a class that is not partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NetworkCodeFixes)), Shared]
public sealed class NetworkCodeFixes : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        ImmutableArray.Create(Descriptors.NeedsFlatten.Id, Descriptors.SoftmaxBeforeLogits.Id, Descriptors.NotPartial.Id);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            // With an additional location the place to mend is in another file than the one that is shown.
            if (root is null || diagnostic.AdditionalLocations.Count > 0)
            {
                continue;
            }

            var token = root.FindToken(diagnostic.Location.SourceSpan.Start);
            var (title, change) =
                diagnostic.Id == Descriptors.NeedsFlatten.Id ? ("Insert Flatten", InsertFlatten(token)) :
                diagnostic.Id == Descriptors.SoftmaxBeforeLogits.Id ? ("Remove Softmax", RemoveCall(token)) :
                ("Make the class partial", MakePartial(token));
            if (change is { } edit)
            {
                context.RegisterCodeFix(CodeAction.Create(title, cancellation => Apply(context.Document, edit, cancellation), equivalenceKey: title), diagnostic);
            }
        }
    }

    private static async Task<Document> Apply(Document document, TextChange change, CancellationToken cancellation)
    {
        var text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
        return document.WithText(text.WithChanges(change));
    }

    private static TextChange? InsertFlatten(SyntaxToken token) => Call(token) switch
    {
        AttributeSyntax attribute => new TextChange(new TextSpan(attribute.SpanStart, 0), "Flatten, "),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } => new TextChange(new TextSpan(member.OperatorToken.SpanStart, 0), ".Flatten()"),
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax binding } => new TextChange(new TextSpan(binding.OperatorToken.SpanStart, 0), ".Flatten()"),
        _ => null,
    };

    private static TextChange? RemoveCall(SyntaxToken token)
    {
        switch (Call(token))
        {
            case AttributeSyntax { Parent: AttributeListSyntax list } attribute:
                var index = list.Attributes.IndexOf(attribute);
                return list.Attributes.Count == 1 ? new TextChange(list.FullSpan, "")
                    : index > 0 ? new TextChange(TextSpan.FromBounds(list.Attributes[index - 1].Span.End, attribute.Span.End), "")
                    : new TextChange(TextSpan.FromBounds(attribute.SpanStart, list.Attributes[1].SpanStart), "");
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call:
                return new TextChange(TextSpan.FromBounds(member.Expression.Span.End, call.Span.End), "");
            default:
                return null;
        }
    }

    private static TextChange? MakePartial(SyntaxToken token) =>
        token.Parent is TypeDeclarationSyntax type ? new TextChange(new TextSpan(type.Keyword.SpanStart, 0), "partial ") : null;

    /// <summary>The attribute or the call that a diagnostic's identifier names.</summary>
    private static SyntaxNode? Call(SyntaxToken token) =>
        token.Parent?.AncestorsAndSelf().FirstOrDefault(n => n is AttributeSyntax or InvocationExpressionSyntax) switch
        {
            AttributeSyntax attribute => attribute,
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax m } call when m.Name.Identifier == token => call,
            InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax m } call when m.Name.Identifier == token => call,
            _ => null,
        };
}
