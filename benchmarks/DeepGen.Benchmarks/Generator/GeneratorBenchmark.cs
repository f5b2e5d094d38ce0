using System.Diagnostics;
using System.Globalization;
using DeepGen.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DeepGen.Benchmarks.Generator;

/// <summary>
/// What DeepGen costs the compiler: the whole generator for ResNet-50 in a warm process, and what an edit costs in a project of many such networks.
/// Medians, with the best run and the thread's processor time beside them: on a busy machine those are nearer to the truth. The analyzer is timed without the generated halves, which it leaves out.
/// </summary>
internal static class GeneratorBenchmark
{
    private const string Usings = "global using System; global using System.Collections.Generic; global using DeepGen; global using Tensor = DeepGen.Tensor;";

    private const string Unrelated = "class Unrelated { int M() => 1; /* edit */ }";

    private const string ResNet50 = """
        namespace Project.N0;

        [Network, SoftmaxCrossEntropy]
        public partial class ResNet50
        {
            static Tensor Forward([Input(3, 224, 224)] Tensor image)
            {
                var x = image.Conv2d(64, kernel: 7, stride: 2, padding: 3, bias: false).BatchNorm().Relu().MaxPool2d(3, stride: 2, padding: 1);
                ReadOnlySpan<(int Width, int Blocks)> stages = [(64, 3), (128, 4), (256, 6), (512, 3)];
                foreach (var (width, blocks) in stages)
                    for (var i = 0; i < blocks; i++)
                        x = Bottleneck(x, width, stride: i == 0 && width > 64 ? 2 : 1);
                return x.GlobalAvgPool2d().Dense(1000); /* edit */
            }

            [Block]
            static Tensor Bottleneck(Tensor x, int width, int stride)
            {
                var y = x.Conv2d(width, 1, bias: false).BatchNorm().Relu()
                         .Conv2d(width, 3, stride, padding: 1, bias: false).BatchNorm().Relu()
                         .Conv2d(4 * width, 1, bias: false).BatchNorm();
                var skip = stride == 1 && x.Channels == 4 * width ? x : x.Conv2d(4 * width, 1, stride, bias: false).BatchNorm();
                return (y + skip).Relu();
            }
        }
        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp13);

    private static readonly MetadataReference[] References =
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is { } n && (n.StartsWith("System", StringComparison.Ordinal) || n is "netstandard.dll" or "mscorlib.dll" or "DeepGen.dll"))
            .Select(p => (MetadataReference)MetadataReference.CreateFromFile(p)).ToArray();

    /// <summary>Processor times of the runs being measured.</summary>
    private static readonly List<double> cpu = [];

    public static int Run(string[] args)
    {
        var networks = args.Length > 0 && int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 40;
        var runs = args.Length > 1 && int.TryParse(args[1], NumberStyles.None, CultureInfo.InvariantCulture, out var r) ? r : 25;

        Report("ResNet-50: whole generator, nothing remembered", 150, Measure(runs, i =>
        {
            var compilation = Compile([("ResNet50.cs", ResNet50 + "// " + i)]);
            return () => Driver().RunGenerators(compilation);
        }));
        Report("ResNet-50: parsing and evaluation of it", null, Measure(runs, i =>
        {
            var compilation = Compile([("ResNet50.cs", ResNet50 + "// p" + i)]);
            return () => Evaluate(compilation);
        }));

        var files = Enumerable.Range(0, networks).Select(k => ($"Net{k}.cs", ResNet50.Replace("N0", "N" + k))).Append(("Unrelated.cs", Unrelated)).ToArray();
        var project = Compile(files);
        var driver = Driver().RunGenerators(project);

        // Every edit follows the one before it, as typing does.
        Report($"{networks} networks: an edit in an unrelated file, generator", 30, Measure(runs, i =>
        {
            project = Edit(project, "Unrelated.cs", Unrelated.Replace("edit", "edit " + i).Replace("=> 1", "=> " + i));
            return () => driver = driver.RunGenerators(project);
        }));
        Analyze(project);
        Report($"{networks} networks: an edit in an unrelated file, analyzer", 30, Enumerable.Range(0, runs).Select(i =>
        {
            project = Edit(project, "Unrelated.cs", Unrelated.Replace("edit", "analyzed " + i));
            return Analyze(project);
        }));
        Report($"{networks} networks: a keystroke in one network, generator up to the graph", 20, Measure(runs, i =>
        {
            var edited = Edit(project, "Net0.cs", ResNet50.Replace("edit", "typed " + i));
            return () => driver = driver.RunGenerators(edited);
        }));

        // As an editor runs it that leaves out what nobody's code can see, which is what Roslyn means by an implementation output; then whole, as a build does.
        var editor = Driver(IncrementalGeneratorOutputKind.Implementation).RunGenerators(project);
        Report($"{networks} networks: a keystroke that changes one network, what code can see", 20, Measure(runs, i =>
        {
            var edited = Edit(project, "Net0.cs", ResNet50.Replace("Dense(1000)", $"Dense({1001 + i})"));
            return () => editor = editor.RunGenerators(edited);
        }));
        Report($"{networks} networks: a keystroke that changes one network, with its kernels", null, Measure(runs, i =>
        {
            var edited = Edit(project, "Net0.cs", ResNet50.Replace("Dense(1000)", $"Dense({2001 + i})"));
            return () => driver = driver.RunGenerators(edited);
        }));
        return 0;
    }

    private static CSharpCompilation Compile(IEnumerable<(string Path, string Source)> files) => CSharpCompilation.Create(
        "Project",
        files.Append(("Usings.cs", Usings)).Select(f => CSharpSyntaxTree.ParseText(f.Item2, ParseOptions, f.Item1)),
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));

    private static CSharpCompilation Edit(CSharpCompilation project, string path, string source) =>
        project.ReplaceSyntaxTree(project.SyntaxTrees.Single(t => t.FilePath == path), CSharpSyntaxTree.ParseText(source, ParseOptions, path));

    private static GeneratorDriver Driver(IncrementalGeneratorOutputKind without = IncrementalGeneratorOutputKind.None) =>
        CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: ParseOptions, driverOptions: new GeneratorDriverOptions(without));

    private static void Evaluate(CSharpCompilation compilation)
    {
        var type = compilation.GetTypeByMetadataName("Project.N0.ResNet50")!;
        var attribute = (Microsoft.CodeAnalysis.CSharp.Syntax.AttributeSyntax)type.GetAttributes().Single(a => a.AttributeClass!.Name == "NetworkAttribute").ApplicationSyntaxReference!.GetSyntax();
        var result = NetworkMemo.Get(compilation, type, (Microsoft.CodeAnalysis.CSharp.Syntax.TypeDeclarationSyntax)attribute.Parent!.Parent!, attribute, CancellationToken.None);
        if (result.Model.Graph is null)
        {
            throw new InvalidOperationException(result.Model.Error);
        }
    }

    /// <summary>The analyzer's own time, as the compiler's telemetry counts it.</summary>
    private static double Analyze(Compilation compilation)
    {
        var analyzer = new NetworkAnalyzer();
        var options = new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrentAnalysis: false, logAnalyzerExecutionTime: true);
        var analyzed = compilation.WithAnalyzers([analyzer], options);
        if (!analyzed.GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult().IsEmpty)
        {
            throw new InvalidOperationException("The networks of the benchmark have errors.");
        }

        return analyzed.GetAnalyzerTelemetryInfoAsync(analyzer, CancellationToken.None).GetAwaiter().GetResult().ExecutionTime.TotalMilliseconds;
    }

    /// <summary>Processor time of the running thread, which a busy machine does not stretch; NaN where the system does not tell.</summary>
    private static double ThreadTime() =>
        OperatingSystem.IsLinux() && ClockGetTime(3, out var t) == 0 ? (t.Seconds * 1e3) + (t.Nanoseconds / 1e6) : double.NaN;

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int ClockGetTime(int clock, out Timespec time);

    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    private static IEnumerable<double> Measure(int runs, Func<int, Action> prepare)
    {
        for (var i = 0; i < Math.Max(40, runs); i++)
        {
            prepare(-1 - i)();
        }

        return Enumerable.Range(0, runs).Select(i =>
        {
            var action = prepare(i);
            var clock = Stopwatch.StartNew();
            var thread = ThreadTime();
            action();
            cpu.Add(ThreadTime() - thread);
            return clock.Elapsed.TotalMilliseconds;
        });
    }

    private static void Report(string what, double? limit, IEnumerable<double> times)
    {
        cpu.Clear();
        var sorted = times.Order().ToArray();
        cpu.Sort();
        var median = sorted[sorted.Length / 2];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-78} {median,8:F2} ms (best {sorted[0]:F2}{(cpu.Count > 0 ? $", processor {cpu[cpu.Count / 2]:F2}" : "")}){(limit is { } l ? $"   limit {l} ms   ratio {median / l:F2}" : "")}"));
    }
}
