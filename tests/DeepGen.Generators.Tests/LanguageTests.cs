using System.Reflection;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Tests.Support;
using Microsoft.CodeAnalysis;

namespace DeepGen.Generators.Tests;

/// <summary>What is evaluated at build time gives what the same C# gives when it runs.</summary>
public class LanguageTests
{
    private const string Members = """
        enum Size { Small = 3, Large = 30 }
        [Flags] enum Bits : byte { A = 1, B = 2, C = 4 }
        const int Width = 12;
        static readonly int[] Table = [5, 7, 11];
        static readonly (int A, string B)[] Pairs = [(1, "x"), (2, "yy")];
        static int Twice => 2 * Width;
        static int Stored { get; } = 17;
        static int Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);
        static int Optional(int a, int b = 2, int c = 3) => a * 100 + b * 10 + c;
        static (int Sum, int Product) Both(int a, int b) => (a + b, a * b);
        static T Identity<T>(T value) => value;
        static int Sum(params int[] values) { var s = 0; foreach (var v in values) s += v; return s; }
        static int SpanSum(params ReadOnlySpan<int> values) { var s = 0; for (var i = 0; i < values.Length; i++) s += values[i]; return s; }
        static void Swap(ref int a, ref int b) => (a, b) = (b, a);
        static bool Try(int a, out int b) { b = a * 2; return a > 3; }
        static string Classify(object o) => o switch { int i when i > 5 => "big", int => "int", string s => s, null => "null", _ => "other" };
        static int Nested(int n) { return Inner(n) + Inner(1); int Inner(int m) => m * n; }
        """;

