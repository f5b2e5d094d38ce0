using DeepGen.Generators.Ops;
using Microsoft.CodeAnalysis;

namespace DeepGen.Generators.Diagnostics;

/// <summary>
/// Every mistake DeepGen speaks of, one descriptor each, with a page under docs/diagnostics. All are errors that no setting can silence:
/// a broken network must never build.
/// </summary>
internal static class Descriptors
{
    // The tool itself.
    public static readonly DiagnosticDescriptor Internal = Make("DG0001", "Internal error", "Internal error of DeepGen in {0}: {1}; please report it with this network");

    // The declaration.
    public static readonly DiagnosticDescriptor NotPartial = Make("DG0002", "A network must be partial", "The network '{0}' must be a partial class, because the build writes its other half; add 'partial'");
    public static readonly DiagnosticDescriptor WrongKind = Make("DG0003", "A network must be a plain top-level class", "The network '{0}' must be a plain top-level class but is {1}; {2}");
    public static readonly DiagnosticDescriptor BaseClass = Make("DG0004", "A network has a base class of its own", "The network '{0}' cannot derive from '{1}': its generated half derives from DeepGen.Network; remove the base class (interfaces may stay)");
    public static readonly DiagnosticDescriptor Collision = Make("DG0005", "A member collides with the generated API", "'{0}' has the name and signature of a generated member of the network '{1}'; rename it");
    public static readonly DiagnosticDescriptor Unsafe = Make("DG0006", "Networks need AllowUnsafeBlocks", "The generated kernels of '{0}' use pointers but unsafe code is off in this project; set <AllowUnsafeBlocks>true</AllowUnsafeBlocks>");
    public static readonly DiagnosticDescriptor LanguageVersion = Make("DG0007", "Networks need C# 13", "The generated half of '{0}' needs C# 13 but the project compiles as C# {1}; set <LangVersion>latest</LangVersion>");
    public static readonly DiagnosticDescriptor NoInput = Make("DG0008", "A network needs an input", "The network '{0}' has no input; {1}");
    public static readonly DiagnosticDescriptor NoOutput = Make("DG0009", "A network needs an output", "The network '{0}' has no output; {1}");
    public static readonly DiagnosticDescriptor StackAndForward = Make("DG0010", "Either a stack or a Forward", "'{0}' stands in a stack of layers but the network '{1}' also has a Forward method; a network is one or the other");
    public static readonly DiagnosticDescriptor StackSpread = Make("DG0011", "The stack stands on one declaration", "'{0}' stands on another declaration than [Network]; write the whole stack on one declaration of '{1}', because declarations have no order");
    public static readonly DiagnosticDescriptor LossNotLast = Make("DG0012", "The loss stands last", "'{0}' comes after the loss '{1}', which must stand last in the stack");
    public static readonly DiagnosticDescriptor TwoLosses = Make("DG0013", "A network has one loss", "The network '{0}' has two losses, '{1}' and '{2}'; keep one, or weigh and sum them in a Loss method");
    public static readonly DiagnosticDescriptor ForwardSignature = Make("DG0014", "Forward has another signature", "{0}; declare it as static Tensor Forward([Input(…)] Tensor x), or with a named tuple of tensors as its result");
    public static readonly DiagnosticDescriptor LossSignature = Make("DG0015", "Loss has another signature", "{0}; declare it as static Tensor Loss, with one Tensor per output and then [Target(…)] Tensor parameters");
    public static readonly DiagnosticDescriptor LossNeedsOneOutput = Make("DG0016", "A loss attribute needs one output", "The loss attribute '{0}' needs a network of one output but '{1}' has {2}; write a Loss method");
    public static readonly DiagnosticDescriptor Extent = Make("DG0017", "An extent must be positive", "The extent {0} of '{1}' must be at least 1 but is {2}");
    public static readonly DiagnosticDescriptor LossState = Make("DG0018", "Loss uses a running statistic", "The Loss of '{0}' uses the running statistic '{1}', which only Forward moves; use its layer in Forward and return what depends on it as an output");
    public static readonly DiagnosticDescriptor Unpool = Make("DG0019", "Unpooling without its pool", "{0}{1}");
    public static readonly DiagnosticDescriptor PenaltyWithoutLoss = Make("DG0025", "A penalty needs a loss", "'{0}' is added to the loss, but the network '{1}' has none; declare a loss, for instance [MeanSquaredError], or a Loss method");
    public static readonly DiagnosticDescriptor RecomputeWithoutBlock = Make("DG0026", "Recompute needs a block", "[Recompute] stands on '{0}', which is no block; write [Block, Recompute] there, or remove it");

    // Recurrence.
    public static readonly DiagnosticDescriptor StateShape = Make("DG0037", "A state changes its shape", "{0}{1}");
    public static readonly DiagnosticDescriptor InCell = Make("DG0038", "Not possible in a cell", "{0}{1}");
    public static readonly DiagnosticDescriptor Lengths = Make("DG0039", "Lengths that fit no input", "{0}");

