using DeepGen.Generators.Parsing;
using DeepGen.Generators.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DeepGen.Generators.Tests;

/// <summary>What is computed again after an edit, by the reasons that the driver records for the tracked steps.</summary>
public class IncrementalityTests
{
    private const string Net = """
        [Network]
        public partial class Net
        {
            static Tensor Forward([Input(3, 8, 8)] Tensor x) => x.Stem(4).Flatten().Dense(10); // head
        }
        """;

    private const string Helper = """
        static class Helpers
        {
            public static Tensor Stem(this Tensor x, int width) => x.Conv2d(width, 3).Relu();
        }
        """;

    private const string Other = """
        class Other
        {
            int M() => 1;
        }
        """;

    [Fact]
    public void ACommentInTheNetworkLeavesTheGraphAlone()
    {
        var run = Edit("Net.cs", Net.Replace("// head", "// the head\n"));
        AssertUntouched(run[NetworkGenerator.ModelStep]);
        Assert.Equal([IncrementalStepRunReason.Cached], run[NetworkGenerator.CompileStep]);
        Assert.Equal(1, run.Evaluations);
    }

    [Fact]
    public void ABodyInAnotherFileIsNotLookedAt()
    {
        var run = Edit("Other.cs", Other.Replace("=> 1", "=> 2"));
        AssertUntouched(run[NetworkGenerator.EvaluateStep]);
        Assert.Equal([IncrementalStepRunReason.Cached], run[NetworkGenerator.CompileStep]);
        Assert.Equal(0, run.Evaluations);
    }

    [Fact]
    public void ADeclarationInAnotherFileIsEvaluatedAgainButEmitsNothing()
    {
        var run = Edit("Other.cs", Other.Replace("int M()", "long M()"));
        AssertUntouched(run[NetworkGenerator.EvaluateStep]);
        Assert.Equal([IncrementalStepRunReason.Cached], run[NetworkGenerator.CompileStep]);
        Assert.Equal(1, run.Evaluations);
    }

    [Fact]
    public void ABodyOfAHelperInAnotherFileCounts()
    {
        var run = Edit("Helpers.cs", Helper.Replace("width, 3", "width, 5"));
        Assert.Equal([IncrementalStepRunReason.Modified], run[NetworkGenerator.ModelStep]);
        Assert.Equal([IncrementalStepRunReason.Modified], run[NetworkGenerator.CompileStep]);
        Assert.Equal(1, run.Evaluations);
    }

    [Fact]
    public void ACommentInAHelperLeavesTheGraphAlone()
    {
        var run = Edit("Helpers.cs", Helper.Replace(".Relu()", "/* rectified */.Relu()"));
        Assert.Equal([IncrementalStepRunReason.Cached], run[NetworkGenerator.CompileStep]);
        Assert.Equal(1, run.Evaluations);
    }

    [Fact]
    public void AnEditorMayLeaveTheKernelsOut()
    {
        const string Use = """
            static class Program
            {
                static void Main()
                {
                    using var net = Net.Create();
                    net.Predict(new float[192], new float[10]);
                }
            }
            """;
        var driver = Host.Driver(without: IncrementalGeneratorOutputKind.Implementation);
        driver = driver.RunGeneratorsAndUpdateCompilation(Host.Compile(("Net.cs", Net), ("Helpers.cs", Helper), ("Use.cs", Use)), out var full, out _);
        Assert.Equal("Net.g.cs", Assert.Single(driver.GetRunResult().Results.Single().GeneratedSources).HintName);
        Assert.Empty(full.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning));

