using System.Collections.Immutable;
using DeepGen.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DeepGen.Generators.Tests.Support;

/// <summary>Compiles sources in memory with the generator and the analyzer, as a build would.</summary>
internal static class Host
{
    public const string Usings = "global using System; global using System.Collections.Generic; global using System.Linq; global using DeepGen; global using Tensor = DeepGen.Tensor;";

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.CSharp13);

    public static ImmutableArray<MetadataReference> References { get; } =
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is { } n && (n.StartsWith("System", StringComparison.Ordinal) || n is "netstandard.dll" or "mscorlib.dll" or "DeepGen.dll" || n.StartsWith("Microsoft.CSharp", StringComparison.Ordinal)))
            .Select(p => (MetadataReference)MetadataReference.CreateFromFile(p)).ToImmutableArray();

    public static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, ParseOptions, path);

    public static CSharpCompilation Compile(params (string Path, string Source)[] files) => Compile(allowUnsafe: true, files);

    public static CSharpCompilation Compile(bool allowUnsafe, params (string Path, string Source)[] files) =>
        CSharpCompilation.Create(
            "Sample",
            files.Select(f => Parse(f.Source, f.Path)).Append(Parse(Usings, "Usings.cs")),
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: allowUnsafe));

    public static GeneratorDriver Driver(bool runAnalyzers = true, bool track = false, string property = "RunAnalyzers", IncrementalGeneratorOutputKind without = IncrementalGeneratorOutputKind.None) =>
        CSharpGeneratorDriver.Create(
            [new NetworkGenerator().AsSourceGenerator()],
            parseOptions: ParseOptions,
            optionsProvider: new Options(runAnalyzers ? [] : new Dictionary<string, string> { ["build_property." + property] = "false" }),
            driverOptions: new GeneratorDriverOptions(without, trackIncrementalGeneratorSteps: track));

    /// <summary>The analyzer's diagnostics on the compilation with its generated half, as an IDE or a build shows them.</summary>
    public static ImmutableArray<Diagnostic> Analyze(Compilation compilation)
    {
        Driver().RunGeneratorsAndUpdateCompilation(compilation, out var full, out var generated);
        Assert.Empty(generated);
        return AnalyzeOnly(full);
    }

    public static ImmutableArray<Diagnostic> AnalyzeOnly(Compilation compilation) =>
        compilation.WithAnalyzers([new NetworkAnalyzer()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult()
            .OrderBy(d => d.Location.SourceSpan.Start).ToImmutableArray();

    public static ImmutableArray<Diagnostic> Analyze(string source) => Analyze(Compile(("Net.cs", source)));

    /// <summary>The evaluated network of the only class, or the first error.</summary>
    internal static NetworkResult Read(Compilation compilation, string? name = null)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var declaration in tree.GetRoot().DescendantNodes().OfType<Microsoft.CodeAnalysis.CSharp.Syntax.TypeDeclarationSyntax>())
            {
                if (model.GetDeclaredSymbol(declaration) is { } type && (name is null || type.Name == name)
                    && type.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name == "NetworkAttribute")?.ApplicationSyntaxReference is { } reference
                    && reference.SyntaxTree == tree && declaration.Span.Contains(reference.Span))
                {
                    return NetworkReader.Read(compilation, type, declaration, (Microsoft.CodeAnalysis.CSharp.Syntax.AttributeSyntax)reference.GetSyntax(), out _, CancellationToken.None);
                }
            }
        }

        throw new InvalidOperationException("No network " + name);
    }

    internal static NetworkResult Read(string source) => Read(Compile(("Net.cs", source)));

    private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Set(values);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Set(Dictionary<string, string> values) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
        }
    }
}
