using DeepGen.Kernels;

namespace DeepGen.Numerics.Tests.Kernels;

public sealed unsafe class SequencesTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 1)]
    [InlineData(1, 7, 33)]
    [InlineData(64, 20, 130)]
    [InlineData(17, 1, 9)]
    public void Both_orders(int batch, int steps, int size)
    {
        using var workers = new Workers(2);
        using var x = GuardedBuffer.Random(batch * steps * size, new Random(3));
        using var y = GuardedBuffer.Random(batch * steps * size, new Random(4));
        using var z = GuardedBuffer.Random(batch * steps * size, new Random(5));
        Sequences.TimeMajor(workers, x.Pointer, y.Pointer, batch, steps, size);
        Sequences.SampleMajor(workers, y.Pointer, z.Pointer, batch, steps, size);
        for (var n = 0; n < batch; n++)
        {
            for (var t = 0; t < steps; t++)
            {
                for (var i = 0; i < size; i++)
                {
                    var value = x.Pointer[(((n * steps) + t) * size) + i];
                    Assert.Equal(value, y.Pointer[(((t * batch) + n) * size) + i]);
                    Assert.Equal(value, z.Pointer[(((n * steps) + t) * size) + i]);
                }
            }
        }
    }
}
