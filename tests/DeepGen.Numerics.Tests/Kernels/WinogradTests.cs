using DeepGen.Kernels;
using static DeepGen.Numerics.Tests.Kernels.ConvCases;

namespace DeepGen.Numerics.Tests.Kernels;

/// <summary>Winograd's algorithm wherever it is possible, against sums in double: norm-wise within 1e-6·√C for F(2×2) and ten times that for F(4×4), where C channels are summed.</summary>
public sealed unsafe class WinogradTests
{
    /// <summary>(tile, batch, C, H, W, O, top, left, bottom, right).</summary>
    public static TheoryData<int[]> Shapes()
    {
        var data = new TheoryData<int[]>();
        var random = new Random(3);
        foreach (var tile in new[] { 2, 4 })
        {
            data.Add([tile, 2, 16, 14, 14, 16, 1, 1, 1, 1]);
            data.Add([tile, 1, 64, 7, 7, 50, 1, 1, 1, 1]);
            data.Add([tile, 3, 8, 40, 70, 24, 0, 0, 0, 0]);
            data.Add([tile, 40, 24, 3, 3, 9, 1, 1, 1, 1]);
            data.Add([tile, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
            data.Add([tile, 1, 32, 5, 60, 130, 2, 2, 2, 2]);
            data.Add([tile, 2, 8, 33, 9, 8, 0, 1, 2, 0]);
            for (var i = 0; i < 12; i++)
                data.Add([tile, random.Next(1, 5), random.Next(1, 4) * (i % 2 == 0 ? 16 : 5), random.Next(3, 30), random.Next(3, 40), random.Next(1, 40), random.Next(0, 3), random.Next(0, 3), random.Next(0, 3), random.Next(0, 3)]);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Matches_double(int[] n)
    {
        using var workers = new Workers(2);
        var (s, batch) = (Shape([n[1], n[2], n[3], n[4], n[5], 3, 3, 1, 1, n[6], n[7], n[8], n[9], 1, 1, 1]), n[1]);
        var bound = n[0] == 2 ? 1e-6 : 1e-5;
        using var t = new ConvTensors(s, batch);
        using var y = new GuardedBuffer(t.Y.Count);
        using var dx = new GuardedBuffer(t.X.Count);
        using var dw = new GuardedBuffer(t.W.Count);
        using var forms = new WeightForms(n[0]) { IsForced = true };
        double[] expectedY = new double[t.Y.Count], expectedX = new double[t.X.Count], expectedW = Array.ConvertAll(t.W.Span.ToArray(), x => (double)x), expectedB = new double[t.B.Count];
        EachTerm(s, batch, (xi, wi, yi) =>
        {
            expectedY[yi] += (double)t.X.Span[xi] * t.W.Span[wi];
            expectedX[xi] += (double)t.Y.Span[yi] * t.W.Span[wi];
            expectedW[wi] += (double)t.Y.Span[yi] * t.X.Span[xi];
        });
        for (var i = 0; i < t.Y.Count; i++)
            expectedB[i / Positions(s) % s.OutChannels] += t.Y.Span[i];

        Convolution.Forward(workers, s, batch, t.X.Pointer, t.W.Pointer, y.Pointer, default(Identity), forms);
        Compare.Close(expectedY, y.Span, "y", bound * Math.Sqrt(s.Channels));
        Convolution.GradInput(workers, s, batch, t.Y.Pointer, t.W.Pointer, dx.Pointer, default(Identity), forms);
        Compare.Close(expectedX, dx.Span, "dx", bound * Math.Sqrt(s.OutChannels));
        t.W.Span.CopyTo(dw.Span);
        Convolution.GradWeight(workers, s, batch, t.X.Pointer, t.Y.Pointer, dw.Pointer, true, null, forms);
        Compare.Close(expectedW, dw.Span, "dw + what stood there", bound * Math.Sqrt(batch * Positions(s)));
        for (var i = 0; i < expectedW.Length; i++)
            expectedW[i] -= t.W.Span[i];
        Convolution.GradWeight(workers, s, batch, t.X.Pointer, t.Y.Pointer, dw.Pointer, false, t.B.Pointer, forms);
        Compare.Close(expectedW, dw.Span, "dw", bound * Math.Sqrt(batch * Positions(s)));
        Compare.Close(expectedB, t.B.Span, "db", 1e-6 * Math.Sqrt(batch * Positions(s)));
    }

    /// <summary>One slice, a window of one slice, and a depth padding that the only window falls into: all its products are with zeros.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void Windows_that_see_nothing_but_depth_padding_are_zero(int kernel)
    {
        using var workers = new Workers(2);
        var s = Shape([1, 16, 9, 9, 16, kernel, kernel, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 3, 1, 1, 1]);
        Assert.Equal((1, 1), (s.OutDepth, s.PadFront));
        using var t = new ConvTensors(s, 1);
        using var y = new GuardedBuffer(t.Y.Count);
        using var dx = new GuardedBuffer(t.X.Count);
        using var dw = new GuardedBuffer(t.W.Count);
        using var forms = new WeightForms(4) { IsForced = true };
        Convolution.Forward(workers, s, 1, t.X.Pointer, t.W.Pointer, y.Pointer, default(Identity), forms);
        Convolution.GradInput(workers, s, 1, t.Y.Pointer, t.W.Pointer, dx.Pointer, default(Identity), forms);
        Convolution.GradWeight(workers, s, 1, t.X.Pointer, t.Y.Pointer, dw.Pointer, false, null, forms);
        Assert.All(y.Span.ToArray(), value => Assert.Equal(0, value));
        Assert.All(dx.Span.ToArray(), value => Assert.Equal(0, value));
        Assert.All(dw.Span.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_call_keeps_a_form_for_each_algorithm_it_chooses()
    {
        // Of few pixels and many channels: the batch decides.
        using var workers = new Workers(2);
        var s = Shape([16, 256, 7, 7, 256, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        var choices = new[] { 1, 16 }.Select(batch => ConvCost.Winograd(s, batch, Simd.Level / 32, 4, true, false)).ToArray();
        Assert.Equal(2, choices.Distinct().Count());
        using var t = new ConvTensors(s, 16);
        using var expected = new GuardedBuffer(t.Y.Count);
        using var kept = new WeightForms(4);
        foreach (var batch in new[] { 1, 16, 1, 16 })
        {
            var y = expected.Span[..(t.Y.Count / 16 * batch)];
            Convolution.Forward(workers, s, batch, t.X.Pointer, t.W.Pointer, expected.Pointer, default(Identity));
            Convolution.Forward(workers, s, batch, t.X.Pointer, t.W.Pointer, t.Y.Pointer, default(Identity), kept, 0);
            Compare.Close(Array.ConvertAll(y.ToArray(), v => (double)v), t.Y.Span[..y.Length], $"batch {batch}");
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Epilogue_sees_channels_pixels_and_what_stands_there(int tile)
    {
        using var workers = new Workers(2);
        var s = Shape([3, 16, 13, 10, 20, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        using var t = new ConvTensors(s, 3);
        using var forms = new WeightForms(tile) { IsForced = true };
        var expected = new double[t.Y.Count];
        EachTerm(s, 3, (x, w, y) => expected[y] += (double)t.X.Span[x] * t.W.Span[w]);
        for (var i = 0; i < expected.Length; i++)
            expected[i] = Everything.Reference(expected[i], t.Scale.Span[i / Positions(s) % s.OutChannels], i % Positions(s), t.Y.Span[i]);
        Convolution.Forward(workers, s, 3, t.X.Pointer, t.W.Pointer, t.Y.Pointer, new Everything(t.Scale.Pointer, t.Y.Pointer), forms);
        Compare.Close(expected, t.Y.Span, "y");
    }

    [Theory]
    [InlineData(2, 9, 16, 20, 14)]
    [InlineData(4, 9, 16, 20, 14)]
    [InlineData(2, 1, 64, 40, 28)]
    [InlineData(4, 3, 32, 64, 7)]
    public void Same_bits_for_every_thread_count(int tile, int batch, int channels, int outputs, int size)
    {
        var s = Shape([batch, channels, size, size, outputs, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        float[]? first = null;
        foreach (var threads in new[] { 1, 2, 4, 7 })
        {
            using var workers = new Workers(threads);
            using var forms = new WeightForms(tile) { IsForced = true };
            using var t = new ConvTensors(s, batch);
            using var dx = new GuardedBuffer(t.X.Count);
            using var dw = new GuardedBuffer(t.W.Count);
            Convolution.GradInput(workers, s, batch, t.Y.Pointer, t.W.Pointer, dx.Pointer, default(Identity), forms);
            Convolution.GradWeight(workers, s, batch, t.X.Pointer, t.Y.Pointer, dw.Pointer, false, t.B.Pointer, forms);
            Convolution.Forward(workers, s, batch, t.X.Pointer, t.W.Pointer, t.Y.Pointer, default(Identity), forms);
            float[] all = [.. dx.Span, .. dw.Span, .. t.B.Span, .. t.Y.Span];
            first ??= all;
            Assert.True(first.AsSpan().SequenceEqual(all), $"{threads} threads");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void Kept_forms_are_made_again_when_weights_change(int tile)
    {
        using var workers = new Workers(2);
        var s = Shape([2, 16, 9, 9, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        using var t = new ConvTensors(s, 2);
        using var expected = new GuardedBuffer(t.Y.Count);
        using var kept = new WeightForms(tile) { IsForced = true };
        using var made = new WeightForms(tile) { IsForced = true };
        void Check()
        {
            Convolution.Forward(workers, s, 2, t.X.Pointer, t.W.Pointer, expected.Pointer, default(Identity), made);
            Convolution.Forward(workers, s, 2, t.X.Pointer, t.W.Pointer, t.Y.Pointer, default(Identity), kept, 7);
            Assert.True(expected.Span.SequenceEqual(t.Y.Span));
        }

        Check();
        var before = expected.Span.ToArray();
        foreach (ref var weight in t.W.Span)
            weight *= 3;
        Convolution.Forward(workers, s, 2, t.X.Pointer, t.W.Pointer, t.Y.Pointer, default(Identity), kept, 7);
        Assert.True(before.AsSpan().SequenceEqual(t.Y.Span), "a form is kept until it is said that the weights changed");
        kept.Changed();
        Check();
    }

    [Fact]
    public void Threads_that_ask_at_once_get_one_form()
    {
        using var workers = new Workers(2);
        var s = Shape([1, 16, 9, 9, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        using var t = new ConvTensors(s, 1);
        using var expected = new GuardedBuffer(t.Y.Count);
        using var made = new WeightForms(4) { IsForced = true };
        Convolution.Forward(workers, s, 1, t.X.Pointer, t.W.Pointer, expected.Pointer, default(Identity), made);
        for (var round = 0; round < 20; round++)
        {
            using var kept = new WeightForms(4) { IsForced = true };
            var wrong = 0;
            Parallel.For(0, 8, i =>
            {
                using var y = new GuardedBuffer(t.Y.Count);
                for (var call = 0; call < 10; call++)
                {
                    Convolution.Forward(workers, s, 1, t.X.Pointer, t.W.Pointer, y.Pointer, default(Identity), kept, (i + call) % 10);
                    if (!y.Span.SequenceEqual(expected.Span))
                        Interlocked.Increment(ref wrong);
                }
            });
            Assert.Equal(0, wrong);
        }
    }
}
