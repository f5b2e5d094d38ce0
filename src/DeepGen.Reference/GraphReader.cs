using System.Collections.Immutable;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DeepGen.Reference;

/// <summary>Reads layer graphs from source text, as the compiler reads them, without the code that it would write. May be used from many threads.</summary>
internal sealed class GraphReader
{
    /// <summary>What a project of the SDK with the package's props imports into every file.</summary>
    public const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using DeepGen;
        global using Tensor = DeepGen.Tensor;
        """;

    private static readonly Lazy<ImmutableArray<MetadataReference>> References = new(() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is var f && (f.StartsWith("System.", StringComparison.Ordinal) || f.StartsWith("netstandard", StringComparison.Ordinal)))
            .Append(typeof(Network).Assembly.Location)
            .Select(MetadataReference (p) => MetadataReference.CreateFromFile(p))
            .ToImmutableArray());

    private readonly CSharpCompilation compilation;

    /// <param name="sources">The texts of files of one project; a network may use what stands in another file.</param>
    public GraphReader(params IEnumerable<string> sources)
    {
        var parse = new CSharpParseOptions(LanguageVersion.CSharp13);
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);
        compilation = CSharpCompilation.Create("Graphs", sources.Prepend(ImplicitUsings).Select((s, i) => CSharpSyntaxTree.ParseText(s, parse, $"File{i}.cs")), References.Value, options);
    }

    /// <param name="name">The class, with or without its namespace.</param>
    /// <exception cref="ArgumentException">There is no such network, or there are several.</exception>
    /// <exception cref="InvalidOperationException">The compiler refuses it.</exception>
    public NetworkGraph Read(string name)
    {
        var found = Networks().Where(n => n.Type.Name == name || n.Type.ToDisplayString() == name).ToArray();
        return found switch
        {
            [] => throw new ArgumentException($"No [Network] class '{name}' is in the sources.", nameof(name)),
            [var (type, declaration, attribute)] => Read(type, declaration, attribute),
            _ => throw new ArgumentException($"Several [Network] classes are called '{name}': {string.Join(", ", found.Select(f => f.Type.ToDisplayString()))}.", nameof(name)),
        };
    }

    /// <summary>The graph of the first network.</summary>
    public NetworkGraph ReadFirst()
    {
        var (type, declaration, attribute) = Networks().First();
        return Read(type, declaration, attribute);
    }

    private NetworkGraph Read(INamedTypeSymbol type, ClassDeclarationSyntax declaration, AttributeSyntax attribute)
    {
        var model = NetworkReader.Read(compilation, type, declaration, attribute, out _, default).Model;
        return model.Graph ?? throw new InvalidOperationException($"{model.Error}\n{declaration}");
    }

    private IEnumerable<(INamedTypeSymbol Type, ClassDeclarationSyntax Declaration, AttributeSyntax Attribute)> Networks() =>
        from tree in compilation.SyntaxTrees
        from declaration in tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
        let attribute = declaration.AttributeLists.SelectMany(l => l.Attributes).FirstOrDefault(a => a.Name.ToString() is "Network" or "NetworkAttribute")
        where attribute is not null
        select (compilation.GetSemanticModel(tree).GetDeclaredSymbol(declaration)!, declaration, attribute);
}
