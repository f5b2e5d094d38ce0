using System.Diagnostics;
using System.Globalization;
using DeepGen.Kernels;

namespace DeepGen.Benchmarks.Kernels;

/// <summary>
/// What the machine can do (multiply-adds a second in registers, bytes a second copied) and what share of it the kernels reach, all measured in the same run at
/// the instruction-set level in use. The limit of a kernel is the longer of the two times: of its arithmetic, and of copying as many numbers as its operands
/// and its result have, in the same cache or memory. Arithmetic is counted as the formula of the layer has it: Winograd's algorithm does less, and may exceed the peak.
/// </summary>
public static unsafe class Roofline
{
    /// <summary>GFLOP/s of all threads.</summary>
    private static double peak;

    /// <summary>Runs all measurements. The first argument is the number of threads (1 when missing).</summary>
    /// <param name="args">Arguments of the command.</param>
    /// <returns>The exit status.</returns>
    public static int Run(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var threads = 1;
        if (args.Length > 1 || (args.Length == 1 && (!int.TryParse(args[0], out threads) || threads < 1)))
        {
            Console.Error.WriteLine($"roofline: expected a number of threads, got '{string.Join(' ', args)}'");
            return 2;
        }
        using var workers = new Workers(threads);
        peak = threads * Peak();
        Console.WriteLine($"level {Simd.Level} bit, {threads} thread{(threads == 1 ? "" : "s")} of {Environment.ProcessorCount}");
        Console.WriteLine($"{"multiply-add peak per thread",-34} {peak / threads,8:f1} GFLOP/s");
        Console.WriteLine($"{"copy (read + write)",-34} {CopyBandwidth.Measure(workers, CopyBandwidth.Large, Shortest.Of),8:f1} GB/s");
        Gemm(workers, 256, 256, 256);
        Gemm(workers, 1024, 1024, 1024);
        Gemm(workers, 64, 4096, 1024);
        foreach (var batch in new[] { 1, 8 })
        {
            foreach (var (channels, size) in new[] { (64, 56), (128, 28), (256, 14), (512, 7) })
                Conv(workers, $"3x3 {channels}@{size}x{size}", batch, channels, size, channels, 3, 1);
        }
        foreach (var batch in new[] { 1, 8 })
        {
            foreach (var (channels, size) in new[] { (32, 112), (128, 28), (512, 14) })
                Conv(workers, $"depthwise 3x3 {channels}@{size}x{size}", batch, channels, size, channels, 3, 1, groups: channels);
        }
        foreach (var batch in new[] { 1, 64 })
        {
            Conv(workers, "LeNet-5 conv1", batch, 1, 28, 6, 5, 2);
            Conv(workers, "LeNet-5 conv2", batch, 6, 14, 16, 5, 0);
            Dense(workers, "LeNet-5 dense1", batch, 400, 120);
        }
        return 0;
    }

    private static void Gemm(Workers w, int m, int n, int k)
    {
        using Floats a = new(m * k), b = new(k * n), c = new(m * n);
        var name = m == n && n == k ? $"product {n}^3" : $"product {m}x{n}x{k}";
        Report(w, name, 2d * m * n * k, (m * k) + (k * n) + (m * n), () => MatMul.Run(w, a.Pointer, k, 1, b.Pointer, n, 1, c.Pointer, m, n, k, default(Identity)));
    }

    private static void Dense(Workers w, string name, int batch, int inputs, int outputs)
    {
        using Floats x = new(batch * inputs), weight = new(outputs * inputs), y = new(batch * outputs), dw = new(outputs * inputs), dx = new(batch * inputs);
        var flops = 2d * batch * inputs * outputs;
        var values = (batch * inputs) + (outputs * inputs) + (batch * outputs);
        Report(w, $"{name} batch {batch} y", flops, values, () => MatMul.Run(w, x.Pointer, inputs, 1, weight.Pointer, 1, inputs, y.Pointer, batch, outputs, inputs, default(Identity)));
        Report(w, $"{name} batch {batch} dx", flops, values, () => MatMul.Run(w, y.Pointer, outputs, 1, weight.Pointer, inputs, 1, dx.Pointer, batch, inputs, outputs, default(Identity)));
        Report(w, $"{name} batch {batch} dw", flops, values, () => MatMul.Accumulate(w, y.Pointer, 1, outputs, x.Pointer, inputs, 1, dw.Pointer, outputs, inputs, batch, false, null));
    }

    private static void Conv(Workers w, string name, int batch, int channels, int size, int outputs, int kernel, int pad, int groups = 1)
    {
        var outSize = size + (2 * pad) - kernel + 1;
        var s = new ConvShape(channels, size, size, outputs, outSize, outSize, kernel, kernel, 1, 1, pad, pad, 1, 1, groups);
        using Floats x = new(batch * channels * size * size), weight = new(outputs * channels / groups * kernel * kernel), y = new(batch * outputs * outSize * outSize), db = new(outputs);
        var flops = 2d * batch * outputs * outSize * outSize * channels / groups * kernel * kernel;
        var values = (batch * channels * size * size) + (outputs * channels / groups * kernel * kernel) + (batch * outputs * outSize * outSize);
        // As a network calls them by default: inference keeps its weights, training does not.
        using var inference = new WeightForms(4);
        using var training = new WeightForms(2);
        Report(w, $"{name} batch {batch} predict", flops, values, () => Convolution.Forward(w, s, batch, x.Pointer, weight.Pointer, y.Pointer, default(Identity), inference, 0));
        Report(w, $"{name} batch {batch} y", flops, values, () => Convolution.Forward(w, s, batch, x.Pointer, weight.Pointer, y.Pointer, default(Identity), training));
        Report(w, $"{name} batch {batch} dx", flops, values, () => Convolution.GradInput(w, s, batch, y.Pointer, weight.Pointer, x.Pointer, default(Identity), training));
        Report(w, $"{name} batch {batch} dw", flops, values, () => Convolution.GradWeight(w, s, batch, x.Pointer, y.Pointer, weight.Pointer, false, db.Pointer, training));
    }

    /// <param name="w">The threads.</param>
    /// <param name="name">In the table.</param>
    /// <param name="flops">Of one call.</param>
    /// <param name="values">Numbers that a call must read or write.</param>
    /// <param name="action">One call.</param>
    private static void Report(Workers w, string name, double flops, long values, Action action)
    {
        var seconds = Shortest.Of(action);
        var arithmetic = flops / peak / 1e9;
        var copying = sizeof(float) * values / CopyBandwidth.Measure(w, values, Shortest.Of) / 1e9;
        var limit = arithmetic >= copying ? "peak" : "copy";
        Console.WriteLine($"{name,-34} {flops / seconds / 1e9,8:f1} GFLOP/s {100 * Math.Max(arithmetic, copying) / seconds,6:f1} % of {limit} {seconds * 1e6,10:f1} us");
    }

    private static double Peak()
    {
        const int Steps = 1 << 20;
        var sink = 0f;
        var seconds = Shortest.Of(() => sink += FmaPeak.Run(Steps));
        GC.KeepAlive(sink);
        return FmaPeak.Flops(Steps) / seconds / 1e9;
    }
}
