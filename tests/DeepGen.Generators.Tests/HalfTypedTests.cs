using DeepGen.Generators.Parsing;
using DeepGen.Generators.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DeepGen.Generators.Tests;

/// <summary>Sources on the way from nothing to a network: generator and analyzer never fail, whatever stands there.</summary>
public class HalfTypedTests
{
    private const string Rich = """
        [Network] partial class Net
        {
            static (Tensor A, Tensor B) Forward([Input(3, 8, 8)] Tensor x, [Input(2)] Tensor z)
            {
                int[] widths = [4, .. Widths, 8];
                var list = new List<Tensor> { x };
                foreach (var (w, i) in Pairs)
                    for (var j = 0; j < i; j++)
                        x = j % 2 == 0 ? Block(x, w, name: $"b{i}.{j}") : Tensor.Concat(x, x.Map(static v => v > 0 ? v : 0.1f * MathF.Exp(v)));
                var k = widths.Length switch { > 3 and < 9 => widths[^1], 2 => 1, _ => throw new ArgumentException("bad") };
                while (k > 6) { k--; if (k is 7) continue; else break; }
                switch (k) { case 1: return (x.Flatten(), z); default: break; }
                (var a, var b) = (x.Flatten().Dense(features: k), z.Dense(2));
                return (a, b + 0.5f * b);
                static int Local(int n) => n + 1;
            }
            static Tensor Loss(Tensor a, Tensor b, [Target(2)] Tensor t) => b.MeanSquaredError(t) + 0.1f * a.MeanSquaredError(a);
            [Block(shared: false)] static Tensor Block(Tensor x, int w, string? name = null) => x.Conv2d(w, 3, padding: Padding.Same, bias: false).BatchNorm().Map(Mish);
            static float Mish(float v) { if (v > 20) return v; return v * MathF.Tanh(MathF.Log(1 + MathF.Exp(v))); }
            static readonly int[] Widths = [1, 2];
            static readonly (int, int)[] Pairs = [(4, 1), (8, 2)];
        }
        """;

    private const string Stack = """
        [Network, Input(1, 28, 28)]
        [Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2, name: "p")]
        [Flatten, Dense(features: 120), Reshape(2, -1), Flatten, Dropout(0.5f), Dense(10)]
        [SoftmaxCrossEntropy]
        public partial class Net;
        """;

    /// <summary>The quick tier looks at one in so many places; the long one at all.</summary>
    protected virtual int Every => 4;

    [Fact]
    public void TheWholeSamplesAreValid()
    {
        Assert.Empty(Host.Read(Rich).Diagnostics.Select(d => d.Message));
        Assert.Empty(Host.Read(Stack).Diagnostics.Select(d => d.Message));
    }

    [Fact]
    public void EveryPrefixOfAStack() => Check(Enumerable.Range(0, Stack.Length).Select(n => Stack[..n]));

    [Fact]
    public void PrefixesOfAForward() => Check(Tokens(Rich).Select(t => Rich[..t.Span.End]));

    [Fact]
    public void PrefixesOfAForwardThatTheEditorCloses() => Check(Tokens(Rich).Select(t => Rich[..t.Span.End] + ";}}"));

    [Fact]
    public void EveryTokenLeftOut()
    {
        Check(Tokens(Stack).Select(t => Stack.Remove(t.SpanStart, t.Span.Length)));
        Check(Tokens(Rich).Select(t => Rich.Remove(t.SpanStart, t.Span.Length)));
    }

    [Fact]
    public void TokensReplaced()
    {
        string[] others = ["0", "null", "x", "\"\"", "int", "(", "static"];
        var random = new Random(1);
        Check(Tokens(Rich).Where(_ => random.Next(2) == 0).Select(t => Rich.Remove(t.SpanStart, t.Span.Length).Insert(t.SpanStart, others[random.Next(others.Length)])));
    }

