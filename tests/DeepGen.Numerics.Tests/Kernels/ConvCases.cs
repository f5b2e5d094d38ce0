using DeepGen.Kernels;

namespace DeepGen.Numerics.Tests.Kernels;

/// <summary>What tests of convolutions share.</summary>
public static class ConvCases
{
    /// <summary>(C, H, W, O, …) behind the batch: see <see cref="ConvolutionTests.Shapes"/>.</summary>
    public static ConvShape Shape(int[] n)
    {
        int Out(int size, int kernel, int stride, int before, int after, int dilation)
        {
            var room = size + before + after - ((kernel - 1) * dilation) - 1;
            return room < 0 ? 0 : (room / stride) + 1;
        }

        return new ConvShape(n[1], n[2], n[3], n[4], Out(n[2], n[5], n[7], n[9], n[11], n[13]), Out(n[3], n[6], n[8], n[10], n[12], n[14]), n[5], n[6], n[7], n[8], n[9], n[10], n[13], n[14], n[15])
            is var plane && n.Length == 16 ? plane : plane with { Depth = n[16], OutDepth = Out(n[16], n[17], n[18], n[19], n[20], n[21]), KernelDepth = n[17], StrideDepth = n[18], PadFront = n[19], DilationDepth = n[21] };
    }

    /// <summary>Elements of an output channel.</summary>
    public static int Positions(ConvShape s) => s.OutDepth * s.OutHeight * s.OutWidth;

    /// <summary>Calls with the flat indices (x, weight, y) of every product that a convolution sums.</summary>
    public static void EachTerm(ConvShape s, int batch, Action<int, int, int> term)
    {
        int inputs = s.Channels / s.Groups, outputs = s.OutChannels / s.Groups;
        for (var n = 0; n < batch; n++)
        {
            for (var o = 0; o < s.OutChannels; o++)
            {
                for (var c = 0; c < inputs; c++)
                {
                    var channel = (o / outputs * inputs) + c;
                    for (var tap = 0; tap < s.KernelDepth * s.KernelHeight * s.KernelWidth; tap++)
                    {
                        int k = tap / s.KernelWidth / s.KernelHeight, i = tap / s.KernelWidth % s.KernelHeight, j = tap % s.KernelWidth;
                        for (var position = 0; position < Positions(s); position++)
                        {
                            var slice = (position / s.OutWidth / s.OutHeight * s.StrideDepth) - s.PadFront + (k * s.DilationDepth);
                            var row = (position / s.OutWidth % s.OutHeight * s.StrideHeight) - s.PadTop + (i * s.DilationHeight);
                            var column = (position % s.OutWidth * s.StrideWidth) - s.PadLeft + (j * s.DilationWidth);
                            if (slice < 0 || slice >= s.Depth || row < 0 || row >= s.Height || column < 0 || column >= s.Width)
                                continue;
                            term(
                                (((((((n * s.Channels) + channel) * s.Depth) + slice) * s.Height) + row) * s.Width) + column,
                                (((o * inputs) + c) * s.KernelDepth * s.KernelHeight * s.KernelWidth) + tap,
                                (((n * s.OutChannels) + o) * Positions(s)) + position);
                        }
                    }
                }
            }
        }
    }
}
