using System.Reflection;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Tests.Support;
using Microsoft.CodeAnalysis;

namespace DeepGen.Generators.Tests;

/// <summary>The samples bind to the same graphs here, with Roslyn 4.14, and in their project, with the SDK's compiler.</summary>
public class SampleTests
{
    private static readonly Lazy<Compilation> Compilation = new(() => Host.Compile(SampleFiles.Files.Select(f => (Path.GetFileName(f), File.ReadAllText(f))).ToArray()));

    public static TheoryData<string> Networks => new(
        Compilation.Value.SyntaxTrees.SelectMany(t => t.GetRoot().DescendantNodes().OfType<Microsoft.CodeAnalysis.CSharp.Syntax.ClassDeclarationSyntax>())
            .Where(c => c.AttributeLists.SelectMany(l => l.Attributes).Any(a => a.Name.ToString() == "Network")).Select(c => c.Identifier.Text));

    [Theory]
    [MemberData(nameof(Networks))]
    public void TheGraphIsThatOfTheSdksCompiler(string name)
    {
        var result = Host.Read(Compilation.Value, name);
        Assert.Empty(result.Diagnostics.Select(d => d.Message));
        var graph = result.Model.Graph!;
        var built = SampleAssembly.Value.GetTypes().Single(t => t.Name == name);
        var fingerprint = (string)built.GetNestedType("Compiled", BindingFlags.NonPublic)!.GetField("GraphFingerprint")!.GetRawConstantValue()!;
        Assert.True(fingerprint == GraphFingerprint.Of(graph), GraphFingerprint.Print(graph));
    }

    [Fact]
    public void NothingIsSaidOfTheSamples()
    {
        Host.Driver(runAnalyzers: false).RunGeneratorsAndUpdateCompilation(Compilation.Value, out var full, out var diagnostics);
        Assert.Empty(diagnostics);
        Assert.Empty(Host.AnalyzeOnly(full));
        Assert.Empty(full.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning));
    }

    private static readonly Lazy<Assembly> SampleAssembly = new(() => Assembly.Load("DeepGen.Samples"));
}
