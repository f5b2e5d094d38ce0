using DeepGen.Kernels;
using DeepGen.Numerics.Tests.Networks;
using static DeepGen.Numerics.Tests.Kernels.ConvCases;

namespace DeepGen.Numerics.Tests.Kernels;

/// <summary>Beside other tests a collection that one of them sets off may charge this thread with the rest of its allocation context.</summary>
[Collection(nameof(AllocationTests))]
public sealed unsafe class KernelAllocationTests
{
    [Fact]
    public void Kernels_allocate_nothing_once_warm()
    {
        // One thread, whose own count is not disturbed by other tests; what other threads do is tested with the pool.
        using var workers = new Workers(1);
        var s = Shape([8, 6, 14, 14, 16, 5, 5, 1, 1, 0, 0, 0, 0, 1, 1, 1]);
        using var t = new ConvTensors(s, 8);
        using var dx = new GuardedBuffer(t.X.Count);
        using var dw = new GuardedBuffer(t.W.Count);
        var pool = new PoolShape(16, 10, 10, 5, 5, 2, 2, 2, 2, 0, 0, true);
        var winogradShape = Shape([8, 16, 14, 14, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        using var winograd = new ConvTensors(winogradShape, 8);
        var depthwiseShape = Shape([8, 16, 14, 14, 16, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 16]);
        using var depthwise = new ConvTensors(depthwiseShape, 8);
        using var made = new WeightForms(2) { IsForced = true };
        using var kept = new WeightForms(4) { IsForced = true };
        long before = 0;
        for (var round = 0; round < 100; round++)
        {
            if (round == 50)
                before = GC.GetAllocatedBytesForCurrentThread();
            Convolution.Forward(workers, s, 8, t.X.Pointer, t.W.Pointer, t.Y.Pointer, default(Identity));
            Convolution.GradInput(workers, s, 8, t.Y.Pointer, t.W.Pointer, dx.Pointer, default(Identity));
            Convolution.GradWeight(workers, s, 8, t.X.Pointer, t.Y.Pointer, dw.Pointer, false, t.B.Pointer);
            Convolution.Forward(workers, winogradShape, 8, winograd.X.Pointer, winograd.W.Pointer, winograd.Y.Pointer, default(Identity), kept, 0);
            Convolution.GradInput(workers, winogradShape, 8, winograd.Y.Pointer, winograd.W.Pointer, winograd.X.Pointer, default(Identity), made);
            Convolution.GradWeight(workers, winogradShape, 8, winograd.X.Pointer, winograd.Y.Pointer, winograd.W.Pointer, false, null, made);
            Convolution.Forward(workers, depthwiseShape, 8, depthwise.X.Pointer, depthwise.W.Pointer, depthwise.Y.Pointer, default(Identity));
            Convolution.GradInput(workers, depthwiseShape, 8, depthwise.Y.Pointer, depthwise.W.Pointer, depthwise.X.Pointer, default(Identity));
            Convolution.GradWeight(workers, depthwiseShape, 8, depthwise.X.Pointer, depthwise.Y.Pointer, depthwise.W.Pointer, false, depthwise.B.Pointer);
            Pooling.Average(workers, pool, 8, t.Y.Pointer, dx.Pointer, default(Identity));
            Pooling.AverageGrad(workers, pool, 8, dx.Pointer, t.Y.Pointer, default(Identity));
            Pooling.MaxGrad(workers, pool, 8, t.Y.Pointer, dx.Pointer, t.Y.Pointer, default(Identity));
            MatMul.Run(workers, t.X.Pointer, 400, 1, t.W.Pointer, 1, 20, dx.Pointer, 8, 20, 20, default(Identity));
            MatMul.Accumulate(workers, t.X.Pointer, 1, 16, t.W.Pointer, 20, 1, dx.Pointer, 16, 20, 8, true, t.B.Pointer);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
