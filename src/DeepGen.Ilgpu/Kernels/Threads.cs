using System.ComponentModel;
using System.Runtime.CompilerServices;
using ILGPU;

namespace DeepGen.Ilgpu;

/// <summary>
/// The threads of a group that compute a row together; their number is a power of two. Every wait stands before what it protects: behind the last store or wait of a loop ILGPU 1.5.3
/// moves loads past it.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Threads
{
    /// <summary>The most threads of a group.</summary>
    public const int Most = 256;

    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>The number of this thread.</summary>
    public static int Index
    {
        [MethodImpl(Inline)]
        get => Group.IdxX;
    }

    /// <summary>The number of threads.</summary>
    public static int Count
    {
        [MethodImpl(Inline)]
        get => Group.DimX;
    }

    /// <summary>Waits until all threads are here.</summary>
    [MethodImpl(Inline)]
    public static void Wait() => Group.Barrier();

    /// <summary>The sum of what the threads have, for all of them, always in the same tree.</summary>
    public static Scalar Sum(Scalar value)
    {
        var all = SharedMemory.Allocate<float>(Most);
        Group.Barrier();
        all[Index] = value.V;
        for (var half = Count / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (Index < half) all[Index] += all[Index + half];
        }

        Group.Barrier();
        return new Scalar(all[0]);
    }

    /// <summary>The greatest of what the threads have, for all of them; NaN where one is.</summary>
    public static Scalar Max(Scalar value)
    {
        var all = SharedMemory.Allocate<float>(Most);
        Group.Barrier();
        all[Index] = value.V;
        for (var half = Count / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (Index < half) all[Index] = Scalar.Max(new Scalar(all[Index]), new Scalar(all[Index + half])).V;
        }

        Group.Barrier();
        return new Scalar(all[0]);
    }
}