    public static TheoryData<string> Snippets => new()
    {
        "return 1 + 2 * 3 - 4 / 3 % 5;",
        "var a = 7; a += 3; a -= 1; a *= 2; a /= 3; a %= 4; a <<= 3; a >>= 1; a |= 5; a &= 13; a ^= 2; return a + 1;",
        "var a = 5; var b = a++ + ++a - a-- - --a; return 100 + b;",
        "long a = 1L << 40; return (int)(a >> 35) + (int)a;".Replace(" + (int)a", ""),
        "double d = 3.7; float f = 2.5f; return (int)(d * f) + (int)MathF.Round(f) + (int)Math.Ceiling(d);",
        "uint u = 3; ulong v = 4; short s = 5; byte b = 6; sbyte c = -1; b += 200; return (int)(u * v) + s + b + c;",
        "return Math.Max(3, Math.Min(9, 4)) + Math.Abs(-5) + Math.Clamp(50, 1, 10) + (int)Math.Pow(2, 5) + (int)MathF.Sqrt(49) + Math.Sign(-3);",
        "bool a = true, b = false; return (a && !b ? 1 : 0) + (a || b ? 2 : 0) + (a ^ b ? 4 : 0) + (a & b ? 8 : 0) + (a != b ? 16 : 0) + (b | a ? 32 : 0);",
        "var n = 0; return (n != 0 && 5 / n > 1) ? 1 : 2;",
        "if (Width > 5) { if (Width == 13) return 1; else return 2; } return 3;",
        "var s = 0; for (int i = 0, j = 10; i < j; i++, j--) { if (i == 2) continue; if (i == 4) break; s += i * j; } return s;",
        "var s = 0; while (true) { s += 3; if (s > 10) break; } do { s--; } while (s > 11); return s;",
        "var s = 0; for (var i = 0; i < 4; i++) for (var j = 0; j < 4; j++) { if (j > i) break; s += i * 4 + j; } return s;",
        "var s = 0; foreach (var v in Table) s = s * 10 + v; return s;",
        "var s = 0; foreach (var (a, b) in Pairs) s += a * b.Length; return s;",
        "var s = 0; foreach (long v in Table) s += (int)v; return s;",
        "var s = 0; foreach (var c in \"abc\") s += c - 'a' + 1; return s;",
        "int[] w = [1, 2, .. Table, 3]; return w.Length * 100 + w[3] + w[^1] + w[^2];",
        "int[] w = { 4, 5, 6 }; w[1] += 10; w[2]++; return w[0] + w[1] * 10 + w[2];",
        "var w = new int[4]; for (var i = 0; i < w.Length; i++) w[i] = i * i; return w[1..3][1] + w[..2].Length * 10 + w[2..].Length * 100;",
        "var l = new List<int> { 1, 2 }; l.Add(3); l.AddRange([4, 5]); return l.Count * 100 + l[2] + l[^1] + l.ToArray().Length;",
        "ReadOnlySpan<int> s = [1, 2, 3, 4]; return s.Length + s[1..].Length * 10 + s.Slice(1, 2)[1] * 100;",
        "IReadOnlyList<int> s = [1, 2, 3]; IEnumerable<int> t = s; var n = 0; foreach (var v in t) n += v; return n + s.Count;",
        "List<(int A, int B)> l = [(1, 2), (3, 4)]; l.Add((5, 6)); var s = 0; foreach (var (a, b) in l) s += a * b; return s + l[1].B;",
        "var (a, b) = Both(3, 4); (a, b) = (b, a); return a * 10 + b;",
        "var t = Both(3, 4); return t.Sum * 100 + t.Product + t.Item1;",
        "(int x, int y) t = (1, 2); t.x = 5; return t.x * 10 + t.y;",
        "var t = (1, (2, 3)); var (a, (b, c)) = t; return a * 100 + b * 10 + c;",
        "(long, float) t = (1, 2); return (int)(t.Item1 + t.Item2) + ((1, 2) == (1, 2) ? 10 : 0) + ((1, 2) != (1, 3) ? 20 : 0);",
        "return Factorial(6);",
        "return Optional(1) + Optional(1, c: 5) + Optional(c: 1, a: 2, b: 3);",
        "return Identity(5) + Identity(\"four\").Length + Identity((1, 2)).Item2;",
        "return Sum() + Sum(1, 2, 3) + Sum([4, 5]) + SpanSum(6, 7) + SpanSum([8]);",
        "int a = 1, b = 2; Swap(ref a, ref b); return a * 10 + b;",
        "return (Try(4, out var b) ? b : 0) + (Try(2, out b) ? 100 : b) + (Try(9, out _) ? 1000 : 0);",
        "return Nested(5);",
        "int Local(int n) => n * Width; static int Other(int n) => n + 1; return Local(2) + Other(3);",
        "Func<int, int> f = v => v * Width; var n = 3; Func<int> g = () => n + 1; n = 10; Func<int, int> h = Factorial; return f(2) + g() + h.Invoke(4);",
        "return (int)Size.Large + (int)(Size)3 + (Size.Small == (Size)3 ? 1 : 0) + (int)(Bits.A | Bits.C) + ((Bits.A | Bits.B) & Bits.B).ToString().Length;",
        "var e = Size.Small; switch (e) { case Size.Large: return 1; case Size.Small: break; default: return 2; } return 3;",
        "switch (Width) { case < 5: return 1; case > 10 and < 20: return 2; default: return 3; }",
        "var n = 3; switch (n) { case 1: case 3: n = 30; break; case 2: n = 20; break; } return n;",
        "var s = 0; foreach (var v in Table) { switch (v) { case 5: continue; case 7: s += 1; break; default: s += 10; break; } s += 100; } return s;",
        "return Width switch { 1 or 2 => 1, > 100 => 2, >= 12 => 3, _ => 4 };",
        "return (Width, Twice) switch { (12, > 30) => 1, (var a, 24) => a, _ => 3 };",
        "return Classify(9).Length * 1000 + Classify(1).Length * 100 + Classify(\"a\").Length * 10 + Classify(null!).Length;",
        "object o = 5; return o is int i && i is > 3 and not 7 ? i : 0;",
        "string? s = null; return (s?.Length ?? 7) + (s is null ? 10 : 20) + (s ?? \"abc\").Length;",
        "int? a = null; int? b = 4; a ??= 3; return a.Value + b!.Value + (b.HasValue ? 10 : 0) + (b > 3 ? 100 : 0) + (a + b ?? 0);",
        "var s = $\"{Width}-{Size.Small}-{1.5f:F2}-{true}-{3,5}|\"; return s.Length * 100 + s[0];",
        "var s = \"a\" + 1 + 2.5 + 'c' + true + Size.Large; s += \"x\"; return s.Length + (s == \"a12.5cTrueLargex\" ? 100 : 0);",
        "return nameof(Width).Length + string.Empty.Length + \"x\".ToString().Length + 12.ToString().Length;",
        "return Twice + Stored + Table[1] + Pairs.Length + int.MaxValue / 1000000 + (int)MathF.PI;",
        "var a = default(int); bool b = default; string? s = default; return a + (b ? 1 : 2) + (s == null ? 10 : 20);",
        "var x = 10; { var y = x * 2; x = y + 1; } return x;",
        "var x = 3; return x > 2 ? x > 5 ? 1 : 2 : 3;",
        "checked { var b = (byte)200; b += 50; return b; }",
        "var x = 5; x = x switch { 5 when Width > 100 => 1, 5 => 2, _ => 3 }; return x;",
        "Index i = ^2; Range r = 1..^1; int[] w = [1, 2, 3, 4]; return w[i] * 10 + w[r].Length;",
        "return new[] { 1, 2, 3 }.Length + (new int[] { 4 })[0] + Array.Empty<int>().Length;",
        "var total = 0; void Add(int n) { total += n; } Add(3); Add(4); return total;",
        "char c = 'b'; c++; return c + (char)(c + 1);",
        "return (int)1e3 + (int)2.9f + (1.0 / 3 > 0.33 ? 1 : 0) + (0.1 + 0.2 == 0.3 ? 5 : 6) + (float.NaN == float.NaN ? 1 : 2);",
        "return -7 / 2 + -7 % 3 + (-7 >> 1) + (-7 >>> 28) + ~5 + 100;",
    };

