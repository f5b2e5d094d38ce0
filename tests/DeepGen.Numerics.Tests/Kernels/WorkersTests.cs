using DeepGen.Kernels;

namespace DeepGen.Numerics.Tests.Kernels;

public sealed unsafe class WorkersTests
{
    /// <summary>The pool of the loop within a loop; bodies are static.</summary>
    private static Workers? nested;

    private static int surprises;
    private static bool isWarm;

    [ThreadStatic]
    private static bool wasWarm;

    [ThreadStatic]
    private static long allocatedBefore;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(9)]
    public void Every_item_is_done_once(int threads)
    {
        using var workers = new Workers(threads);
        Assert.Equal(threads, workers.Threads);
        foreach (var count in new[] { 0, 1, 2, 3, 7, 100, 10_000 })
        {
            using var marks = new GuardedBuffer(count);
            for (var round = 1; round <= 20; round++)
            {
                workers.For(count, 1e6, marks.Pointer, &Mark);
                foreach (var mark in marks.Span)
                    Assert.Equal(round, mark);
            }
        }
    }

    [Fact]
    public void Many_threads_may_call_at_once()
    {
        using var workers = new Workers(3);
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ =>
        {
            using var marks = new GuardedBuffer(1000);
            for (var round = 1; round <= 50; round++)
                workers.For(1000, 1e6, marks.Pointer, &Mark);
            foreach (var mark in marks.Span)
                Assert.Equal(50, mark);
        });
    }

    [Fact]
    public void A_body_may_start_a_loop_of_its_own()
    {
        using var workers = new Workers(2);
        nested = workers;
        using var marks = new GuardedBuffer(64);
        workers.For(8, 1e9, marks.Pointer, &Outer);
        foreach (var mark in marks.Span)
            Assert.Equal(1, mark);

        static void Outer(void* marks, nint begin, nint end)
        {
            for (var i = begin; i < end; i++)
                nested!.For(8, 1e9, (float*)marks + (8 * i), &Mark);
        }
    }

    [Fact]
    public void An_exception_reaches_the_caller_and_the_pool_goes_on()
    {
        using var workers = new Workers(3);
        using var marks = new GuardedBuffer(100);
        for (var round = 0; round < 10; round++)
        {
            var error = Assert.Throws<InvalidOperationException>(() => workers.For(100, 1e6, null, &Fail));
            Assert.Equal("item 37", error.Message);
        }
        workers.For(100, 1e6, marks.Pointer, &Mark);
        foreach (var mark in marks.Span)
            Assert.Equal(1, mark);
    }

    [Fact]
    public void Wakes_after_a_pause()
    {
        using var workers = new Workers(2);
        using var marks = new GuardedBuffer(100);
        for (var round = 1; round <= 5; round++)
        {
            Thread.Sleep(20);
            workers.For(100, 1e6, marks.Pointer, &Mark);
            Assert.Equal(round, marks.Span[99]);
        }
    }

    [Fact]
    public void Steady_state_allocates_nothing_on_any_thread()
    {
        // Counted per thread, because other tests run in the same process.
        using var workers = new Workers(3);
        surprises = 0;
        for (var round = 0; round < 500; round++)
        {
            if (round == 250)
                Volatile.Write(ref isWarm, true);
            workers.For(1000, 1e6, null, &Watch);
            if (round % 25 == 0)
                Thread.Sleep(1); // long enough for workers to park
        }
        Assert.Equal(0, surprises);
        Volatile.Write(ref isWarm, false);

        static void Watch(void* args, nint begin, nint end)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            if (Volatile.Read(ref isWarm) && wasWarm && allocated != allocatedBefore)
                Interlocked.Increment(ref surprises);
            wasWarm = Volatile.Read(ref isWarm);
            allocatedBefore = allocated;
            Thread.SpinWait(100);
        }
    }

    [Fact]
    public void Scratch_is_aligned_grows_and_belongs_to_the_thread()
    {
        var small = Workers.Scratch(0, 10);
        Assert.Equal(0, (nint)small % 64);
        Assert.Equal((nint)small, (nint)Workers.Scratch(0, 10));
        var large = Workers.Scratch(0, 1_000_000);
        large[999_999] = 1;
        Assert.Equal((nint)large, (nint)Workers.Scratch(0, 5));
        Assert.NotEqual((nint)large, (nint)Workers.Scratch(1, 5));
        nint other = 0;
        var thread = new Thread(() => other = (nint)Workers.Scratch(0, 5));
        thread.Start();
        thread.Join();
        Assert.NotEqual((nint)large, other);
    }

    [Fact]
    public void A_number_of_threads_below_one_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new Workers(0));

    private static void Mark(void* args, nint begin, nint end)
    {
        for (var i = begin; i < end; i++)
            ((float*)args)[i]++;
    }

    private static void Fail(void* args, nint begin, nint end)
    {
        if (begin <= 37 && 37 < end)
            throw new InvalidOperationException("item 37");
    }
}
