using System.Diagnostics;
using DeepGen.Benchmarks.Compare;
using DeepGen.Benchmarks.Kernels;
using DeepGen.Kernels;

namespace DeepGen.Benchmarks.Profile;

/// <summary>
/// LeNet-5's training step call by call: the kernels that the generated code calls, on its shapes and with its epilogues, one after the other as in a
/// step, and beside them the step of the network itself. Times are the shortest of many, because the machine may be shared.
/// </summary>
internal static unsafe class ProfileCommand
{
    private static readonly ConvShape Conv1 = new(1, 28, 28, 6, 28, 28, 5, 5, 1, 1, 2, 2, 1, 1, 1);
    private static readonly ConvShape Conv2 = new(6, 14, 14, 16, 10, 10, 5, 5, 1, 1, 0, 0, 1, 1, 1);
    private static readonly PoolShape Pool1 = new(6, 28, 28, 14, 14, 2, 2, 2, 2, 0, 0, true);
    private static readonly PoolShape Pool2 = new(16, 10, 10, 5, 5, 2, 2, 2, 2, 0, 0, true);

    /// <summary>The command; the first argument is the number of threads (1 when missing).</summary>
    public static int Run(string[] args)
    {
        var threads = 1;
        if (args.Length > 1 || (args.Length == 1 && (!int.TryParse(args[0], out threads) || threads < 1)))
        {
            Console.Error.WriteLine($"profile: expected a number of threads, got '{string.Join(' ', args)}'");
            return 2;
        }
        Console.WriteLine($"{Machine.Level}, {threads} of {Environment.ProcessorCount} threads");
        foreach (var batch in new[] { 64, 1 })
            Step(threads, batch);
        return 0;
    }

