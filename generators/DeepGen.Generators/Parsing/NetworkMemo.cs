using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DeepGen.Generators.Parsing;

/// <summary>
/// Remembers evaluations by what they read. The compiler asks again for every network on every edit anywhere; the answer is the same while the files
/// whose bodies were read are the same objects and every other file differs in method bodies at most. Generator and analyzer share it. Nothing is kept alive:
/// the table hangs on the syntax tree of the network.
/// </summary>
internal static class NetworkMemo
{
    /// <summary>The generator and the analyzer see different sets of files (those of other generators), and each must find its own.</summary>
    private const int MaxEntries = 4;

    private static readonly ConditionalWeakTable<SyntaxTree, ConcurrentDictionary<int, List<Entry>>> Table = new();
    private static readonly ConditionalWeakTable<Compilation, Snapshot> Snapshots = new();

    private static readonly ThreadLocal<int> CountOfThread = new();

    /// <summary>Evaluations of this thread that were not remembered; for the tests and the benchmark.</summary>
    public static int EvaluationsOfThread => CountOfThread.Value;

    public static NetworkResult Get(Compilation compilation, INamedTypeSymbol type, TypeDeclarationSyntax declaration, AttributeSyntax networkAttribute, CancellationToken cancellation)
    {
        var snapshot = Snapshots.GetValue(compilation, static c => new Snapshot(c));
        var entries = Table.GetOrCreateValue(declaration.SyntaxTree).GetOrAdd(declaration.SpanStart, static _ => new List<Entry>());
        lock (entries)
        {
            for (var i = 0; i < entries.Count; i++)
            {
                var entry = entries[i];
                if (snapshot.LeavesAlone(entry.Snapshot, entry.TreesRead))
                {
                    // From now on it is compared with the newest files, so that the older ones can go.
                    entries.RemoveAt(i);
                    entries.Insert(0, entry with { Snapshot = snapshot });
                    return entry.Result;
                }
            }
        }

        CountOfThread.Value++;
        var result = NetworkReader.Read(compilation, type, declaration, networkAttribute, out var trees, cancellation);
        lock (entries)
        {
            entries.Insert(0, new Entry(snapshot, trees, result));
            if (entries.Count > MaxEntries)
            {
                entries.RemoveAt(MaxEntries);
            }
        }

        return result;
    }

    private sealed record Entry(Snapshot Snapshot, IReadOnlyCollection<SyntaxTree> TreesRead, NetworkResult Result);

    /// <summary>The files, references and options of one compilation.</summary>
    private sealed class Snapshot
    {
        private readonly SyntaxTree[] trees;
        private readonly MetadataReference[] references;
        private readonly CompilationOptions options;
        private readonly ConditionalWeakTable<Snapshot, StrongBox<HashSet<SyntaxTree>?>> changes = new();

        public Snapshot(Compilation compilation)
        {
            // What we wrote ourselves depends on the networks, never the other way round.
            trees = compilation.SyntaxTrees.Where(t => !Symbols.IsGenerated(t)).ToArray();
            references = compilation.References.ToArray();
            options = compilation.Options;
        }

        /// <summary>Whether what was read in <paramref name="old"/> reads the same here.</summary>
        public bool LeavesAlone(Snapshot old, IReadOnlyCollection<SyntaxTree> read)
        {
            if (ReferenceEquals(old, this))
            {
                return true;
            }

            // Compared once, not once per network.
            var changed = changes.GetValue(old, o => new StrongBox<HashSet<SyntaxTree>?>(Changed(o))).Value;
            return changed is not null && !read.Any(changed.Contains);
        }

        /// <summary>The files of <paramref name="old"/> whose bodies have changed; null when more than bodies has.</summary>
        private HashSet<SyntaxTree>? Changed(Snapshot old)
        {
            if (trees.Length != old.trees.Length || references.Length != old.references.Length || !(ReferenceEquals(options, old.options) || options.Equals(old.options)))
            {
                return null;
            }

            for (var i = 0; i < references.Length; i++)
            {
                if (!ReferenceEquals(references[i], old.references[i]) && !references[i].Equals(old.references[i]))
                {
                    return null;
                }
            }

            var changed = new HashSet<SyntaxTree>();
            for (var i = 0; i < trees.Length; i++)
            {
                SyntaxTree now = trees[i], before = old.trees[i];
                if (ReferenceEquals(now, before))
                {
                    continue;
                }

                if (now.FilePath != before.FilePath || !now.Options.Equals(before.Options) || !SyntaxFactory.AreEquivalent(before, now, topLevel: true))
                {
                    return null;
                }

                changed.Add(before);
            }

            return changed;
        }
    }
}
