using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>Everything that the code of a kernel depends on, but for which tensors it is given; as numbers, so that comparing costs nothing.</summary>
internal readonly struct KernelSignature : IEquatable<KernelSignature>
{
    private readonly int[] parts;
    private readonly int hash;

    public KernelSignature(int[] parts)
    {
        this.parts = parts;
        hash = parts.Aggregate(parts.Length, (h, part) => unchecked((h * 31) + part));
    }

    public bool Equals(KernelSignature other) => hash == other.hash && parts.AsSpan().SequenceEqual(other.parts);

    public override bool Equals(object? obj) => obj is KernelSignature s && Equals(s);

    public override int GetHashCode() => hash;
}

/// <summary>The signatures of a program's kernels.</summary>
internal sealed class KernelSignatures
{
    private readonly KernelWriter writer;
    private readonly Dictionary<object, int> numbers = new();

    public KernelSignatures(KernelWriter writer) => this.writer = writer;

    /// <summary>One number for everything that is equal: a primitive, extents, a name.</summary>
    private int NumberOf(object part)
    {
        if (!numbers.TryGetValue(part, out var number))
        {
            numbers.Add(part, number = numbers.Count);
        }

        return number;
    }

    /// <returns>The signature, and the tensors in the order it numbers them: what is read, then what is written.</returns>
    public (KernelSignature Key, Val[] Tensors) Of(Kernel kernel)
    {
        var parts = new List<int>(64);
        var tensors = new List<Val>();
        var places = new Dictionary<Val, int>();
        var rank = kernel.Domain.Rank;
        parts.Add(NumberOf(KernelWriter.Name(kernel)));
        parts.Add((int)kernel.Kind);
        parts.Add(NumberOf(kernel.Domain));
        parts.Add(kernel.Axes.Length);
        parts.AddRange(kernel.Axes);

        int Place(Val v)
        {
            if (!places.TryGetValue(v, out var place))
            {
                places.Add(v, place = tensors.Count);
                tensors.Add(v);
            }

            return place;
        }

        void Tensor(Access access)
        {
            parts.Add(-1);
            parts.Add(Place(access.Base));
            parts.Add((int)access.Base.Element);
            parts.Add(NumberOf(Operands.Role(writer.Graph, access.Base, false)));
            parts.Add(NumberOf(access.Offset));
            foreach (var stride in access.Strides)
            {
                parts.Add(NumberOf(stride));
            }
        }

        void Read(Val v, int[] map)
        {
            var origin = Views.Base(v);
            if (kernel.Computes(origin))
            {
                parts.Add(-2);
                parts.Add(kernel.Members.IndexOf(origin));
                parts.Add(NumberOf(v.Dims));
            }
            else if (ExpressionWalk.Resolve(v, map, rank, writer.HasMemory) is { } access)
            {
                Tensor(access);
            }
            else
            {
                if (v.Prim is not ReshapePrim)
                {
                    parts.Add(NumberOf(v.Prim));
                }

                if (v.Prim is IotaPrim or UniformPrim)
                {
                    parts.Add(NumberOf(v.Dims));
                }

                parts.Add(v.IsContracted ? -8 : -3);
                foreach (var x in v.Inputs)
                {
                    Read(x, v.Prim is ReshapePrim ? Views.ThroughOnes(x.Dims, v.Dims, map) : v.Prim is StopGradientPrim ? map : Views.Align(x.Dims, map));
                }

                parts.Add(-4);
            }
        }

        foreach (var member in kernel.Members)
        {
            var map = kernel.Kind == KernelKind.Reduce && member.Prim is not ReducePrim
                ? Views.ThroughOnes(member.Dims, kernel.Kept, Views.Identity(rank))
                : Views.Align(member.Dims, Views.Identity(rank));
            parts.Add(-5);
            parts.Add(NumberOf(member.Prim));
            parts.Add(NumberOf(member.Dims));
            if (kernel.Stored.Contains(member))
            {
                parts.Add(writer.IsGradient(member) ? -6 : -7);
                parts.Add((int)member.Phase);
            }

            if (member.Prim is SlicePrim)
            {
                Tensor(Access.OfSlice(member, Views.Identity(rank), rank, writer.HasMemory));
                continue;
            }

            foreach (var x in member.Inputs)
            {
                Read(x, Views.Align(x.Dims, map));
            }
        }

        foreach (var v in kernel.Stored)
        {
            Place(v);
        }

        return (new KernelSignature(parts.ToArray()), tensors.ToArray());
    }
}
