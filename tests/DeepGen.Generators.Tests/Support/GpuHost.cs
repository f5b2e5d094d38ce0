using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DeepGen.Generators.Tests.Support;

/// <summary>Compiles networks with their side for GPUs: against the sources of DeepGen.Ilgpu, and a stub of what these use of ILGPU.</summary>
internal static class GpuHost
{
    private static readonly string Sources = Path.Combine(SampleFiles.Root, "src", "DeepGen.Ilgpu");

    /// <summary>The package's sources that know little of ILGPU; the stub has the others' signatures.</summary>
    private static readonly Lazy<SyntaxTree[]> Trees = new(() =>
        Directory.EnumerateFiles(Path.Combine(Sources, "Kernels"), "*.cs").Where(f => Path.GetFileName(f) is not ("Rounded.cs" or "UpdateBody.cs"))
            .Concat(new[] { "Arena.cs", "Tables.cs", "GpuFrame.cs", "GpuProgram.cs" }.Select(f => Path.Combine(Sources, f)))
            .Append(Path.Combine(SampleFiles.Root, "tests", "DeepGen.Generators.Tests", "Support", "GpuStub.cs"))
            .OrderBy(f => f, StringComparer.Ordinal)
            .Select(f => Host.Parse(File.ReadAllText(f), f))
            .ToArray());

    /// <summary>The file that the generator adds for GPUs, and the whole compilation.</summary>
    public static (string Text, Compilation Full) Run(string source)
    {
        var compilation = Host.Compile(("Network.cs", source), ("Usings2.cs", "global using System.IO; global using System.Threading;")).AddSyntaxTrees(Trees.Value);
        var driver = Host.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var full, out var diagnostics);
        Assert.Empty(diagnostics);
        var generated = Assert.Single(driver.GetRunResult().Results).GeneratedSources;
        Assert.Contains(generated, s => s.HintName == "DeepGen.Devices.g.cs");
        return (Assert.Single(generated, s => s.HintName.EndsWith("+OnGpu.g.cs", StringComparison.Ordinal)).SourceText.ToString(), full);
    }
}