    // Shapes: the call is understood but does not fit.
    public static readonly DiagnosticDescriptor Argument = Make("DG0101", "An argument is out of its range", "{0}{1}");
    public static readonly DiagnosticDescriptor NeedsFlatten = Make("DG0102", "A layer needs a vector", "{0}{1}");
    public static readonly DiagnosticDescriptor Rank = Make("DG0103", "A layer needs another rank", "{0}{1}");
    public static readonly DiagnosticDescriptor WindowTooLarge = Make("DG0104", "A window is larger than the map", "{0}{1}");
    public static readonly DiagnosticDescriptor Groups = Make("DG0105", "Groups do not divide the channels", "{0}{1}");
    public static readonly DiagnosticDescriptor ShapesDiffer = Make("DG0106", "Shapes do not fit together", "{0}{1}");
    public static readonly DiagnosticDescriptor ElementCount = Make("DG0107", "Another number of elements", "{0}{1}");
    public static readonly DiagnosticDescriptor ElementType = Make("DG0108", "Another element type", "{0}{1}");
    public static readonly DiagnosticDescriptor SharedShape = Make("DG0109", "Shared weights of another shape", "{0}{1}");
    public static readonly DiagnosticDescriptor LossShape = Make("DG0110", "The loss does not fit the output or the target", "{0}{1}");
    public static readonly DiagnosticDescriptor LossNotScalar = Make("DG0111", "Loss must give one number per sample", "Loss must give one number per sample but gives {0}; end it with a loss such as MeanSquaredError, or a weighted sum of losses{1}");
    public static readonly DiagnosticDescriptor NoSuchExtent = Make("DG0112", "A tensor has no such extent", "{0}{1}");
    public static readonly DiagnosticDescriptor TooLarge = Make("DG0113", "A tensor is too large", "{0} is too large: a tensor of one sample may have at most 2,147,483,647 elements{1}");
    public static readonly DiagnosticDescriptor OutsideTensor = Make("DG0131", "A part lies outside the tensor", "{0}{1}");

    // Evaluation at build time.
    public static readonly DiagnosticDescriptor NotEvaluable = Make("DG0201", "Not known at build time", "{0}");
    public static readonly DiagnosticDescriptor NoSource = Make("DG0202", "A method without source", "'{0}' has no source in this compilation, so it cannot be evaluated at build time; write it here, or compute its value as a constant");
    public static readonly DiagnosticDescriptor Endless = Make("DG0203", "A loop does not end", "{0}");
    public static readonly DiagnosticDescriptor TooDeep = Make("DG0204", "A recursion does not end", "The call of '{0}' is nested more than {1} deep; a recursion in Forward must end at build time");
    public static readonly DiagnosticDescriptor Arithmetic = Make("DG0205", "An evaluation fails", "{0}");
    public static readonly DiagnosticDescriptor Thrown = Make("DG0206", "Forward throws", "The evaluation of the network throws {0}");
    public static readonly DiagnosticDescriptor NotDifferentiable = Make("DG0207", "Not possible in a function given to Map", "{0}");

    // It would run, but it is wrong.
    public static readonly DiagnosticDescriptor SoftmaxBeforeLogits = Make("DG0301", "Softmax before a cross-entropy on logits", "{0} takes logits and applies the {2} itself, but {1} comes before it; remove {1}{3}");
    public static readonly DiagnosticDescriptor UnusedLayer = Make("DG0302", "A layer that nobody uses", "The result of {0} reaches no output and no loss; use it or remove it");
    public static readonly DiagnosticDescriptor UnusedInput = Make("DG0303", "An input that nobody uses", "The input '{0}' reaches no output and no loss; use it or remove it");
    public static readonly DiagnosticDescriptor UnusedTarget = Make("DG0304", "A target that nobody uses", "The target '{0}' is not used by the loss; use it or remove it");
    public static readonly DiagnosticDescriptor NameTaken = Make("DG0305", "A name used twice", "{0}{1}");

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } = new[]
    {
        Internal, NotPartial, WrongKind, BaseClass, Collision, Unsafe, LanguageVersion, NoInput, NoOutput, StackAndForward, StackSpread, LossNotLast, TwoLosses,
        ForwardSignature, LossSignature, LossNeedsOneOutput, Extent, LossState, Unpool, PenaltyWithoutLoss, RecomputeWithoutBlock,
        StateShape, InCell, Lengths,
        Argument, NeedsFlatten, Rank, WindowTooLarge, Groups, ShapesDiffer, ElementCount, ElementType, SharedShape, LossShape, LossNotScalar, NoSuchExtent, TooLarge, OutsideTensor,
        NotEvaluable, NoSource, Endless, TooDeep, Arithmetic, Thrown, NotDifferentiable,
        SoftmaxBeforeLogits, UnusedLayer, UnusedInput, UnusedTarget, NameTaken,
    };

    public static DiagnosticDescriptor Of(OpErrorKind kind) => kind switch
    {
        OpErrorKind.Argument => Argument,
        OpErrorKind.NeedsFlatten => NeedsFlatten,
        OpErrorKind.Rank => Rank,
        OpErrorKind.WindowTooLarge => WindowTooLarge,
        OpErrorKind.Unpool => Unpool,
        OpErrorKind.TooLarge => TooLarge,
        OpErrorKind.Groups => Groups,
        OpErrorKind.OutsideTensor => OutsideTensor,
        OpErrorKind.ShapesDiffer => ShapesDiffer,
        OpErrorKind.ElementCount => ElementCount,
        OpErrorKind.ElementType => ElementType,
        OpErrorKind.SharedShape => SharedShape,
        OpErrorKind.LossShape => LossShape,
        OpErrorKind.NameTaken => NameTaken,
        OpErrorKind.StateShape => StateShape,
        OpErrorKind.InCell => InCell,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No descriptor for this kind."),
    };

    private static DiagnosticDescriptor Make(string id, string title, string message) => new(
        id,
        title,
        message,
        "DeepGen",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: $"https://github.com/deepgen/deepgen/blob/main/docs/diagnostics/{id}.md",
        customTags: new[] { WellKnownDiagnosticTags.NotConfigurable });
}
