using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DeepGen.Numerics.Tests.Harness;

/// <summary>
/// Source text with any number of networks, compiled as a real project compiles it: options, implicit usings, generator and analyzer. No warning is let through.
/// Many networks share one compilation, because starting the compiler costs more than compiling a network.
/// </summary>
internal sealed class CompiledNetworks
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using DeepGen;
        global using Tensor = DeepGen.Tensor;
        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp13);

    private static readonly Lazy<ImmutableArray<MetadataReference>> References = new(() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is var f && (f.StartsWith("System.", StringComparison.Ordinal) || f.StartsWith("netstandard", StringComparison.Ordinal) || f == "DeepGen.dll" || f == "DeepGen.Numerics.Tests.dll"))
            .Select(MetadataReference (p) => MetadataReference.CreateFromFile(p))
            .ToImmutableArray());

    private readonly Dictionary<string, CompiledNetwork> networks = new(StringComparer.Ordinal);

    private CompiledNetworks()
    {
    }

    public IEnumerable<CompiledNetwork> All => networks.Values;

    public CompiledNetwork this[string name] => networks[name];

    /// <summary>The generated half of every class, for a test that fails to show.</summary>
    public IReadOnlyDictionary<string, string> Generated { get; private set; } = new Dictionary<string, string>();

    public static CompiledNetworks Compile(params string[] sources)
    {
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            allowUnsafe: true,
            nullableContextOptions: NullableContextOptions.Enable,
            optimizationLevel: OptimizationLevel.Release,
            warningLevel: 9999);
        var trees = sources.Prepend(Usings).Select((s, i) => CSharpSyntaxTree.ParseText(s, ParseOptions, $"File{i}.cs")).ToArray();
        var compilation = CSharpCompilation.Create("Networks_" + Guid.NewGuid().ToString("N"), trees, References.Value, options);
        var result = new CompiledNetworks();
        var drivers = new List<string>();
        foreach (var tree in trees)
        {
            foreach (var declaration in tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>())
            {
                var attribute = declaration.AttributeLists.SelectMany(l => l.Attributes).FirstOrDefault(a => a.Name.ToString() == "Network");
                if (attribute is not null)
                {
                    var type = compilation.GetSemanticModel(tree).GetDeclaredSymbol(declaration)!;
                    var read = NetworkReader.Read(compilation, type, declaration, attribute, out _, default);
                    Assert.True(read.Diagnostics.Count == 0 && read.Model.Graph is not null, $"{type.Name}: {read.Model.Error} {string.Join("; ", read.Diagnostics.Select(d => d.ToDiagnostic().ToString()))}\n{declaration}");
                    var graph = read.Model.Graph!;
                    result.networks.Add(type.Name, new CompiledNetwork(type.Name, graph));
                    drivers.Add("#nullable enable\n" + DriverWriter.Write(graph.Api));
                }
            }
        }

        compilation = compilation.AddSyntaxTrees(drivers.Select((d, i) => CSharpSyntaxTree.ParseText(d, ParseOptions, $"Driver{i}.cs")));
        var driver = CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: ParseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out var full, out var generatorDiagnostics);
        result.Generated = driver.GetRunResult().Results[0].GeneratedSources.ToDictionary(s => s.HintName, s => s.SourceText.ToString());
        var analyzed = full.WithAnalyzers([new NetworkAnalyzer()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        using var image = new MemoryStream();
        var emitted = full.Emit(image);
        var diagnostics = generatorDiagnostics.Concat(analyzed).Concat(emitted.Diagnostics).Where(d => d.Severity >= DiagnosticSeverity.Warning).ToArray();
        Assert.True(diagnostics.Length == 0, $"{diagnostics.Length} diagnostics:\n" + string.Join("\n", diagnostics.Take(12).Select(Describe)));

        var context = new AssemblyLoadContext(compilation.AssemblyName, isCollectible: true);
        image.Position = 0;
        var assembly = context.LoadFromStream(image);
        foreach (var network in result.networks.Values)
        {
            network.Driver = assembly.GetType(DriverWriter.Name(network.Graph.Api), throwOnError: true)!;
        }

        return result;
    }

    private static string Describe(Diagnostic d)
    {
        var line = d.Location.SourceTree?.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim();
        return $"{d}\n    {line}";
    }
}

/// <summary>One compiled network class: its layer graph, and its type behind <see cref="INetworkDriver"/>.</summary>
internal sealed class CompiledNetwork(string name, NetworkGraph graph)
{
    public string Name { get; } = name;

    public NetworkGraph Graph { get; } = graph;

    public Type Driver { get; set; } = typeof(void);

    public INetworkDriver Create(int maxBatch, int threads = 2, ulong seed = 0)
    {
        try
        {
            return (INetworkDriver)Activator.CreateInstance(Driver, new NetworkOptions { MaxBatch = maxBatch, Threads = threads, Seed = seed })!;
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            throw new InvalidOperationException($"{Name} cannot be created: {inner}", inner);
        }
    }

    public override string ToString() => Name;
}
