using DeepGen.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace DeepGen.Generators.Parsing;

/// <summary>The network is wrong: unwinds the evaluation to the diagnostic.</summary>
internal sealed class EvaluationException : Exception
{
    public EvaluationException(DiagnosticInfo diagnostic, SyntaxNode? place)
        : base(diagnostic.Message)
    {
        Diagnostic = diagnostic;
        Place = place;
    }

    public DiagnosticInfo Diagnostic { get; }

    /// <summary>Set where the compiler may be reporting an error at the same place, and then ours is not said.</summary>
    public SyntaxNode? Place { get; }
}

/// <summary>The code does not compile (yet): the compiler says so itself, and nothing is added to that.</summary>
internal sealed class HalfTypedException : Exception
{
    public HalfTypedException(SyntaxNode place) => Place = place;

    public SyntaxNode Place { get; }
}
