using DeepGen.Generators.Diagnostics;
using DeepGen.Generators.Emit;
using DeepGen.Generators.Emit.Gpu;
using DeepGen.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DeepGen.Generators.Parsing;

/// <summary>
/// Writes the other half of every network class. Everything after the graph is cached while the graph does not change. The analyzer reports what is wrong;
/// only where a build skips analyzers this generator says the same, so that a broken network never builds.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class NetworkGenerator : IIncrementalGenerator
{
    /// <summary>Names of the steps, for the tests of incrementality.</summary>
    internal const string EvaluateStep = "Evaluate", ModelStep = "Model", ApiStep = "Api", CompileStep = "Compile", GpuStep = "Gpu", DiagnosticsStep = "Diagnostics";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var networks = context.SyntaxProvider.ForAttributeWithMetadataName(
                "DeepGen.NetworkAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (c, cancellation) => Evaluate(c, cancellation))
            .Where(static r => r is not null)
            .Select(static (r, _) => r!.Value)
            .WithTrackingName(EvaluateStep);

        // Two classes whose names differ by case alone would give one file name.
        var clashes = networks.Select(static (r, _) => r.Name).Collect().Select(static (names, _) =>
            new EquatableArray<string>(names.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).SelectMany(g => g).OrderBy(n => n, StringComparer.Ordinal)));

        // Two files for each class: what the user's code can see, and what runs. An editor may leave the second one out while its user types.
        var models = networks.Select(static (r, _) => (r.Name, r.Result.Model)).WithTrackingName(ModelStep);
        context.RegisterSourceOutput(models.Select(static (m, _) => (m.Name, Source: Api(m.Model))).WithTrackingName(ApiStep).Combine(clashes), static (output, pair) => Add(output, pair.Left.Name, "", pair.Right, pair.Left.Source));
        var gpu = context.CompilationProvider.Select(static (compilation, _) => compilation.GetTypeByMetadataName("DeepGen.Ilgpu.GpuProgram") is not null);
        context.RegisterImplementationSourceOutput(
            models.Combine(gpu).Select(static (m, cancellation) => (m.Left.Name, Source: Compile(m.Left.Model, m.Right, cancellation))).WithTrackingName(CompileStep).Combine(clashes),
            static (output, pair) => Add(output, pair.Left.Name, "+Compiled", pair.Right, pair.Left.Source));

        // A project that refers to the package for GPUs gets a third file for each class, and one that makes its devices known.
        context.RegisterImplementationSourceOutput(
            models.Combine(gpu).Where(static m => m.Right).Select(static (m, cancellation) => (m.Left.Name, Source: CompileForGpu(m.Left.Model, cancellation))).WithTrackingName(GpuStep).Combine(clashes),
            static (output, pair) => Add(output, pair.Left.Name, "+OnGpu", pair.Right, pair.Left.Source));
        context.RegisterImplementationSourceOutput(gpu, static (output, isThere) =>
        {
            if (isThere)
            {
                output.AddSource("DeepGen.Devices.g.cs", GpuRegistration.Text);
            }
        });

        var report = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => BuildSkipsAnalyzers(options.GlobalOptions));
        context.RegisterSourceOutput(
            networks.Select(static (r, _) => r.Result.Diagnostics).Combine(report).WithTrackingName(DiagnosticsStep),
            static (output, pair) =>
            {
                if (pair.Right)
                {
                    foreach (var diagnostic in pair.Left)
                    {
                        output.ReportDiagnostic(diagnostic.ToDiagnostic());
                    }
                }
            });
    }

    /// <summary>The rule of the compiler's own targets: RunAnalyzers decides, RunAnalyzersDuringBuild only where it says nothing; and Visual Studio skips them in the builds it starts by itself.</summary>
    private static bool BuildSkipsAnalyzers(AnalyzerConfigOptions options)
    {
        bool Is(string property, string expected) => options.TryGetValue("build_property." + property, out var value) && string.Equals(value.Trim(), expected, StringComparison.OrdinalIgnoreCase);
        return Is("RunAnalyzers", "false")
            || (!Is("RunAnalyzers", "true") && Is("RunAnalyzersDuringBuild", "false"))
            || (Is("IsImplicitlyTriggeredBuild", "true") && !Is("OptimizeImplicitlyTriggeredBuild", "false") && (!Is("TreatWarningsAsErrors", "true") || Is("OptimizeImplicitlyTriggeredBuild", "true")));
    }

    private static (string Name, NetworkResult Result)? Evaluate(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        if (type.Name.Length == 0 || context.Attributes[0].ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax attribute || !IsFirst(type, attribute, cancellation))
        {
            return null;
        }

        var result = NetworkMemo.Get(context.SemanticModel.Compilation, type, (TypeDeclarationSyntax)context.TargetNode, attribute, cancellation);
        return (FullName(type), result);
    }

    /// <summary>[Network] on two declarations of one class is the compiler's error, and must not become two files of one name.</summary>
    internal static bool IsFirst(INamedTypeSymbol type, AttributeSyntax attribute, CancellationToken cancellation) =>
        type.GetAttributes().FirstOrDefault(a => Symbols.IsDeepGen(a.AttributeClass, "NetworkAttribute"))?.ApplicationSyntaxReference is not { } first
        || (first.SyntaxTree == attribute.SyntaxTree && first.Span == attribute.Span);

    private static string FullName(INamedTypeSymbol type)
    {
        var name = type.ContainingType is null ? type.MetadataName : FullName(type.ContainingType) + "+" + type.MetadataName;
        return type.ContainingType is null && !type.ContainingNamespace.IsGlobalNamespace ? type.ContainingNamespace.ToDisplayString() + "." + name : name;
    }

    private static void Add(SourceProductionContext output, string name, string part, EquatableArray<string> clashing, (string Text, string? Failure) source)
    {
        if (source.Failure is { } failure)
        {
            output.ReportDiagnostic(Diagnostic.Create(Descriptors.Internal, Location.None, name, failure));
        }

        if (source.Text.Length > 0)
        {
            output.AddSource(HintName(name, part, clashing), source.Text);
        }
    }

    private static string HintName(string name, string part, EquatableArray<string> clashing)
    {
        var place = -1;
        for (var i = 0; i < clashing.Count; i++)
        {
            if (clashing[i] == name)
            {
                place = i;
            }
        }

        var hint = name.Replace('@', '_').Replace('`', '_').Replace('+', '.') + part;
        return place < 0 ? hint + ".g.cs" : hint + "." + place.ToString(System.Globalization.CultureInfo.InvariantCulture) + ".g.cs";
    }

    private static (string Text, string? Failure) Api(NetworkModel model)
    {
        if (model.Graph is not null && model.Api is not null)
        {
            return Caught(() => NetworkCompiler.Api(model.Graph), failure => NetworkCompiler.ErrorApi(model.Api, "Internal error of DeepGen: " + failure));
        }

        var error = model.Silenced ? "#error " + model.Error + "\n" : "";
        return (error + (model.Api is null ? "" : NetworkCompiler.ErrorApi(model.Api, model.Error)), null);
    }

    private static (string Text, string? Failure) Compile(NetworkModel model, bool hasGpu, CancellationToken cancellation) =>
        model.Graph is null || model.Api is null ? ("", null) : Caught(() => NetworkCompiler.Compile(model.Graph, hasGpu, cancellation), _ => "");

    private static (string Text, string? Failure) CompileForGpu(NetworkModel model, CancellationToken cancellation) =>
        model.Graph is null || model.Api is null ? ("", null) : Caught(() => NetworkCompiler.CompileForGpu(model.Graph, cancellation), _ => "");

    /// <summary>A mistake of ours is an error of the build with a name of its own, not the end of the generator.</summary>
    private static (string Text, string? Failure) Caught(Func<string> write, Func<string, string> otherwise)
    {
        try
        {
            return (write(), null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var failure = e.GetType().Name + ": " + e.Message.Replace('\r', ' ').Replace('\n', ' ');
            return (otherwise(failure), failure);
        }
    }
}
