using DeepGen.Generators.Diagnostics;
using DeepGen.Generators.Graph;

namespace DeepGen.Generators.Parsing;

/// <summary>What emission depends on: no symbol and no position, so that an edit that leaves the network alone leaves this equal.</summary>
/// <param name="Graph">Null when the network has an error.</param>
/// <param name="Api">Null when no other half may be written, because it would only add errors to the one reported.</param>
/// <param name="Error">What the members of a broken network throw.</param>
internal sealed record NetworkModel(NetworkGraph? Graph, NetworkApi? Api, string Error)
{
    /// <summary>A [SuppressMessage] silences the analyzer, whatever the descriptor says; the generated half must then hold the error.</summary>
    public bool Silenced { get; init; }
}

/// <summary>One evaluation of one network class.</summary>
internal sealed record NetworkResult(NetworkModel Model, EquatableArray<DiagnosticInfo> Diagnostics);
