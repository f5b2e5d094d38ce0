using System.ComponentModel;
using ILGPU;

namespace DeepGen.Ilgpu;

/// <summary>A place in the device's memory, from which tensors lie at offsets that were planned at build time.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Arena(ArrayView<float> view)
{
    /// <summary>What begins here.</summary>
    public ArrayView<float> View { get; } = view;

    /// <summary>The place so many floats further on.</summary>
    public static Arena operator +(Arena arena, long floats) => new(arena.View.SubView(floats));

    /// <summary>What begins here.</summary>
    public static implicit operator ArrayView<float>(Arena arena) => arena.View;

    /// <summary>The same memory as integers.</summary>
    public static ArrayView<int> Ints(Arena arena) => arena.View.Cast<int>();
}
