using DeepGen.Kernels;

namespace DeepGen.Numerics.Tests.Kernels;

/// <summary>Random tensors of a convolution, in memory that ends where they end.</summary>
public sealed class ConvTensors : IDisposable
{
    public ConvTensors(ConvShape s, int batch)
    {
        var random = new Random(batch);
        X = GuardedBuffer.Random(batch * s.Channels * s.Depth * s.Height * s.Width, random);
        W = GuardedBuffer.Random(s.OutChannels * s.Channels / s.Groups * s.KernelDepth * s.KernelHeight * s.KernelWidth, random, guardBefore: true);
        Y = GuardedBuffer.Random(batch * s.OutChannels * ConvCases.Positions(s), random);
        B = GuardedBuffer.Random(s.OutChannels, random);
        Scale = GuardedBuffer.Random(Math.Max(s.Channels, s.OutChannels), random);
    }

    public GuardedBuffer X { get; }

    public GuardedBuffer W { get; }

    public GuardedBuffer Y { get; }

    public GuardedBuffer B { get; }

    public GuardedBuffer Scale { get; }

    public void Dispose()
    {
        X.Dispose();
        W.Dispose();
        Y.Dispose();
        B.Dispose();
        Scale.Dispose();
    }
}
