using System.Runtime.CompilerServices;
using DeepGen.Generators.Diagnostics;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DeepGen.Generators.Parsing;

/// <summary>
/// Evaluates <c>Forward</c>, <c>Loss</c> and what they call over the compiler's operations. Only what is listed here is evaluated; anything else is an error
/// on its token, so that nothing is ever computed otherwise than the language defines it.
/// </summary>
internal sealed partial class Interpreter
{
    /// <summary>Operations of one network; the deepest networks of the literature take a tenth of it.</summary>
    public const int MaxSteps = 1_000_000;

    public const int MaxDepth = 200;

    private const int MaxNodes = 100_000;
    private const int MaxText = 10_000;

    private readonly Compilation compilation;
    private readonly GraphBuilder builder;
    private readonly Places places;
    private readonly CancellationToken cancellation;
    private readonly List<Origin> origins = new();
    private readonly Dictionary<SyntaxTree, SemanticModel> models = new();
    private readonly Dictionary<IMethodSymbol, IOperation?> bodies = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, object?> fields = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<IMethodSymbol, ScalarFunction> scalarFunctions = new(SymbolEqualityComparer.Default);
    private readonly Stack<object?> conditionalReceivers = new();
    private readonly List<(ILoopOperation Loop, int Count)> loops = new();

    private CallSite? calls;
    private int depth;

    /// <summary>The weights of the network while Loss is evaluated, else null.</summary>
    public IReadOnlyList<Node>? LossWeights { get; set; }
    private int steps;

    public Interpreter(Compilation compilation, GraphBuilder builder, Places places, CancellationToken cancellation)
    {
        this.compilation = compilation;
        this.builder = builder;
        this.places = places;
        this.cancellation = cancellation;
    }

    /// <summary>The trees whose method bodies or initializers the evaluation depends on.</summary>
    public IEnumerable<SyntaxTree> TreesRead => models.Keys;

    public Origin OriginOf(Node node) => origins[node.Id];

    /// <summary>Remembers where the nodes made since the last call come from.</summary>
    public void Mark(SyntaxNodeOrToken token)
    {
        while (origins.Count < builder.Nodes.Count)
        {
            origins.Add(new Origin(token, calls));
        }

        if (builder.Nodes.Count > MaxNodes)
        {
            throw Fail(Descriptors.Endless, token, $"The network has more than {MaxNodes.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} nodes; a loop or a recursion does not end");
        }
    }

    /// <summary>Calls a static method of the network with tensors.</summary>
    public object? Run(IMethodSymbol method, IReadOnlyList<object?> arguments, SyntaxToken token) => Call(method, arguments, null, null, token, null);

    public EvaluationException Fail(DiagnosticDescriptor descriptor, SyntaxNodeOrToken token, params string[] arguments) =>
        new(places.Diagnose(descriptor, token, calls, arguments), descriptor.Id.StartsWith("DG02", StringComparison.Ordinal) ? token.AsNode() ?? token.Parent : null);

    /// <summary>Whether the compiler itself finds an error around a place.</summary>
    public bool CompilerReports(SyntaxNode place)
    {
        SyntaxNode scope = place.FirstAncestorOrSelf<StatementSyntax>(s => s is not BlockSyntax) ?? (SyntaxNode?)place.FirstAncestorOrSelf<MemberDeclarationSyntax>() ?? place;
        return Model(scope.SyntaxTree).GetDiagnostics(scope.FullSpan, cancellation).Any(d => d.Severity == DiagnosticSeverity.Error);
    }

    private SemanticModel Model(SyntaxTree tree)
    {
        if (!models.TryGetValue(tree, out var model))
        {
            models.Add(tree, model = compilation.GetSemanticModel(tree));
        }

        return model;
    }

