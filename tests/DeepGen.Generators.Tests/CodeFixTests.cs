using DeepGen.CodeFixes;
using DeepGen.Generators.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace DeepGen.Generators.Tests;

public class CodeFixTests
{
    public static TheoryData<string, string, string> Cases => new()
    {
        {
            "Insert Flatten",
            "[Network, Input(1, 28, 28)]\n[Conv2d(6, 5), Tanh, AvgPool2d(2)]\n[Dense(120), Tanh, Dense(10)]\npublic partial class Net;",
            "[Network, Input(1, 28, 28)]\n[Conv2d(6, 5), Tanh, AvgPool2d(2)]\n[Flatten, Dense(120), Tanh, Dense(10)]\npublic partial class Net;"
        },
        {
            "Insert Flatten",
            "[Network, Input(1, 28, 28), Tanh, DeepGen.Dense(120)] public partial class Net;",
            "[Network, Input(1, 28, 28), Tanh, Flatten, DeepGen.Dense(120)] public partial class Net;"
        },
        {
            "Insert Flatten",
            "[Network] partial class Net { static Tensor Forward([Input(1, 8, 8)] Tensor x) => x.Conv2d(4, 3).Dense(10); }",
            "[Network] partial class Net { static Tensor Forward([Input(1, 8, 8)] Tensor x) => x.Conv2d(4, 3).Flatten().Dense(10); }"
        },
        {
            "Insert Flatten",
            "[Network] partial class Net { static Tensor Forward([Input(1, 8, 8)] Tensor x) => x.Relu()\n    // head\n    .Dense(10)\n    .Relu(); }",
            "[Network] partial class Net { static Tensor Forward([Input(1, 8, 8)] Tensor x) => x.Relu()\n    // head\n    .Flatten().Dense(10)\n    .Relu(); }"
        },
        {
            "Remove Softmax",
            "[Network, Input(4), Dense(3), Softmax, SoftmaxCrossEntropy] partial class Net;",
            "[Network, Input(4), Dense(3), SoftmaxCrossEntropy] partial class Net;"
        },
        {
            "Remove Softmax",
            "[Network, Input(4), Dense(3)]\n[Softmax, SoftmaxCrossEntropy] partial class Net;",
            "[Network, Input(4), Dense(3)]\n[SoftmaxCrossEntropy] partial class Net;"
        },
        {
            "Remove Softmax",
            "[Network, Input(4), Dense(3)]\n[Softmax]\n[SoftmaxCrossEntropy] partial class Net;",
            "[Network, Input(4), Dense(3)]\n[SoftmaxCrossEntropy] partial class Net;"
        },
        {
            "Remove Softmax",
            "[Network, SoftmaxCrossEntropy] partial class Net { static Tensor Forward([Input(4)] Tensor x) => x.Dense(3).Softmax(); }",
            "[Network, SoftmaxCrossEntropy] partial class Net { static Tensor Forward([Input(4)] Tensor x) => x.Dense(3); }"
        },
        {
            "Make the class partial",
            "[Network, Input(4), Dense(3)] public sealed class Net;",
            "[Network, Input(4), Dense(3)] public sealed partial class Net;"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task OneEditMendsIt(string title, string before, string after)
    {
        var (document, diagnostic) = Open(before);
        var actions = new List<CodeAction>();
        await new NetworkCodeFixes().RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (a, _) => actions.Add(a), CancellationToken.None));
        var action = Assert.Single(actions);
        Assert.Equal(title, action.Title);
        var operation = (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single();
        var text = (await operation.ChangedSolution.GetDocument(document.Id)!.GetTextAsync()).ToString();
        Assert.Equal(after, text);
        Assert.Empty(Host.Analyze(text));
    }

    [Fact]
    public async Task AMistakeInAnotherFileHasNoFixHere()
    {
        const string net = "[Network] partial class Net { static Tensor Forward([Input(1, 8, 8)] Tensor x) => x.Head(); }";
        var diagnostic = Assert.Single(Host.Analyze(Host.Compile(("Net.cs", net), ("H.cs", "static class H { public static Tensor Head(this Tensor x) => x.Dense(2); }"))));
        var actions = new List<CodeAction>();
        await new NetworkCodeFixes().RegisterCodeFixesAsync(new CodeFixContext(Document(net), diagnostic, (a, _) => actions.Add(a), CancellationToken.None));
        Assert.Empty(actions);
    }

    private static (Document Document, Diagnostic Diagnostic) Open(string source) => (Document(source), Assert.Single(Host.Analyze(source)));

    private static Document Document(string source)
    {
        var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(ProjectId.CreateNewId(), VersionStamp.Create(), "Sample", "Sample", LanguageNames.CSharp, parseOptions: Host.ParseOptions));
        return project.AddDocument("Net.cs", SourceText.From(source), filePath: "Net.cs");
    }
}
