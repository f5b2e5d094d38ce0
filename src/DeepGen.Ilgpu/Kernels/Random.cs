using System.ComponentModel;
using System.Runtime.CompilerServices;
using DeepGen.Kernels;

namespace DeepGen.Ilgpu;

/// <summary>Random numbers that depend on their place alone: the host's, bit for bit.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Random
{
    /// <summary>A uniform number in [0, 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar Uniform(ulong seed, uint purpose, ulong step, ulong sample, int element)
    {
        // Philox.Counter without its native integer, which ILGPU cannot convert.
        var last = purpose ^ ((uint)(step >> 32) * 0x9E37_79B1u) ^ ((uint)(sample >> 32) * 0x85EB_CA77u);
        return Scalar.Broadcast((Philox.Block((uint)element, (uint)sample, (uint)step, last, (uint)seed, (uint)(seed >> 32)).X0 >> 8) * (1f / (1 << 24)));
    }
}