    [Theory]
    [MemberData(nameof(Snippets))]
    public void IntegersAreWhatCSharpSays(string snippet)
    {
        var source = $$"""
            [Network] public partial class Net
            {
                static Tensor Forward([Input(4)] Tensor x) => x.Dense(F());
                public static int F() { {{snippet}} }
                {{Members}}
            }
            """;
        var compilation = Host.Compile(("Net.cs", source));
        var expected = (int)Load(compilation).GetMethod("F")!.Invoke(null, null)!;
        var result = Host.Read(compilation);
        Assert.Empty(result.Diagnostics.Select(d => d.Message));
        Assert.Equal(expected, result.Model.Graph!.Nodes[result.Model.Graph.Outputs[0]].Shape[0]);
    }

    public static TheoryData<string> Functions => new()
    {
        "float F(float x) => x * MathF.Tanh(MathF.Log(1 + MathF.Exp(x)));",
        "float F(float x) => x > 0 ? x : 0.1f * x;",
        "float F(float x) { if (x > 1) return 1; if (x < -1) return -1; return x; }",
        "float F(float x) { var y = x; if (x > 0) { y = 2 * x; } else if (x < -1) { y = -x; if (x < -2) return 5; } return y + 1; }",
        "float F(float x) => x switch { > 1 => 1, < -1 => -1, var v => v * v };",
        "float F(float x) { var s = 0f; var p = 1f; for (var i = 0; i < 5; i++) { s += p / Factorial(i); p *= x; } return s; } static int Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);",
        "float F(float x) => Half(x) + Half(Half(x)); static float Half(float x) => x / 2;",
        "float F(float x) => MathF.Max(0, MathF.Min(6, x + 3)) * x / 6;",
        "float F(float x) => 0.5f * x * (1 + MathF.Tanh(MathF.Sqrt(2 / MathF.PI) * (x + 0.044715f * MathF.Pow(x, 3))));",
        "float F(float x) { bool inside = x > -1 && x < 1 || x == 2; return inside ? MathF.Cos(x) : !inside && x > 3 ? MathF.Sin(x) : MathF.Abs(x); }",
        "float F(float x) => x is > 0 and < 1 or > 2 ? x : -x;",
        "float F(float x) { const float K = 0.3f; float a = K, b; b = a; (a, b) = (b * x, a); return Math.Clamp(a + b, -1, 1) + MathF.Floor(x); }",
        "float F(float x) { float r; if (x >= 0) r = x; else r = MathF.Exp(x) - 1; return r; }",
        "float F(float x) => 3;",
        "float F(float x) { if (x > 0) { if (x > 1) return 1; } else { if (x < -1) return -1; } return x; }",
        "float F(float x) => MathF.Log(x * x + 1) - MathF.Log2(x * x + 1) + MathF.Log10(x * x + 2);",
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void FunctionsGivenToMapAreWhatCSharpSays(string function)
    {
        var compilation = Host.Compile(("Net.cs", "[Network] public partial class Net { static Tensor Forward([Input(4)] Tensor x) => x.Map(F); public static " + function + " }"));
        var method = Load(compilation).GetMethod("F")!;
        var result = Host.Read(compilation);
        Assert.Empty(result.Diagnostics.Select(d => d.Message));
        var map = result.Model.Graph!.Nodes.Single(n => n.Op == "Map");
        var body = ((ScalarFunction)map.Arguments[0].Value!).Body;
        foreach (var x in new[] { -3f, -2, -1.5f, -1, -0.3f, 0, 0.2f, 1, 1.7f, 2, 2.5f, 4 })
        {
            Assert.Equal((float)method.Invoke(null, [x])!, (float)Value(body, x), 1e-5f);
        }
    }

    [Fact]
    public void ALambdaGivenToMapSeesTheConstantsAroundIt()
    {
        var graph = Graph(DiagnosticTests.Forward("var slope = 0.25f; for (var i = 0; i < 2; i++) { var k = slope * (i + 1); x = x.Map(v => v > 0 ? v : k * v); } return x;"));
        var bodies = graph.Nodes.Where(n => n.Op == "Map").Select(n => Value(((ScalarFunction)n.Arguments[0].Value!).Body, -2)).ToArray();
        Assert.Equal([-0.5, -1.0], bodies);
    }

    [Fact]
    public void BlocksAndNamesOpenScopes()
    {
        var graph = Graph(DiagnosticTests.Forward(
            "x = Outer(x, null); x = Outer(x, \"stem\"); for (var i = 0; i < 2; i++) x = x.Conv2d(3, 1, name: $\"layer{i}.0\"); return Plain(x);",
            """
            [Block] static Tensor Outer(Tensor x, string? name) => Inner(Inner(x)).BatchNorm();
            [Block] static Tensor Inner(Tensor x) => x.Conv2d(3, 1, bias: false);
            static Tensor Plain(Tensor x) => x.Conv2d(3, 1, bias: false);
            """));
        Assert.Equal(
            [
                "Outer1.Inner1.Conv2d1.weight", "Outer1.Inner2.Conv2d1.weight", "Outer1.BatchNorm1.weight", "Outer1.BatchNorm1.bias", "Outer1.BatchNorm1.running_mean", "Outer1.BatchNorm1.running_var",
                "stem.Inner1.Conv2d1.weight", "stem.Inner2.Conv2d1.weight", "stem.BatchNorm1.weight", "stem.BatchNorm1.bias", "stem.BatchNorm1.running_mean", "stem.BatchNorm1.running_var",
                "layer0.0.weight", "layer0.0.bias", "layer1.0.weight", "layer1.0.bias", "Conv2d1.weight",
            ],
            graph.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void SharedBlocksUseOneSetOfWeights()
    {
        var graph = Graph("""
            [Network] public partial class Net
            {
                static Tensor Forward([Input(4)] Tensor a, [Input(4)] Tensor b) => (Embed(a) - Embed(b)).Dense(1);
                [Block(shared: true)] static Tensor Embed(Tensor x) => Layer(x.Dense(8).Relu());
                [Block] static Tensor Layer(Tensor x) => x.Dense(2);
            }
            """);
        Assert.Equal(["Embed.Dense1.weight", "Embed.Dense1.bias", "Embed.Layer1.Dense1.weight", "Embed.Layer1.Dense1.bias", "Dense1.weight", "Dense1.bias"], graph.Parameters.Select(p => p.Name));
        Assert.Equal(5, graph.Nodes.Count(n => n.Op == "Dense"));
    }

    [Fact]
    public void AWeightMayBeGiven()
    {
        var graph = Graph("[Network] public partial class Net { static Tensor Forward([Input(4)] Tensor x) { var w = Tensor.Parameter([4, 4], Initializer.Normal, \"tied\"); return x.Dense(4, w, bias: false).Dense(4, weight: w); } }");
        Assert.Equal(["tied", "Dense2.bias"], graph.Parameters.Select(p => p.Name));
        Assert.Equal(Graph_(graph, "Dense", 0).Parameters[0], Graph_(graph, "Dense", 1).Parameters[0]);

        static Node Graph_(NetworkGraph g, string op, int i) => g.Nodes.Where(n => n.Op == op).ElementAt(i);
    }

    [Fact]
    public void SplitGivesSlicesAndCenterCropToTakesTheOthersSize()
    {
        var graph = Graph(DiagnosticTests.Forward("var parts = x.Split(4, axis: -1); var y = parts[1] + parts[3]; foreach (var p in parts) y = y + p; var small = y.Conv2d(3, 2); return y.CenterCropTo(small) * small;"));
        Assert.Equal(["-1,0,2", "-1,2,2", "-1,4,2", "-1,6,2"], graph.Nodes.Where(n => n.Op == "Slice").Select(n => string.Join(",", n.Arguments)));
        Assert.Equal("3,7,1", string.Join(",", graph.Nodes.Single(n => n.Op == "CenterCrop").Shape.ToArray()));
    }

    [Fact]
    public void SeveralInputsAndNamedOutputs()
    {
        var graph = Graph("""
            namespace Some.Place;
            [Network] sealed partial class Net
            {
                static (Tensor Mean, Tensor Spread) Forward([Input(4)] Tensor x, [Input(6, type: Element.Int32)] Tensor tokens, [Input(1, 4, 4)] Tensor image)
                {
                    var joined = Tensor.Concat(x, image.Flatten());
                    _ = tokens;
                    return (joined.Dense(2), joined.Dense(2));
                }

                static Tensor Loss(Tensor mean, Tensor spread, [Target(2)] Tensor y, [Target(type: Element.Int32)] Tensor label) =>
                    0.5f * mean.MeanSquaredError(y) + spread.SoftmaxCrossEntropy(label);
            }
            """.Replace("[Input(6, type: Element.Int32)] Tensor tokens, ", "").Replace("_ = tokens;", ""));
        Assert.Equal(("Some.Place", "Net", "internal", "sealed", true), (graph.Api.Namespace, graph.Api.ClassName, graph.Api.Accessibility, graph.Api.Modifier, graph.Api.HasLoss));
        Assert.Equal(["x", "image"], graph.Api.Inputs.Select(i => i.Name));
        Assert.Equal(["Mean", "Spread"], graph.Api.Outputs);
        Assert.Equal([("y", Generators.Graph.Element.Float32), ("label", Generators.Graph.Element.Int32)], graph.Api.Targets.Select(t => (t.Name, t.Element)));
    }

    [Fact]
    public void TheUsersOwnOverloadsMayStay()
    {
        Assert.Empty(Host.Analyze("""
            [Network, Input(4), Dense(2), SoftmaxCrossEntropy]
            public partial class Net
            {
                public int Predict(float[] x) => x.Length;
                public static Net Create() => null!;
                private float Forward(float a) => a;
                private static readonly int Steps = 4;
            }
            """));
    }

    private static NetworkGraph Graph(string source)
    {
        var result = Host.Read(source);
        Assert.Empty(result.Diagnostics.Select(d => d.Message));
        return result.Model.Graph!;
    }

    private static Type Load(Compilation compilation)
    {
        using var stream = new MemoryStream();
        var emitted = compilation.Emit(stream);
        Assert.Empty(emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        return Assembly.Load(stream.ToArray()).GetType("Net")!;
    }

    private static double Value(ScalarExpr e, double x) => e switch
    {
        ScalarArgument => x,
        ScalarConstant c => c.Value,
        ScalarSelect s => Value(s.Condition, x) != 0 ? Value(s.WhenTrue, x) : Value(s.WhenFalse, x),
        ScalarUnary u => (u.Function, Value(u.X, x)) switch
        {
            ("Exp", var a) => Math.Exp(a),
            ("Log", var a) => Math.Log(a),
            ("Sqrt", var a) => Math.Sqrt(a),
            ("Tanh", var a) => Math.Tanh(a),
            ("Abs", var a) => Math.Abs(a),
            ("Neg", var a) => -a,
            ("Sin", var a) => Math.Sin(a),
            ("Cos", var a) => Math.Cos(a),
            ("Floor", var a) => Math.Floor(a),
            ("Not", var a) => a == 0 ? 1 : 0,
            var other => throw new InvalidOperationException(other.Function),
        },
        ScalarBinary b => (b.Function, Value(b.X, x), Value(b.Y, x)) switch
        {
            ("Add", var p, var q) => p + q,
            ("Sub", var p, var q) => p - q,
            ("Mul", var p, var q) => p * q,
            ("Div", var p, var q) => p / q,
            ("Min", var p, var q) => Math.Min(p, q),
            ("Max", var p, var q) => Math.Max(p, q),
            ("Pow", var p, var q) => Math.Pow(p, q),
            ("Less", var p, var q) => p < q ? 1 : 0,
            ("LessOrEqual", var p, var q) => p <= q ? 1 : 0,
            ("Greater", var p, var q) => p > q ? 1 : 0,
            ("GreaterOrEqual", var p, var q) => p >= q ? 1 : 0,
            ("Equal", var p, var q) => p == q ? 1 : 0,
            ("NotEqual", var p, var q) => p != q ? 1 : 0,
            ("And", var p, var q) => p * q,
            ("Or", var p, var q) => Math.Max(p, q),
            var other => throw new InvalidOperationException(other.Item1),
        },
        _ => throw new InvalidOperationException(e.ToString()),
    };
}
