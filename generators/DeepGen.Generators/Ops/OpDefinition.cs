using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Ops;

internal enum OpParameterType
{
    Int,
    Float,
    Bool,

    /// <summary>A <c>static float f(float)</c>, or of more numbers; the op is method-only.</summary>
    Function,

    /// <summary>Axes of a sample: one <c>int</c>, or a list of them. An overload each.</summary>
    Axes,

    /// <summary>A list of numbers; <c>float[]</c> in the attribute and <c>ReadOnlySpan&lt;float&gt;</c> in the method.</summary>
    Floats,

    /// <summary>A list of extents; <c>params int[]</c> in the attribute and <c>params ReadOnlySpan&lt;int&gt;</c> in the method.</summary>
    Ints,

    /// <summary>A number for each axis of a window: an <c>int</c> for all of them, and <c>int[]</c> in a second overload of attribute and method.</summary>
    Extents,
}

/// <summary>One build-time parameter of an op, the same in the attribute and in the method.</summary>
/// <param name="Default">Null when the parameter is required.</param>
/// <param name="Minimum">Smaller values are an error on the argument.</param>
/// <param name="Arity">How many numbers a function takes.</param>
internal sealed record OpParameter(string Name, OpParameterType Type, string Doc, object? Default = null, double Minimum = double.NegativeInfinity, int Arity = 1)
{
    /// <summary>Of <see cref="OpParameterType.Extents"/>: how many axes there are.</summary>
    public int Axes { get; init; }

    /// <summary>Of <see cref="OpParameterType.Extents"/>: it may have two numbers for each axis, before and after; Padding.Same and Padding.Full stand for a number.</summary>
    public bool IsBorder { get; init; }
}

internal enum OpForm
{
    /// <summary>An attribute and a method on Tensor with the same parameter list.</summary>
    Both,

    /// <summary>A method on the first tensor: op.Name(x, the other tensors, parameters).</summary>
    Method,

    /// <summary>A static method over any number of tensors, or over several where none is the first: <c>Tensor.Concat(a, b, c)</c>, <c>Tensor.Where(mask, a, b)</c>.</summary>
    Static,

    /// <summary>An operator of Tensor; the method form is not written.</summary>
    Operator,

    /// <summary>Methods of Tensor with a cell, written by hand in the runtime.</summary>
    Cell,
}

/// <summary>
/// One op of the language: its signature and docs, its shape rule, its cost and how it lowers to primitives. A new op is a new file with a class derived from this
/// and a line in <see cref="OpCatalogue"/>; the attribute, the Tensor method, the interpreter's call and the docs row follow from it.
/// </summary>
internal abstract class OpDefinition
{
    public abstract string Name { get; }

    /// <summary>One sentence for IntelliSense, the attribute, the method and docs/ops.md.</summary>
    public abstract string Summary { get; }

    /// <summary>What it computes, in the notation of the literature.</summary>
    public abstract string Formula { get; }

    /// <summary>How the output's shape follows from the input's.</summary>
    public abstract string ShapeRule { get; }

    /// <summary>The paper or book it comes from, or "".</summary>
    public virtual string Source => "";

    /// <summary>The derivatives of the loss with respect to inputs and parameters, dy the one with respect to the output; as the gradient table derives them, for docs/ops.md.</summary>
    public abstract string Gradient { get; }

    /// <summary>What is computed in the same pass as what, for docs/ops.md.</summary>
    public abstract string Fuses { get; }

    public virtual OpForm Form => OpForm.Both;

    /// <summary>Names of the tensors it takes. The first is <c>this</c> in the method form.</summary>
    public virtual IReadOnlyList<string> Inputs => new[] { "x" };

    /// <summary>Names of its results where it has several: the method gives a tuple of them. The op computes one tensor that holds them one behind the other along axis 0.</summary>
    public virtual IReadOnlyList<string> Results => Array.Empty<string>();

    /// <summary>How much of axis 0 each of the <see cref="Results"/> takes.</summary>
    public virtual IReadOnlyList<int> ResultLengths(Node node, IReadOnlyList<Node> nodes) => throw new InvalidOperationException(Name + " has one result.");

    /// <summary>Any number of tensors in place of <see cref="Inputs"/>.</summary>
    public virtual bool Variadic => false;

    /// <summary>Its inputs are all weights of the network: it belongs in Loss, where they are known.</summary>
    public virtual bool TakesWeights => false;

    public virtual IReadOnlyList<OpParameter> Parameters => Array.Empty<OpParameter>();

    /// <summary>PyTorch's leaf names of the tensors it owns, such as weight and bias. When there are any, the method form has an overload that is given the weight.</summary>
    public virtual IReadOnlyList<string> ParameterLeaves => Array.Empty<string>();

    /// <summary>True for a loss: the last input is the target, and the result is one number per sample.</summary>
    public virtual bool IsLoss => false;