    private void Step(IOperation operation)
    {
        if (++steps > MaxSteps)
        {
            var budget = MaxSteps.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
            if (loops.Count == 0)
            {
                throw Fail(Descriptors.Endless, Places.Identifier(operation.Syntax), $"The evaluation has not ended after {budget} steps; a recursion in Forward must end at build time");
            }

            var longest = loops.OrderByDescending(l => l.Count).First().Loop;
            throw Fail(Descriptors.Endless, Places.Identifier(longest.Syntax), $"This loop has not ended after {budget} steps of evaluation; a loop in Forward must end at build time");
        }

        if ((steps & 1023) == 0)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private EvaluationException CannotEvaluate(IOperation operation, string what) =>
        Fail(Descriptors.NotEvaluable, Places.Identifier(operation.Syntax), what);

    private object? Call(IMethodSymbol method, IReadOnlyList<object?> arguments, object? receiver, Frame? outer, SyntaxNodeOrToken token, IInvocationOperation? operation, SyntaxNodeOrToken? nameToken = null)
    {
        // The parameters in a body are those of the definition, and of the part that has the body.
        var definition = method.OriginalDefinition;
        definition = definition.PartialImplementationPart ?? definition;
        if (definition.DeclaringSyntaxReferences.IsEmpty)
        {
            throw Fail(Descriptors.NoSource, token, method.ContainingType is null ? method.Name : method.ContainingType.Name + "." + method.Name);
        }

        if (definition.IsAsync || definition.IsAbstract || definition.IsExtern || definition.IsVirtual || definition.IsOverride)
        {
            throw Fail(Descriptors.NotEvaluable, token, $"'{method.Name}' cannot be evaluated at build time: only plain methods with a body can");
        }

        if (depth >= MaxDepth)
        {
            throw Fail(Descriptors.TooDeep, token, method.Name, MaxDepth.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
        }
        catch (InsufficientExecutionStackException)
        {
            throw Fail(Descriptors.TooDeep, token, method.Name, depth.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        var body = Body(definition) ?? throw Fail(Descriptors.NotEvaluable, token, $"'{method.Name}' has no body that can be evaluated at build time");
        var frame = new Frame(definition, outer) { Receiver = receiver };
        for (var i = 0; i < definition.Parameters.Length; i++)
        {
            frame.Variables[definition.Parameters[i]] = i < arguments.Count ? arguments[i] : null;
        }

        var block = definition.GetAttributes().FirstOrDefault(a => Symbols.IsDeepGen(a.AttributeClass, "BlockAttribute"));
        var recompute = definition.GetAttributes().FirstOrDefault(a => Symbols.IsDeepGen(a.AttributeClass, "RecomputeAttribute"));
        if (block is not null)
        {
            Push(definition, block, recompute is not null, arguments, nameToken ?? token);
        }
        else if (recompute is not null)
        {
            throw Fail(Descriptors.RecomputeWithoutBlock, recompute.ApplicationSyntaxReference?.GetSyntax(cancellation) is { } syntax ? Places.Identifier(syntax) : token, method.Name);
        }

        var outerCalls = calls;
        calls = new CallSite(calls, token);
        depth++;
        try
        {
            return Execute(body, frame);
        }
        finally
        {
            depth--;
            calls = outerCalls;
            if (block is not null)
            {
                builder.PopScope();
            }

            if (operation is not null && definition.Parameters.Any(p => p.RefKind is RefKind.Out or RefKind.Ref))
            {
                copyBack = frame;
            }
        }
    }

    /// <summary>The frame of a call whose ref and out parameters its caller has still to fetch.</summary>
    private Frame? copyBack;

    private void Push(IMethodSymbol method, AttributeData block, bool recompute, IReadOnlyList<object?> arguments, SyntaxNodeOrToken nameToken)
    {
        var shared = block.ConstructorArguments.Length > 0 && block.ConstructorArguments[0].Value is true;
        var name = method.Parameters.FirstOrDefault(p => p.Name == "name" && p.Type.SpecialType == SpecialType.System_String);
        try
        {
            builder.PushScope(method.Name, name is null ? null : arguments[name.Ordinal] as string, shared, recompute);
        }
        catch (OpException e)
        {
            throw Fail(Descriptors.Of(e.Kind), nameToken, e.Message, "");
        }
    }

    /// <summary>Runs a body to its result, folding in the results that were given under conditions on a tensor's elements.</summary>
    private object? Execute(IOperation body, Frame frame)
    {
        Run(body, frame);
        return Fold(frame.Pending, frame.Result, body);
    }

    private IOperation? Body(IMethodSymbol method)
    {
        if (bodies.TryGetValue(method, out var known))
        {
            return known;
        }

        IOperation? body = null;
        foreach (var reference in method.DeclaringSyntaxReferences)
        {
            var node = reference.GetSyntax(cancellation);
            body = Model(node.SyntaxTree).GetOperation(node, cancellation) switch
            {
                IMethodBodyOperation b => b.BlockBody ?? b.ExpressionBody,
                ILocalFunctionOperation f => f.Body ?? f.IgnoredBody,
                IBlockOperation b => b,
                _ => null,
            };
            if (body is not null)
            {
                break;
            }

            if (node.ContainsDiagnostics)
            {
                throw new HalfTypedException(node);
            }
        }

        bodies.Add(method, body);
        return body;
    }

    /// <summary>The value of a static readonly field of the compilation.</summary>
    private object? Field(IFieldSymbol field, IOperation use)
    {
        if (fields.TryGetValue(field, out var value))
        {
            return value;
        }

        if (field.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not VariableDeclaratorSyntax declarator)
        {
            throw CannotEvaluate(use, $"'{field.Name}' has no source in this compilation, so its value is not known at build time");
        }

        if (!field.IsStatic || !field.IsReadOnly)
        {
            throw CannotEvaluate(use, $"'{field.Name}' may change at run time, so its value is not known at build time; make it const or static readonly");
        }

        if (declarator.Initializer is null || Model(declarator.SyntaxTree).GetOperation(declarator.Initializer, cancellation) is not IFieldInitializerOperation initializer)
        {
            throw CannotEvaluate(use, $"'{field.Name}' has no initializer that can be evaluated at build time");
        }

        // Met again while its own initializer is evaluated, a field still has its default.
        fields[field] = Default(field.Type);
        var outerCalls = calls;
        calls = new CallSite(calls, Places.Identifier(use.Syntax));
        try
        {
            value = Evaluate(initializer.Value, new Frame(null, null));
        }
        finally
        {
            calls = outerCalls;
        }

        fields[field] = value;
        return value;
    }

    private static object? Default(ITypeSymbol? type) => type switch
    {
        { SpecialType: SpecialType.System_Boolean } => false,
        { TypeKind: TypeKind.Enum } => Default(((INamedTypeSymbol)type).EnumUnderlyingType),
        INamedTypeSymbol { IsTupleType: true } tuple => new TupleValue(tuple.TupleElements.Select(e => Default(e.Type)).ToArray()),
        { SpecialType: >= SpecialType.System_Char and <= SpecialType.System_Double and not SpecialType.System_Decimal } => Number.Cast(0, type.SpecialType),
        _ => null,
    };
}
