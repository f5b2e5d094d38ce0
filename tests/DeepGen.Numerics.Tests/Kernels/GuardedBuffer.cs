using System.Runtime.InteropServices;

namespace DeepGen.Numerics.Tests.Kernels;

/// <summary>
/// Floats that end (or begin) exactly where an inaccessible page begins (or ends), so that a kernel that reads or writes one element too far crashes.
/// Canaries on the open side tell of writes there. On systems without mmap only the canaries are left.
/// </summary>
public sealed unsafe class GuardedBuffer : IDisposable
{
    private const int Page = 4096;
    private const int Canaries = 64;
    private const uint Canary = 0x7fc0_dead; // a NaN: reading it shows in the result as well

    private readonly byte* mapping;
    private readonly nint size;
    private readonly float* low;
    private readonly float* high;

    /// <summary>Allocates count floats against a guard page.</summary>
    public GuardedBuffer(int count, bool guardBefore = false)
    {
        Count = count;
        var bytes = (nint)(count + 2 * Canaries) * sizeof(float);
        size = (bytes + Page - 1) / Page * Page + 2 * Page;
        if (OperatingSystem.IsLinux())
        {
            mapping = (byte*)MemoryMap(0, (nuint)size, 3, 0x22, -1, 0);
            if ((nint)mapping == -1)
                throw new OutOfMemoryException("mmap failed");
            if (Protect((nint)mapping, Page, 0) != 0 || Protect((nint)(mapping + size - Page), Page, 0) != 0)
                throw new InvalidOperationException("mprotect failed");
        }
        else
        {
            mapping = (byte*)NativeMemory.AllocZeroed((nuint)size);
        }
        Pointer = guardBefore ? (float*)(mapping + Page) : (float*)(mapping + size - Page) - count;
        low = guardBefore ? Pointer + count : Pointer - Canaries;
        high = low + Canaries;
        for (var p = low; p < high; p++)
            *(uint*)p = Canary;
    }

    /// <summary>First float.</summary>
    public float* Pointer { get; }

    /// <summary>Number of floats.</summary>
    public int Count { get; }

    /// <summary>The floats.</summary>
    public Span<float> Span => new(Pointer, Count);

    /// <summary>A guarded buffer of numbers in [−1, 1).</summary>
    public static GuardedBuffer Random(int count, Random random, bool guardBefore = false)
    {
        var buffer = new GuardedBuffer(count, guardBefore);
        foreach (ref var x in buffer.Span)
            x = random.NextSingle() * 2 - 1;
        return buffer;
    }

    /// <summary>Checks the canaries and frees the memory.</summary>
    public void Dispose()
    {
        for (var p = low; p < high; p++)
            Assert.Equal(Canary, *(uint*)p);
        if (OperatingSystem.IsLinux())
            _ = Unmap((nint)mapping, (nuint)size);
        else
            NativeMemory.Free(mapping);
    }

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern nint MemoryMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    private static extern int Protect(nint address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(nint address, nuint length);
}