    private static void Step(int threads, int batch)
    {
        using var w = new Workers(threads);
        nint n = batch;
        using Floats x = new(batch * 784), c1 = new(batch * 4704), p1 = new(batch * 1176), c2 = new(batch * 1600), p2 = new(batch * 400), d1 = new(batch * 120), d2 = new(batch * 84), y = new(batch * 10);
        using Floats k1 = new(150), b1 = new(16), k2 = new(2400), b2 = new(16), w1 = new(48000), v1 = new(120), w2 = new(10080), v2 = new(84), w3 = new(840), v3 = new(16);
        using Floats g = new(61760), dc1 = new(batch * 4704), dp1 = new(batch * 1176), dc2 = new(batch * 1600), dp2 = new(batch * 400), dd1 = new(batch * 120), dd2 = new(batch * 84), dy = new(batch * 10);
        using var net = LeNet5.Create(new NetworkOptions { MaxBatch = batch, Threads = threads });
        var optimizer = new Sgd(1e-4f, 0.9f);
        (string Name, double Flops, Action Call)[] calls =
        [
            ("conv1 forward + tanh", 2 * 117600, () => Convolution.Forward(w, Conv1, n, x.Pointer, k1.Pointer, c1.Pointer, new ChannelTanh { Bias = b1.Pointer })),
            ("pool1 forward", 4704, () => Pooling.Average(w, Pool1, n, c1.Pointer, p1.Pointer, default(Identity))),
            ("conv2 forward + tanh", 2 * 240000, () => Convolution.Forward(w, Conv2, n, p1.Pointer, k2.Pointer, c2.Pointer, new ChannelTanh { Bias = b2.Pointer })),
            ("pool2 forward", 1600, () => Pooling.Average(w, Pool2, n, c2.Pointer, p2.Pointer, default(Identity))),
            ("dense1 forward + tanh", 2 * 48000, () => MatMul.Run(w, p2.Pointer, 400, 1, w1.Pointer, 1, 400, d1.Pointer, n, 120, 400, new ColumnTanh { Bias = v1.Pointer })),
            ("dense2 forward + tanh", 2 * 10080, () => MatMul.Run(w, d1.Pointer, 120, 1, w2.Pointer, 1, 120, d2.Pointer, n, 84, 120, new ColumnTanh { Bias = v2.Pointer })),
            ("dense3 forward", 2 * 840, () => MatMul.Run(w, d2.Pointer, 84, 1, w3.Pointer, 1, 84, y.Pointer, n, 10, 84, new ColumnBias { Bias = v3.Pointer })),
            ("dense3 weight gradient", 2 * 840, () => MatMul.Accumulate(w, dy.Pointer, 1, 10, d2.Pointer, 84, 1, g.Pointer, 10, 84, n, false, v3.Pointer)),
            ("dense3 input gradient", 2 * 840, () => MatMul.Run(w, dy.Pointer, 10, 1, w3.Pointer, 84, 1, dd2.Pointer, n, 84, 10, new TanhGradient { Y = d2.Pointer })),
            ("dense2 weight gradient", 2 * 10080, () => MatMul.Accumulate(w, dd2.Pointer, 1, 84, d1.Pointer, 120, 1, g.Pointer, 84, 120, n, false, v2.Pointer)),
            ("dense2 input gradient", 2 * 10080, () => MatMul.Run(w, dd2.Pointer, 84, 1, w2.Pointer, 120, 1, dd1.Pointer, n, 120, 84, new TanhGradient { Y = d1.Pointer })),
            ("dense1 weight gradient", 2 * 48000, () => MatMul.Accumulate(w, dd1.Pointer, 1, 120, p2.Pointer, 400, 1, g.Pointer, 120, 400, n, false, v1.Pointer)),
            ("dense1 input gradient", 2 * 48000, () => MatMul.Run(w, dd1.Pointer, 120, 1, w1.Pointer, 400, 1, dp2.Pointer, n, 400, 120, default(Identity))),
            ("pool2 gradient", 1600, () => Pooling.AverageGrad(w, Pool2, n, dp2.Pointer, dc2.Pointer, new TanhGradient { Y = c2.Pointer })),
            ("conv2 weight gradient", 2 * 240000, () => Convolution.GradWeight(w, Conv2, n, p1.Pointer, dc2.Pointer, g.Pointer, false, b2.Pointer)),
            ("conv2 input gradient", 2 * 240000, () => Convolution.GradInput(w, Conv2, n, dc2.Pointer, k2.Pointer, dp1.Pointer, default(Identity))),
            ("pool1 gradient", 4704, () => Pooling.AverageGrad(w, Pool1, n, dp1.Pointer, dc1.Pointer, new TanhGradient { Y = c1.Pointer })),
            ("conv1 weight gradient", 2 * 117600, () => Convolution.GradWeight(w, Conv1, n, x.Pointer, dc1.Pointer, g.Pointer, false, b1.Pointer)),
            ("update", 61706d * 4 / batch, () => net.Update(optimizer)),
        ];
        var best = new double[calls.Length];
        Array.Fill(best, double.PositiveInfinity);
        var whole = double.PositiveInfinity;
        var input = new ReadOnlySpan<float>(x.Pointer, batch * 784).ToArray();
        var labels = Enumerable.Range(0, batch).Select(i => i % 10).ToArray();
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < 4)
        {
            for (var repeat = 0; repeat < 10; repeat++)
            {
                for (var i = 0; i < calls.Length; i++)
                {
                    var start = Stopwatch.GetTimestamp();
                    calls[i].Call();
                    best[i] = Math.Min(best[i], Microseconds(start));
                }
            }
            for (var repeat = 0; repeat < 10; repeat++)
            {
                var start = Stopwatch.GetTimestamp();
                net.Step(input, labels, optimizer);
                whole = Math.Min(whole, Microseconds(start));
            }
        }
        Console.WriteLine($"\nbatch {batch}: LeNet-5's step {whole:0.0} us, the calls below {best.Sum():0.0} us; the rest is the loss, the copy of the input and checks");
        for (var i = 0; i < calls.Length; i++)
            Console.WriteLine($"  {calls[i].Name,-24} {best[i],8:0.00} us {100 * best[i] / whole,5:0.0} %   {calls[i].Flops * batch / best[i] / 1e3,7:0.0} GFLOP/s");
    }

    private static double Microseconds(long start) => (Stopwatch.GetTimestamp() - start) * 1e6 / Stopwatch.Frequency;
}