        Host.Driver().RunGeneratorsAndUpdateCompilation(Host.Compile(("Net.cs", Net), ("Helpers.cs", Helper), ("Use.cs", Use)), out full, out _);
        Assert.Equal(["Net+Compiled.g.cs", "Net.g.cs"], full.SyntaxTrees.Select(t => Path.GetFileName(t.FilePath)).Where(f => f.EndsWith(".g.cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Empty(full.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning));
    }

    [Fact]
    public void WhoTypesOnDoesNotWaitForTheKernelsOfWhatStoodThere()
    {
        var graph = Host.Read(Host.Compile(("Net.cs", Net), ("Helpers.cs", Helper))).Model.Graph!;
        Assert.Throws<OperationCanceledException>(() => Emit.NetworkCompiler.Compile(graph, cancellation: new CancellationToken(canceled: true)));
        var plan = Passes.PlannedNetwork.Of(graph);
        Assert.Throws<OperationCanceledException>(() => new Emit.NetworkWriter(plan).Write(new CancellationToken(canceled: true)));
    }

    [Fact]
    public void AnErrorThatMovesIsReportedAnewButEmitsNothingNew()
    {
        var broken = Net.Replace(".Flatten()", "");
        var run = Edit("Net.cs", "\n" + broken, before: broken);
        AssertUntouched(run[NetworkGenerator.ModelStep]);
        Assert.Equal([IncrementalStepRunReason.Cached], run[NetworkGenerator.CompileStep]);
        Assert.Equal([IncrementalStepRunReason.Modified], run[NetworkGenerator.DiagnosticsStep]);
    }

    [Fact]
    public void TheAnalyzerSharesTheGeneratorsEvaluation()
    {
        var compilation = Host.Compile(("Net.cs", Net), ("Helpers.cs", Helper), ("Other.cs", Other));
        Host.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var full, out _);
        var type = full.GetTypeByMetadataName("Net")!;
        var attribute = (Microsoft.CodeAnalysis.CSharp.Syntax.AttributeSyntax)type.GetAttributes().Single(a => a.AttributeClass!.Name == "NetworkAttribute").ApplicationSyntaxReference!.GetSyntax();
        var declaration = (Microsoft.CodeAnalysis.CSharp.Syntax.TypeDeclarationSyntax)attribute.Parent!.Parent!;
        var before = NetworkMemo.EvaluationsOfThread;
        NetworkMemo.Get(full, type, declaration, attribute, CancellationToken.None);
        Assert.Equal(before, NetworkMemo.EvaluationsOfThread);
    }

    [Fact]
    public void TheModelHoldsNoSymbolAndNoPosition()
    {
        var pending = new Stack<Type>([typeof(NetworkModel)]);
        var seen = new HashSet<Type>();
        while (pending.TryPop(out var type))
        {
            if (!seen.Add(type))
            {
                continue;
            }

            Assert.False(type.Namespace?.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) ?? false, type.FullName);
            foreach (var field in type.GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public))
            {
                pending.Push(field.FieldType.IsArray ? field.FieldType.GetElementType()! : field.FieldType);
                foreach (var argument in field.FieldType.GetGenericArguments())
                {
                    pending.Push(argument);
                }
            }
        }
    }

    [Fact]
    public void TwoCompilationsGiveEqualModelsAndOneFingerprint()
    {
        NetworkResult Read() => Host.Read(Host.Compile(("Net.cs", Net), ("Helpers.cs", Helper)));
        var (a, b) = (Read(), Read());
        Assert.NotSame(a.Model, b.Model);
        Assert.Equal(a.Model, b.Model);
        Assert.Equal(a.Model.GetHashCode(), b.Model.GetHashCode());
        Assert.Equal(Graph.GraphFingerprint.Of(a.Model.Graph!), Graph.GraphFingerprint.Of(b.Model.Graph!));
    }

    private sealed record Run(GeneratorRunResult Result, int Evaluations)
    {
        public IncrementalStepRunReason[] this[string step] => Result.TrackedSteps[step].SelectMany(s => s.Outputs).Select(o => o.Reason).ToArray();
    }

    private static void AssertUntouched(IncrementalStepRunReason[] reasons) =>
        Assert.True(reasons is [IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged], string.Join(", ", reasons));

    private static Run Edit(string path, string text, string before = Net)
    {
        var compilation = Host.Compile(("Net.cs", before), ("Helpers.cs", Helper), ("Other.cs", Other));
        var driver = Host.Driver(track: true).RunGenerators(compilation);
        var old = compilation.SyntaxTrees.Single(t => t.FilePath == path);
        var evaluations = NetworkMemo.EvaluationsOfThread;
        driver = driver.RunGenerators(compilation.ReplaceSyntaxTree(old, Host.Parse(text, path)));
        return new Run(driver.GetRunResult().Results.Single(), NetworkMemo.EvaluationsOfThread - evaluations);
    }
}
