using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using DeepGen.Generators.Emit;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Parsing;
using DeepGen.Generators.Passes;
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
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp13);

    private static readonly Lazy<ImmutableArray<MetadataReference>> References = new(() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is var f && (f.StartsWith("System.", StringComparison.Ordinal) || f.StartsWith("netstandard", StringComparison.Ordinal) || TestDevice.References.Contains(f)))
            .Select(MetadataReference (p) => MetadataReference.CreateFromFile(p))
            .ToImmutableArray());

    private readonly Dictionary<string, CompiledNetwork> networks = new(StringComparer.Ordinal);

    private readonly FusionOptions options;

    private CompiledNetworks(FusionOptions options) => this.options = options;

    public IEnumerable<CompiledNetwork> All => networks.Values;

    public CompiledNetwork this[string name] => networks[name];

    /// <summary>The generated half of every class; also written to the folder that the environment variable DEEPGEN_DUMP names, to look at after a failure.</summary>
    public IReadOnlyDictionary<string, string> Generated { get; private set; } = new Dictionary<string, string>();

    /// <summary>
    /// Compiles the sources. A network that is refused, or whose generated code does not compile without a warning, is left out and says so when it is
    /// created, so that the others are tested all the same.
    /// </summary>
    public static CompiledNetworks Compile(params string[] sources) => Compile(FusionOptions.All, sources);

    /// <param name="options">Other code for the same networks than the generator writes.</param>
    public static CompiledNetworks Compile(FusionOptions options, params string[] sources)
    {
        var result = new CompiledNetworks(options);
        var trees = sources.Prepend(GraphReader.ImplicitUsings).Select((s, i) => CSharpSyntaxTree.ParseText(s, ParseOptions, $"File{i}.cs")).ToArray();
        while (result.TryCompile(trees) is { } broken)
        {
            foreach (var (name, error) in broken)
            {
                result.networks[name].Error ??= error;
            }

            trees = trees.Select(t => WithoutBroken(t, broken)).ToArray();
        }

        return result;
    }

    /// <summary>The layer graph alone: what the compiler reads, without the code that it writes.</summary>
    public static NetworkGraph ReadGraph(string source) => new GraphReader(source).ReadFirst();

    private static SyntaxTree WithoutBroken(SyntaxTree tree, IReadOnlyDictionary<string, string> broken)
    {
        var root = tree.GetRoot();
        var classes = root.DescendantNodes().OfType<ClassDeclarationSyntax>().Where(c => broken.ContainsKey(c.Identifier.Text));
        return CSharpSyntaxTree.Create((CSharpSyntaxNode)root.RemoveNodes(classes, SyntaxRemoveOptions.KeepNoTrivia)!, ParseOptions, tree.FilePath);
    }

    /// <returns>Null when all is well; otherwise the networks to leave out and why.</returns>
    private Dictionary<string, string>? TryCompile(SyntaxTree[] trees)
    {
        var compilationOptions = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            allowUnsafe: true,
            nullableContextOptions: NullableContextOptions.Enable,
            optimizationLevel: OptimizationLevel.Release,
            warningLevel: 9999);
        var compilation = CSharpCompilation.Create("Networks_" + Guid.NewGuid().ToString("N"), trees, References.Value, compilationOptions);
        var broken = new Dictionary<string, string>(StringComparer.Ordinal);
        var drivers = new List<(string Name, string Text)>();
        foreach (var tree in trees)
        {
            foreach (var declaration in tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>())
            {
                var attribute = declaration.AttributeLists.SelectMany(l => l.Attributes).FirstOrDefault(a => a.Name.ToString() == "Network");
                if (attribute is null)
                {
                    continue;
                }

                var type = compilation.GetSemanticModel(tree).GetDeclaredSymbol(declaration)!;
                var read = NetworkReader.Read(compilation, type, declaration, attribute, out _, default);
                networks.TryAdd(type.Name, new CompiledNetwork(type.Name, read.Model.Graph));
                if (read.Model.Graph is null || read.Diagnostics.Count > 0)
                {
                    broken.Add(type.Name, $"{read.Model.Error} {string.Join("; ", read.Diagnostics.Select(d => d.ToDiagnostic().ToString()))}");
                }
                else
                {
                    drivers.Add((type.Name, "#nullable enable\n" + DriverWriter.Write(read.Model.Graph.Api)));
                }
            }
        }

        if (broken.Count > 0)
        {
            return broken;
        }

        // The analyzer looks at what the user wrote; with the generated code beside it, everything would be bound twice.
        var analyzed = compilation.WithAnalyzers([new NetworkAnalyzer()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        compilation = compilation.AddSyntaxTrees(drivers.Select(d => CSharpSyntaxTree.ParseText(d.Text, ParseOptions, $"Driver.{d.Name}.g.cs")));
        var driver = CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: ParseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out var full, out var generatorDiagnostics);
        foreach (var tree in full.SyntaxTrees.Where(t => t.FilePath.Contains('+')))
        {
            var graph = networks[Path.GetFileName(tree.FilePath).Split('+')[0].Split('.')[^1]].Graph;
            var text = options != FusionOptions.All && tree.FilePath.EndsWith("+Compiled.g.cs", StringComparison.Ordinal) ? new NetworkWriter(PlannedNetwork.Of(graph, options)).Write() : TestDevice.Rewritten(tree.FilePath, graph);
            if (text is not null)
            {
                full = full.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(text, ParseOptions, tree.FilePath));
            }
        }

        Generated = driver.GetRunResult().Results[0].GeneratedSources.ToDictionary(s => s.HintName, s => s.SourceText.ToString());
        if (Environment.GetEnvironmentVariable("DEEPGEN_DUMP") is { Length: > 0 } folder)
        {
            foreach (var (name, text) in Generated)
            {
                File.WriteAllText(Path.Combine(folder, name), text);
            }
        }

        using var image = new MemoryStream();
        var emitted = full.Emit(image);
        foreach (var d in generatorDiagnostics.Concat(analyzed).Concat(emitted.Diagnostics).Where(d => d.Severity >= DiagnosticSeverity.Warning))
        {
            var name = NetworkOf(d, trees) ?? throw new InvalidOperationException("A diagnostic of no network: " + Describe(d));
            broken[name] = broken.GetValueOrDefault(name) + "\n" + Describe(d);
        }

        if (broken.Count > 0)
        {
            return broken;
        }

        var context = new AssemblyLoadContext(compilation.AssemblyName, TestDevice.IsCollectible);
        image.Position = 0;
        var assembly = context.LoadFromStream(image);
        foreach (var network in networks.Values.Where(n => n.Error is null))
        {
            network.Driver = assembly.GetType(DriverWriter.Name(network.Graph.Api), throwOnError: true)!;
        }

        return null;
    }

    /// <summary>The network a diagnostic belongs to: by its generated file, by the class it stands in, or by its text.</summary>
    private string? NetworkOf(Diagnostic d, SyntaxTree[] trees)
    {
        if (d.Location.SourceTree is { } tree)
        {
            return trees.Contains(tree)
                ? tree.GetRoot().FindNode(d.Location.SourceSpan).AncestorsAndSelf().OfType<ClassDeclarationSyntax>().LastOrDefault()?.Identifier.Text
                : Path.GetFileName(tree.FilePath).Split('.') is [.., var name, "g", "cs"] ? name.Split('+')[0] : null;
        }

        return networks.Keys.FirstOrDefault(n => d.GetMessage().Contains($" {n}:", StringComparison.Ordinal));
    }

    private static string Describe(Diagnostic d)
    {
        var line = d.Location.SourceTree?.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim();
        return $"{d}\n    {line}";
    }
}

/// <summary>One compiled network class: its layer graph, and its type behind <see cref="INetworkDriver"/>.</summary>
internal sealed class CompiledNetwork(string name, NetworkGraph? graph)
{
    public string Name { get; } = name;

    /// <summary>Why it was left out of the compilation.</summary>
    public string? Error { get; set; }

    public NetworkGraph Graph => graph ?? throw new InvalidOperationException($"{Name}: {Error}");

    public Type Driver { get; set; } = typeof(void);

    public INetworkDriver Create(int maxBatch, int threads = 2, ulong seed = 0, string? device = null)
    {
        if (Error is not null)
        {
            throw new InvalidOperationException($"{Name}: {Error}");
        }

        try
        {
            return (INetworkDriver)Activator.CreateInstance(Driver, new NetworkOptions { MaxBatch = maxBatch, Threads = threads, Seed = seed, Device = device ?? TestDevice.Name })!;
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            throw new InvalidOperationException($"{Name} cannot be created: {inner}", inner);
        }
    }

    public override string ToString() => Name;
}
