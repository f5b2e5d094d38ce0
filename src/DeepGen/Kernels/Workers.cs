using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace DeepGen.Kernels;

/// <summary>
/// Persistent background threads that share out the ranges of a loop. The calling thread works too, so <c>Threads = 1</c> has no background thread.
/// Nothing is allocated per call. Any number of threads may call at once: the first gets the pool, the others run their loop themselves.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class Workers : IDisposable
{
    /// <summary>Below this much arithmetic a loop is over before a second thread has noticed it.</summary>
    private const double InlineFlops = 150_000;

    /// <summary>Least arithmetic worth a range of its own.</summary>
    private const double RangeFlops = 60_000;

    /// <summary>Ranges per thread of a long loop, so that a thread that is interrupted does not hold up the others.</summary>
    private const int RangesPerThread = 4;

    private const int ScratchSlots = 16;

    [ThreadStatic]
    private static Scratchpad? scratchpad;

    private readonly Thread[] background;
    private readonly AutoResetEvent[] wake;
    private readonly int[] parked;
    private readonly long spinTicks;

    // The job. Written by the caller that holds `busy` before `state` is published, unchanged until every range is done.
    private delegate*<void*, nint, nint, void> body;
    private void* args;
    private nint count;
    private Exception? failure;

    private int busy;
    private Padded remaining;

    /// <summary>generation (32 bits) | number of ranges (16) | next range to take (16).</summary>
    private Padded state;

    private volatile bool stopping;

    /// <summary>Starts the background threads.</summary>
    /// <param name="threads">Threads that work on a loop, the caller included; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is below 1 or above 1024.</exception>
    public Workers(int threads)
    {
        if (threads is < 1 or > 1024)
            throw new ArgumentOutOfRangeException(nameof(threads), threads, "Expected a number of threads from 1 to 1024.");
        Threads = threads;
        background = new Thread[threads - 1];
        wake = new AutoResetEvent[threads - 1];
        parked = new int[threads - 1];
        // With more threads than processors a spinning thread only keeps a working one from running.
        spinTicks = threads <= Environment.ProcessorCount ? Stopwatch.Frequency / 10_000 : 0;
        for (var i = 0; i < background.Length; i++)
        {
            wake[i] = new AutoResetEvent(false);
            var index = i;
            background[i] = new Thread(() => Work(index)) { IsBackground = true, Name = $"DeepGen worker {i + 1}" };
            background[i].Start();
        }
    }

    /// <summary>Threads that work on a loop, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs a generated loop over [0, count), cut as the other overload cuts it.</summary>
    /// <typeparam name="K">The kernel.</typeparam>
    /// <param name="count">Number of items.</param>
    /// <param name="flopsPerItem">Arithmetic of one item, to decide whether sharing pays.</param>
    /// <param name="kernel">The kernel with its pointers and numbers.</param>
    public void For<K>(nint count, double flopsPerItem, K kernel)
        where K : unmanaged, ILoop => For(count, flopsPerItem, &kernel, &RunLoop<K>);

    /// <summary>
    /// Runs body(args, begin, end) over [0, count) cut into contiguous ranges. Runs on the caller alone when the whole is too little to
    /// share, or when the pool is busy with another caller. Which thread runs a range, and where ranges are cut, must not change what the body writes.
    /// </summary>
    /// <param name="count">Number of items.</param>
    /// <param name="flopsPerItem">Arithmetic of one item, to decide whether sharing pays.</param>
    /// <param name="args">Handed to the body.</param>
    /// <param name="body">Called with (args, begin, end). An exception it throws is rethrown here once all ranges are done.</param>
    public void For(nint count, double flopsPerItem, void* args, delegate*<void*, nint, nint, void> body)
    {
        if (count <= 0)
            return;
        var flops = count * flopsPerItem;
        if (background.Length == 0 || count == 1 || flops < InlineFlops || Interlocked.CompareExchange(ref busy, 1, 0) != 0)
        {
            body(args, 0, count);
            return;
        }
        try
        {
            var ranges = (int)Math.Min(Math.Min(count, short.MaxValue), Math.Max(Threads, Math.Min(Threads * RangesPerThread, flops / (RangeFlops * RangesPerThread))));
            this.body = body;
            this.args = args;
            this.count = count;
            failure = null;
            Volatile.Write(ref remaining.Value, ranges);
            var generation = (ulong)Volatile.Read(ref state.Value) >> 32;
            // Interlocked, because the state must be seen before `parked` is read.
            Interlocked.Exchange(ref state.Value, (long)(((generation + 1) << 32) | ((ulong)ranges << 16)));
            for (var i = 0; i < parked.Length && i < ranges - 1; i++)
            {
                if (Volatile.Read(ref parked[i]) != 0 && Interlocked.Exchange(ref parked[i], 0) != 0)
                    wake[i].Set();
            }
            while (TakeRange())
            {
            }
            var spin = new SpinWait();
            while (Volatile.Read(ref remaining.Value) != 0)
                spin.SpinOnce(sleep1Threshold: -1);
            if (failure != null)
                ExceptionDispatchInfo.Capture(failure).Throw();
        }
        finally
        {
            failure = null;
            Volatile.Write(ref busy, 0);
        }
    }

    private static void RunLoop<K>(void* kernel, nint begin, nint end)
        where K : unmanaged, ILoop => ((K*)kernel)->Run(begin, end);

    /// <summary>
    /// Native scratch memory of the running thread, 64-byte aligned, valid until the thread asks for the same slot again; it grows when needed
    /// and is freed when the thread is gone. Contents are undefined. Slots 0 to 7 are for generated code, 8 to 15 for the kernels of this namespace.
    /// </summary>
    /// <param name="slot">Independent area, 0 to 15.</param>
    /// <param name="floats">Least size in floats.</param>
    public static float* Scratch(int slot, nint floats) => (scratchpad ??= new Scratchpad()).Get(slot, floats);

    /// <summary>Ends the background threads. The pool must not be in use.</summary>
    public void Dispose()
    {
        if (stopping)
            return;
        stopping = true;
        foreach (var e in wake)
            e.Set();
        foreach (var thread in background)
            thread.Join();
        foreach (var e in wake)
            e.Dispose();
    }

    private bool HasRange(long s) => (ushort)s < (ushort)(s >> 16);

    /// <summary>Takes one range and runs it; false when all are taken.</summary>
    private bool TakeRange()
    {
        var s = Volatile.Read(ref state.Value);
        while (true)
        {
            if (!HasRange(s))
                return false;
            // The generation in the compared value proves that the range taken belongs to the job read below.
            var seen = Interlocked.CompareExchange(ref state.Value, s + 1, s);
            if (seen == s)
                break;
            s = seen;
        }
        var ranges = (nint)(ushort)(s >> 16);
        var range = (nint)(ushort)s;
        try
        {
            var size = count / ranges;
            var longer = count % ranges;
            var begin = range * size + Math.Min(range, longer);
            body(args, begin, begin + size + (range < longer ? 1 : 0));
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, e, null);
        }
        Interlocked.Decrement(ref remaining.Value);
        return true;
    }

    private void Work(int index)
    {
        while (!stopping)
        {
            while (TakeRange())
            {
            }
            var began = Stopwatch.GetTimestamp();
            while (!HasRange(Volatile.Read(ref state.Value)) && !stopping && Stopwatch.GetTimestamp() - began < spinTicks)
                Thread.SpinWait(10);
            if (HasRange(Volatile.Read(ref state.Value)) || stopping)
                continue;
            Interlocked.Exchange(ref parked[index], 1);
            // A job published before the flag was set is seen here; one published after it finds the flag and sets the event.
            if ((!HasRange(Volatile.Read(ref state.Value)) && !stopping) || Interlocked.Exchange(ref parked[index], 0) == 0)
                wake[index].WaitOne();
            Volatile.Write(ref parked[index], 0);
        }
    }

    /// <summary>A counter on a cache line of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Padded
    {
        [FieldOffset(64)]
        public long Value;
    }

    private sealed class Scratchpad
    {
        private readonly nint[] areas = new nint[ScratchSlots];
        private readonly nint[] sizes = new nint[ScratchSlots];

        ~Scratchpad()
        {
            foreach (var area in areas)
                NativeMemory.AlignedFree((void*)area);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float* Get(int slot, nint floats) => sizes[slot] >= floats ? (float*)areas[slot] : Grow(slot, floats);

        [MethodImpl(MethodImplOptions.NoInlining)]
        private float* Grow(int slot, nint floats)
        {
            NativeMemory.AlignedFree((void*)areas[slot]);
            areas[slot] = 0;
            sizes[slot] = 0;
            var size = (floats + floats / 4 + 15) / 16 * 16;
            areas[slot] = (nint)NativeMemory.AlignedAlloc((nuint)size * sizeof(float), 64);
            sizes[slot] = size;
            return (float*)areas[slot];
        }
    }
}
