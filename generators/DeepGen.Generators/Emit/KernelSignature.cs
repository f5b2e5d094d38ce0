using System.Text;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <summary>Everything that the code of an elementwise or reducing kernel depends on, but for which tensors it is given.</summary>
internal static class KernelSignature
{
    /// <returns>The signature, and the tensors in the order it numbers them: what is read, then what is written.</returns>
    public static (string Key, Val[] Tensors) Of(KernelWriter writer, Kernel kernel)
    {
        var text = new StringBuilder();
        var tensors = new List<Val>();
        var numbers = new Dictionary<Val, int>();
        var rank = kernel.Domain.Rank;
        text.Append(KernelWriter.Name(kernel)).Append(kernel.Kind).Append(kernel.Domain).Append(string.Join(",", kernel.Axes));

        int Number(Val v)
        {
            if (!numbers.TryGetValue(v, out var n))
            {
                numbers.Add(v, n = tensors.Count);
                tensors.Add(v);
            }

            return n;
        }

        void Read(Val v, int[] map)
        {
            var origin = Views.Base(v);
            if (kernel.Computes(origin))
            {
                text.Append('m').Append(kernel.Members.IndexOf(origin)).Append(v.Dims);
                return;
            }

            if (ExpressionWalk.Resolve(v, map, rank, writer.HasMemory) is { } access)
            {
                text.Append('t').Append(Number(access.Base)).Append(access.Base.Element).Append(Operands.Role(writer.Graph, access.Base, false)).Append(access.Offset);
                foreach (var stride in access.Strides)
                {
                    text.Append(',').Append(stride);
                }

                return;
            }

            text.Append(v.Prim is ReshapePrim ? "" : v.Prim.ToString()).Append(v.Prim is IotaPrim or UniformPrim ? v.Dims.ToString() : "").Append('(');
            foreach (var x in v.Inputs)
            {
                Read(x, v.Prim is ReshapePrim ? Views.ThroughOnes(x.Dims, v.Dims, map) : v.Prim is StopGradientPrim ? map : Views.Align(x.Dims, map));
            }

            text.Append(')');
        }

        foreach (var member in kernel.Members)
        {
            var map = kernel.Kind == KernelKind.Reduce && member.Prim is not ReducePrim
                ? Views.ThroughOnes(member.Dims, kernel.Kept, Views.Identity(rank))
                : Views.Align(member.Dims, Views.Identity(rank));
            text.Append('\n').Append(member.Prim).Append(member.Dims);
            if (kernel.Stored.Contains(member))
            {
                text.Append(writer.IsGradient(member) ? "gradient" : "stored").Append(member.Phase);
            }

            if (member.Prim is SlicePrim)
            {
                var access = ExpressionWalk.Resolve(member.Inputs[0], Views.Identity(rank), rank, writer.HasMemory)!;
                text.Append('t').Append(Number(access.Base)).Append(string.Join(",", access.Strides));
                continue;
            }

            foreach (var x in member.Inputs)
            {
                Read(x, Views.Align(x.Dims, map));
            }
        }

        foreach (var v in kernel.Stored)
        {
            Number(v);
        }

        return (text.ToString(), tensors.ToArray());
    }
}
