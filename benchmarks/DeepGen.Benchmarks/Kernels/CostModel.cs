using DeepGen.Kernels;

namespace DeepGen.Benchmarks.Kernels;

/// <summary>
/// Checks the runtime's choice of an algorithm against measurement: every algorithm of 3 × 3 convolutions of usual sizes is timed, and what the chosen one takes is compared with the fastest.
/// </summary>
internal static unsafe class CostModel
{
    private static readonly (int Inputs, int Outputs, int Size)[] Shapes =
        [(3, 64, 224), (16, 16, 32), (32, 32, 16), (64, 64, 8), (64, 64, 56), (64, 192, 56), (128, 128, 28), (96, 208, 14), (256, 256, 14), (512, 512, 14), (512, 512, 7), (64, 64, 112)];

    /// <summary>The command; the first argument is the number of threads (1 when missing).</summary>
    public static int Run(string[] args)
    {
        var threads = 1;
        if (args.Length > 1 || (args.Length == 1 && (!int.TryParse(args[0], out threads) || threads < 1)))
        {
            Console.Error.WriteLine($"model: expected a number of threads, got '{string.Join(' ', args)}'");
            return 2;
        }
        using var workers = new Workers(threads);
        Console.WriteLine($"level {Simd.Level} bit, {threads} thread{(threads == 1 ? "" : "s")} of {Environment.ProcessorCount}");
        Console.WriteLine($"{"convolution",-16} {"batch",5} {"call",-8} {"direct-ms",10} {"F2-ms",10} {"F4-ms",10}  {"chosen",-7} {"over the fastest",17}");
        var losses = new List<double>();
        foreach (var batch in new[] { 1, 8 })
        {
            foreach (var (inputs, outputs, size) in Shapes)
                Convolution3x3(workers, batch, inputs, outputs, size, losses);
        }
        Console.WriteLine($"the choice takes {100 * (Math.Exp(losses.Average(Math.Log)) - 1):0.0} % longer than the fastest (geometric mean of {losses.Count}); at most {100 * (losses.Max() - 1):0} %");
        return 0;
    }

    private static void Convolution3x3(Workers w, int batch, int inputs, int outputs, int size, List<double> losses)
    {
        var s = new ConvShape(inputs, size, size, outputs, size, size, 3, 3, 1, 1, 1, 1, 1, 1, 1);
        using Floats x = new(batch * inputs * size * size), weight = new(outputs * inputs * 9), y = new(batch * outputs * size * size);
        var lanes = Simd.Level / 32;
        void Line(string call, int greatest, int chosen, bool isPossible, Action<WeightForms?> run)
        {
            var milliseconds = new[] { 0, 2, 4 }.Select(tile =>
            {
                if (tile > greatest || (tile > 0 && !isPossible))
                    return double.NaN;
                using var forms = new WeightForms(tile) { IsForced = true };
                return 1e3 * Shortest.Of(() => run(forms));
            }).ToArray();
            var over = milliseconds[chosen / 2] / milliseconds.Where(time => !double.IsNaN(time)).Min();
            losses.Add(over);
            Console.WriteLine($"{$"{inputs}-{outputs}@{size}x{size}",-16} {batch,5} {call,-8} {milliseconds[0],10:0.000} {milliseconds[1],10:0.000} {milliseconds[2],10:0.000}  {(chosen == 0 ? "direct" : $"F{chosen}"),-7} {100 * (over - 1),15:0} %");
        }

        Line("predict", 4, ConvCost.Winograd(s, batch, lanes, 4, true, false), true, forms => Convolution.Forward(w, s, batch, x.Pointer, weight.Pointer, y.Pointer, default(Identity), forms, 0));
        Line("y", 2, ConvCost.Winograd(s, batch, lanes, 2, false, false), true, forms => Convolution.Forward(w, s, batch, x.Pointer, weight.Pointer, y.Pointer, default(Identity), forms));
        Line("dx", 2, ConvCost.Winograd(s, batch, lanes, 2, false, true), true, forms => Convolution.GradInput(w, s, batch, y.Pointer, weight.Pointer, x.Pointer, default(Identity), forms));
        Line("dw", 2, ConvCost.WinogradOfWeights(s, batch, lanes, 2), ConvCost.IsWinogradOfWeightsPossible(s, lanes), forms => Convolution.GradWeight(w, s, batch, x.Pointer, y.Pointer, weight.Pointer, false, null, forms));
    }
}