    [Theory]
    [InlineData("[Network, Network, Input(4), Dense(2)] partial class Net; [Network] partial class Net;")]
    [InlineData("[Network, Input(4), Dense(2)] partial class Net; namespace A { [Network, Input(4), Dense(2)] partial class net; } [Network, Input(4), Dense(2)] partial class net;")]
    [InlineData("[Network] struct S; [Network] interface I; [Network] enum E; [Network] delegate void D(); [Network] partial record R; [Network] partial class @class;")]
    [InlineData("[Network] partial class Net<T> { [Network] partial class Inner { [Network] partial class Inner<U>; } }")]
    [InlineData("[Network, Input(-1), Dense(int.MaxValue)] partial class A; [Network, Input(int.MaxValue), Dense(int.MaxValue)] partial class B; [Network, Input(1, 4, 4), Conv2d(4, int.MaxValue, dilation: int.MaxValue)] partial class C; [Network, Input(1, 4, 4), Conv2d(4, 1, int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue)] partial class D; [Network, Input(1, 4, 4), MaxPool2d(int.MaxValue, 3, int.MaxValue / 2)] partial class E; [Network, Input(1, 4, 4), Conv2d(4, 3, padding: 2000000000)] partial class F;")]
    [InlineData("[Network, Input(4), Reshape(null!)] partial class A; [Network, Input(4), Reshape()] partial class B; [Network, Input(4), Reshape(-1, -1)] partial class C; [Network, Input(4), Reshape(65536, 65536, 65536, 65536, -1)] partial class D; [Network, Input(4), Dropout(float.NaN)] partial class E; [Network, Input(4), LeakyRelu(float.PositiveInfinity)] partial class F;")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) { string s = \"a\"; for (var i = 0; i < 100; i++) s += s; return x.Relu(name: s); } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) { var l = new List<int>(); while (true) { l.Add(1); l.AddRange(l); } } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) { var t = x; while (true) t = t + t; } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) => x.Map(F); static float F(float v) { for (var i = 0; i < 60; i++) v = v * v + v; return v; } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) => x.Map(F); static float F(float v) => v > 0 ? F(v - 1) : v; }")]
    [InlineData("[Network] partial class A { static int[] W => W; static readonly int[] V = V; static Tensor Forward([Input(4)] Tensor x) => x.Dense(W[0] + V[0]); }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) => x.Dense(W[0]); static readonly int[] V = V; static readonly int[] W = V; }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] in Tensor x) => x?.Dense(2) ?? x!; static Tensor Loss(Tensor y, [Target] Tensor t) => y; }")]
    [InlineData("[Network] unsafe partial class A { static Tensor Forward([Input(4)] Tensor x) { int n = 2; int* p = &n; Span<int> s = stackalloc int[2]; return x.Dense(*p + s[0]); } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) { dynamic d = x; return d.Dense(2); } }")]
    [InlineData("[Network] partial class A { static partial Tensor Forward([Input(4)] Tensor x); } [Network] partial class B { static extern Tensor Forward([Input(4)] Tensor x); }")]
    [InlineData("[Network] partial class A { static async Tensor Forward([Input(4)] Tensor x) => x; } [Network] partial class B { static IEnumerable<Tensor> Forward([Input(4)] Tensor x) { yield return x; } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) { L: goto L; } } [Network] partial class B { static Tensor Forward([Input(4)] Tensor x) { switch (1) { case 1: goto case 2; case 2: return x.Relu(); } } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) { int[,] m = new int[2, 2]; m[0, 1] = 3; int[][] j = [[1], [2, 3]]; return x.Dense(m[0, 1] + j[1][1]); } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) { var q = from v in new[] { 1 } select v; return x.Dense(q.First()); } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) { if (x is [1, ..]) return x; if (new[] { 1, 2 } is [1, .. var r]) return x.Dense(r.Length); return x; } }")]
    [InlineData("[Network] partial class A { record P(int W); static Tensor Forward([Input(4)] Tensor x) { var p = new P(3) with { W = 4 }; var a = new { W = 1 }; return x.Dense(p.W + a.W); } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) { decimal m = 3; m += 1; return x.Dense((int)m); } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) { foreach (var t in new[] { x, null }) x = t.Relu(); return x; } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) { Tensor t; try { t = x; } catch { } return default(Tensor).Dense(2); } }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) => (Tensor)(object)(x as Tensor)!; }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) => x.Extent(99999999999).Dense(x.Extent(-1)); }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) => Tensor.Concat() + Tensor.Concat(null!) + Tensor.Concat([x, null!]) + Tensor.Parameter([]) + Tensor.Parameter([-1]); }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) => x.Map(null!).Map(MathF.Exp).Map(Math.Abs).Map(default(Func<float, float>)!); }")]
    [InlineData("[Network, Input(4), MeanSquaredError] partial class A; [Network, SoftmaxCrossEntropy] partial class B; [Network, Input(4, type: Element.Int32), Flatten] partial class C; [Network, Input, Dense(3)] partial class D; [Network, Input(4, type: (Element)9), Dense(2)] partial class F;")]
    [InlineData("[Network, Input(4), Dense(2)] partial class A { int Create; void Predict() { } class Step; event Action Forward; }")]
    [InlineData("[Network] partial class A { static Tensor Forward(Tensor x) => x; static Tensor Forward([Input(4)] Tensor x, [Input(3)] Tensor y) => x; }")]
    [InlineData("[Network] partial class A { static Tensor Forward([Input(4)] Tensor x) => x.Relu(); static Tensor Loss() => null!; static Tensor Loss(Tensor y, int n) => y; }")]
    public void Oddities(string source) => Check([source]);

    private IEnumerable<SyntaxToken> Tokens(string source) => CSharpSyntaxTree.ParseText(source).GetRoot().DescendantTokens().Where(t => t.Span.Length > 0).Where((_, i) => i % Every == 0);

    private static void Check(IEnumerable<string> sources)
    {
        var tree = Host.Parse("", "Net.cs");
        var start = Host.Compile().AddSyntaxTrees(tree);
        var driver = Host.Driver(runAnalyzers: false);
        foreach (var source in sources)
        {
            var compilation = start.ReplaceSyntaxTree(tree, Host.Parse(source, "Net.cs"));
            driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out _, out var diagnostics);
            Assert.All(driver.GetRunResult().Results, r => Assert.Null(r.Exception));
            var analyzed = compilation.WithAnalyzers([new NetworkAnalyzer()], new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), (e, _, _) => throw new InvalidOperationException(source, e), true, false)).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
            var bad = diagnostics.Concat(analyzed).FirstOrDefault(d => d.Id is "DG0001" or "AD0001" or "CS8785" or "CS8784");
            Assert.True(bad is null, bad + "\n" + source);

            // Whatever does not compile says so: by the compiler or by us.
            Assert.True(
                driver.GetRunResult().GeneratedTrees.Length > 0 || !source.Contains("[Network", StringComparison.Ordinal) || diagnostics.Length > 0 || compilation.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error),
                "Nothing generated and nothing said of\n" + source);
        }
    }
}

/// <summary>As <see cref="HalfTypedTests"/>, at every token.</summary>
[Trait("Tier", "Long")]
public class EveryHalfTypedTests : HalfTypedTests
{
    protected override int Every => 1;
}