    /// <summary>True for a loss over logits whose integer targets are indices of classes: they are checked at run time, and the network is a classifier.</summary>
    public virtual bool TakesClassIndices => false;

    /// <summary>For a loss that tells right from wrong: what its first input's values mean, a name of the runtime's HeadKind; its second input is the target.</summary>
    public virtual string? HeadKind => null;

    /// <summary>The input that holds indices, -1 where none does: its values are checked at run time against <see cref="IndexCount"/>.</summary>
    public virtual int IndexInput => TakesClassIndices ? 1 : -1;

    /// <summary>How many things the indices tell apart.</summary>
    public virtual int IndexCount(Node node, IReadOnlyList<Node> nodes) => nodes[node.Inputs[0]].Shape[0];

    /// <summary>
    /// A non-linearity decides the default initializer of the layer before it: the member of the runtime's <c>Activation</c> that it counts as ("Relu" for all
    /// rectifier-like ones), "None" where it is like none of them. Null when the op is no non-linearity.
    /// </summary>
    public virtual string? Activation => null;

    /// <summary>The non-linearity that decides an initializer is looked for behind this op.</summary>
    public virtual bool KeepsScale => false;

    /// <summary>True for a loop over time, which takes an input after the others: how many steps each sample has, where the first input has such lengths.</summary>
    public virtual bool ReadsLengths => false;

    /// <summary>The shape and element type of one sample of the result; makes parameters through the context.</summary>
    /// <exception cref="OpException">The call is wrong.</exception>
    public abstract (Shape Shape, Element Element) Infer(OpContext c);

    /// <summary>The op in primitives.</summary>
    public abstract Val Lower(LowerContext c);

    /// <summary>Multiply-accumulates of one sample, as the literature counts them (convolutions and products only).</summary>
    public virtual long Macs(Node node, IReadOnlyList<Node> nodes) => 0;

    /// <summary>
    /// What one element of the result sees of each axis of an input, for the receptive fields of the layer table: null for an axis that it sees as a whole, which is right for every op that mixes
    /// all of it.
    /// </summary>
    public virtual IReadOnlyList<AxisSight?> Sees(Node node, IReadOnlyList<Node> nodes, int input) => AxisSight.Whole(nodes[node.Inputs[input]].Shape.Rank);

    /// <summary>The shape of the target for a loss given as an attribute, from the output it is applied to.</summary>
    public virtual (Shape Shape, Element Element, string Name) AttributeTarget(IReadOnlyList<ConstValue> arguments, Shape output) => throw new InvalidOperationException(Name + " is no loss.");

    /// <summary>The value of the parameter <paramref name="name"/> among a call's arguments, which stand in the order of <see cref="Parameters"/>.</summary>
    public object? Argument(IReadOnlyList<ConstValue> arguments, string name)
    {
        for (var i = 0; i < Parameters.Count; i++)
        {
            if (Parameters[i].Name == name)
            {
                return arguments[i].Value;
            }
        }

        throw new InvalidOperationException($"{Name} has no parameter {name}.");
    }

    /// <summary>Every argument lies in its range.</summary>
    /// <exception cref="OpException">One does not.</exception>
    public void CheckArguments(OpContext c)
    {
        foreach (var p in Parameters)
        {
            var value = c.Argument(p.Name);
            if (p.Type == OpParameterType.Extents)
            {
                CheckExtents(c, p, value);
                continue;
            }

            var number = value switch { int i => i, float f => f, _ => double.NaN };
            if (number < p.Minimum)
            {
                throw c.Error(OpErrorKind.Argument, p.Name, $"{Name}'s {p.Name} must be at least {new ConstValue(p.Minimum)}, but is {new ConstValue(value)}");
            }
        }
    }

    private void CheckExtents(OpContext c, OpParameter p, object? value)
    {
        var numbers = value is int all ? new[] { all } : value is EquatableArray<int> each ? each.ToArray() : Array.Empty<int>();
        if (numbers.Length != 1 && numbers.Length != p.Axes && !(p.IsBorder && numbers.Length == 2 * p.Axes))
        {
            var counts = (p.Axes == 1 ? "one number" : $"one number or {p.Axes}") + (p.IsBorder ? $", or {2 * p.Axes} (before and after each axis)" : "");
            throw c.Error(OpErrorKind.Argument, p.Name, $"{Name}'s {p.Name} needs {counts}, but {numbers.Length} are given");
        }

        var sides = numbers.Length == 2 * p.Axes;
        foreach (var number in numbers.Where(n => n < p.Minimum && !(p.IsBorder && !sides && (n is Windows.Same or Windows.Full))))
        {
            throw c.Error(OpErrorKind.Argument, p.Name, $"{Name}'s {p.Name} must be at least {new ConstValue(p.Minimum)}{(p.IsBorder ? (sides ? " on each side" : ", or Padding.Same or Padding.Full") : "")}, but is {number}");
        }
    }
}
