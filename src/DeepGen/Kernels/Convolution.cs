using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

/// <summary>Two-dimensional convolution (cross-correlation) of NCHW tensors and its gradients.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Convolution
{
    /// <summary>y[n, o, p, q] = epilogue(Σ x[n, c, p·stride − pad + i·dilation, …]·weight[o, c, i, j]); the epilogue's row is the output channel.</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="s">Geometry.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="x">Input [batch, C, H, W].</param>
    /// <param name="weight">Weights [O, C / groups, kh, kw].</param>
    /// <param name="y">Output [batch, O, OH, OW].</param>
    /// <param name="epilogue">Applied to every finished sum.</param>
    public static void Forward<E>(Workers w, in ConvShape s, nint batch, float* x, float* weight, float* y, in E epilogue)
        where E : struct, IEpilogue
    {
        var e = epilogue;
        var args = new Job { S = s, X = x, W = weight, Y = y, Epilogue = Unsafe.AsPointer(ref e) };
        w.For(batch * s.OutChannels, 2d * s.OutHeight * s.OutWidth * s.Channels / s.Groups * s.KernelHeight * s.KernelWidth, &args, &ForwardPlanes<E>);
    }

    /// <summary>dx = epilogue(Σ dy·weight over all windows that saw the element); the epilogue's row is the input channel.</summary>
    /// <typeparam name="E">Type of the epilogue.</typeparam>
    /// <param name="w">Threads.</param>
    /// <param name="s">Geometry of the forward convolution.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="dy">Gradient of the output [batch, O, OH, OW].</param>
    /// <param name="weight">Weights [O, C / groups, kh, kw].</param>
    /// <param name="dx">Gradient of the input [batch, C, H, W].</param>
    /// <param name="epilogue">Applied to every finished sum.</param>
    public static void GradInput<E>(Workers w, in ConvShape s, nint batch, float* dy, float* weight, float* dx, in E epilogue)
        where E : struct, IEpilogue
    {
        var e = epilogue;
        var args = new Job { S = s, X = dx, W = weight, Y = dy, Epilogue = Unsafe.AsPointer(ref e) };
        w.For(batch * s.Channels, 2d * s.OutHeight * s.OutWidth * s.OutChannels / s.Groups * s.KernelHeight * s.KernelWidth, &args, &GradInputPlanes<E>);
    }

    /// <summary>dw = (accumulate ? dw : 0) + Σ dy·x over samples and windows, and db[o] likewise the sum of dy.</summary>
    /// <param name="w">Threads.</param>
    /// <param name="s">Geometry of the forward convolution.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="x">Input [batch, C, H, W].</param>
    /// <param name="dy">Gradient of the output [batch, O, OH, OW].</param>
    /// <param name="dw">Gradient of the weights [O, C / groups, kh, kw].</param>
    /// <param name="accumulate">Whether to add to what stands in dw and db.</param>
    /// <param name="db">Gradient of the bias [O], or null.</param>
    public static void GradWeight(Workers w, in ConvShape s, nint batch, float* x, float* dy, float* dw, bool accumulate, float* db)
    {
        var args = new Job { S = s, X = x, W = dw, Y = dy, Batch = batch, Accumulate = accumulate, Bias = db };
        w.For(s.OutChannels, 2d * batch * s.OutHeight * s.OutWidth * s.Channels / s.Groups * s.KernelHeight * s.KernelWidth, &args, &GradWeightPlanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardPlanes<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var job = (Job*)args;
        ref var e = ref Unsafe.AsRef<E>(job->Epilogue);
        var s = job->S;
        var inputs = s.Channels / s.Groups;
        var outputs = s.OutChannels / s.Groups;
        for (var item = begin; item < end; item++)
        {
            var o = (int)(item % s.OutChannels);
            var x = job->X + (item / s.OutChannels * s.Channels + o / outputs * inputs) * s.Height * s.Width;
            for (var p = 0; p < s.OutHeight; p++)
            {
                for (var q = 0; q < s.OutWidth; q++)
                {
                    var weight = job->W + (nint)o * inputs * s.KernelHeight * s.KernelWidth;
                    var sum = F1.Broadcast(0);
                    for (var c = 0; c < inputs; c++)
                    {
                        for (var i = 0; i < s.KernelHeight; i++)
                        {
                            var row = p * s.StrideHeight - s.PadTop + i * s.DilationHeight;
                            for (var j = 0; j < s.KernelWidth; j++, weight++)
                            {
                                var column = q * s.StrideWidth - s.PadLeft + j * s.DilationWidth;
                                if ((uint)row < (uint)s.Height && (uint)column < (uint)s.Width)
                                    sum = F1.MultiplyAdd(F1.Broadcast(*weight), F1.Load(x + ((nint)c * s.Height + row) * s.Width + column), sum);
                            }
                        }
                    }
                    var pixel = (nint)p * s.OutWidth + q;
                    var index = item * s.OutHeight * s.OutWidth + pixel;
                    F1.Store(job->Y + index, e.Apply(sum, o, pixel, index));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GradInputPlanes<E>(void* args, nint begin, nint end)
        where E : struct, IEpilogue
    {
        var job = (Job*)args;
        ref var e = ref Unsafe.AsRef<E>(job->Epilogue);
        var s = job->S;
        var inputs = s.Channels / s.Groups;
        var outputs = s.OutChannels / s.Groups;
        for (var item = begin; item < end; item++)
        {
            var channel = (int)(item % s.Channels);
            var group = channel / inputs;
            var dy = job->Y + (item / s.Channels * s.OutChannels + group * outputs) * s.OutHeight * s.OutWidth;
            for (var row = 0; row < s.Height; row++)
            {
                for (var column = 0; column < s.Width; column++)
                {
                    var sum = F1.Broadcast(0);
                    for (var o = 0; o < outputs; o++)
                    {
                        var weight = job->W + (((nint)group * outputs + o) * inputs + channel % inputs) * s.KernelHeight * s.KernelWidth;
                        for (var i = 0; i < s.KernelHeight; i++)
                        {
                            var p = row + s.PadTop - i * s.DilationHeight;
                            for (var j = 0; j < s.KernelWidth; j++, weight++)
                            {
                                var q = column + s.PadLeft - j * s.DilationWidth;
                                if (p % s.StrideHeight != 0 || q % s.StrideWidth != 0)
                                    continue;
                                if ((uint)(p / s.StrideHeight) < (uint)s.OutHeight && (uint)(q / s.StrideWidth) < (uint)s.OutWidth)
                                    sum = F1.MultiplyAdd(F1.Broadcast(*weight), F1.Load(dy + ((nint)o * s.OutHeight + p / s.StrideHeight) * s.OutWidth + q / s.StrideWidth), sum);
                            }
                        }
                    }
                    var pixel = (nint)row * s.Width + column;
                    var index = item * s.Height * s.Width + pixel;
                    F1.Store(job->X + index, e.Apply(sum, channel, pixel, index));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GradWeightPlanes(void* args, nint begin, nint end)
    {
        var job = (Job*)args;
        var s = job->S;
        var inputs = s.Channels / s.Groups;
        var outputs = s.OutChannels / s.Groups;
        for (var o = begin; o < end; o++)
        {
            var dw = job->W + o * inputs * s.KernelHeight * s.KernelWidth;
            for (var c = 0; c < inputs; c++)
            {
                for (var i = 0; i < s.KernelHeight; i++)
                {
                    for (var j = 0; j < s.KernelWidth; j++, dw++)
                    {
                        var sum = 0d;
                        for (nint n = 0; n < job->Batch; n++)
                        {
                            var x = job->X + (n * s.Channels + o / outputs * inputs + c) * s.Height * s.Width;
                            var dy = job->Y + (n * s.OutChannels + o) * s.OutHeight * s.OutWidth;
                            for (var p = 0; p < s.OutHeight; p++)
                            {
                                var row = p * s.StrideHeight - s.PadTop + i * s.DilationHeight;
                                if ((uint)row >= (uint)s.Height)
                                    continue;
                                for (var q = 0; q < s.OutWidth; q++)
                                {
                                    var column = q * s.StrideWidth - s.PadLeft + j * s.DilationWidth;
                                    if ((uint)column < (uint)s.Width)
                                        sum += x[(nint)row * s.Width + column] * dy[(nint)p * s.OutWidth + q];
                                }
                            }
                        }
                        *dw = (job->Accumulate ? *dw : 0) + (float)sum;
                    }
                }
            }
            if (job->Bias == null)
                continue;
            var biasSum = 0d;
            for (nint n = 0; n < job->Batch; n++)
            {
                var dy = job->Y + (n * s.OutChannels + o) * s.OutHeight * s.OutWidth;
                for (nint i = 0; i < (nint)s.OutHeight * s.OutWidth; i++)
                    biasSum += dy[i];
            }
            job->Bias[o] = (job->Accumulate ? job->Bias[o] : 0) + (float)biasSum;
        }
    }

    private struct Job
    {
        public ConvShape S;
        public float* X;
        public float* W;
        public float* Y;
        public void* Epilogue;
        public nint Batch;
        public bool Accumulate;
        public float* Bias;
    }
}
