using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using DeepGen.Benchmarks.Kernels;
using DeepGen.Examples;
using DeepGen.Kernels;

namespace DeepGen.Benchmarks.Compare;

/// <summary>
/// Measures DeepGen beside PyTorch and the FMA peak: both sides from the same weights, which is checked first; runs in turn, so that what else the machine
/// does meets both; each side with the number of threads that suits it best.
/// </summary>
internal sealed class CompareCommand : IDisposable
{
    /// <summary>The greatest batch.</summary>
    public const int MaxBatch = 64;

    private const int EpochBatch = 16;
    private const int Size = 1024;

    private readonly int _pairs;
    private readonly double _seconds;
    private readonly string? _only;
    private readonly string _folder = Directory.CreateTempSubdirectory("deepgen-compare").FullName;
    private readonly ImageData _images = ImageData.Embedded();
    private readonly List<LeNetSide> _sides = [];
    private readonly List<PyTorch> _peers = [];
    private readonly List<Comparison> _lines = [];
    private string? _torch;

    private CompareCommand(int pairs, double seconds, string? only) => (_pairs, _seconds, _only) = (pairs, seconds, only);

    /// <summary>The command.</summary>
    public static int Run(string[] args)
    {
        var pairs = new Option<int>("--pairs") { HelpName = "N", Description = "Pairs of runs, at least 11 for a result to keep", DefaultValueFactory = _ => 15 };
        var seconds = new Option<double>("--seconds") { HelpName = "S", Description = "Length of one run", DefaultValueFactory = _ => 0.1 };
        var python = new Option<string?>("--python") { HelpName = "FILE", Description = "The Python that has PyTorch [default: python3, /usr/bin/python3, python]" };
        var only = new Option<string?>("--only") { HelpName = "TEXT", Description = "Only workloads whose name contains this: step, predict, product, epoch" };
        var write = new Option<bool>("--write") { Description = "Write the table to benchmarks/RESULTS.md" };
        var root = new RootCommand("LeNet-5 and matrix products beside PyTorch and the FMA peak.") { pairs, seconds, python, only, write };
        root.SetAction(result =>
        {
            using var command = new CompareCommand(Math.Max(1, result.GetValue(pairs)), result.GetValue(seconds), result.GetValue(only));
            return command.Execute(result.GetValue(python), result.GetValue(write));
        });
        return root.Parse(args).Invoke();
    }

    public void Dispose()
    {
        foreach (var side in _sides)
            side.Dispose();
        foreach (var peer in _peers)
            peer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private int Execute(string? wantedPython, bool write)
    {
        var python = PyTorch.FindPython(wantedPython);
        if (python == null)
            Console.WriteLine("PyTorch is not installed, so there is nothing to compare with (Debian: apt-get install python3-torch); our times and the FMA peak follow.");
        Prepare(python);
        var machine = Machine.Describe(_torch);
        foreach (var text in machine)
            Console.WriteLine(text);
        if (python != null && !Agree())
            return 1;
        Console.WriteLine();
        Print(Comparison.Header);
        Network("LeNet-5 training step", "step", 64);
        Network("LeNet-5 training step", "step", 1);
        Network("LeNet-5 predict", "predict", 64);
        Network("LeNet-5 predict", "predict", 1);
        Network("example's training epoch", "epoch", EpochBatch);
        Product();
        if (write)
            Console.WriteLine($"\nwritten to {ResultsFile.Write(machine, _lines)}");
        return 0;
    }

    /// <summary>Weights and samples as files that both sides read, and the processes.</summary>
    private void Prepare(string? python)
    {
        string weights = Path.Combine(_folder, "lenet5.safetensors"), input = Path.Combine(_folder, "input"), labels = Path.Combine(_folder, "labels");
        using (var net = LeNet5.Create(new NetworkOptions { Seed = 1 }))
            net.Save(weights);
        var (x, y) = Samples(MaxBatch);
        for (var threads = 1; threads <= Environment.ProcessorCount; threads *= 2)
            _sides.Add(new LeNetSide(threads, weights, x, y));
        if (python == null)
            return;
        Export(x, input);
        Export(y, labels);
        var (allX, allY) = Samples(_images.Train.Count);
        string images = Path.Combine(_folder, "images"), imageLabels = Path.Combine(_folder, "image-labels");
        Export(allX, images);
        Export(allY, imageLabels);
        for (var threads = 1; threads <= Environment.ProcessorCount; threads *= 2)
        {
            foreach (var policy in threads == 1 ? ["PASSIVE"] : new[] { "PASSIVE", "ACTIVE" })
            {
                var peer = PyTorch.Start(python, threads, policy);
                _peers.Add(peer);
                var description = peer.Ask(new JsonObject { ["do"] = "describe" });
                _torch = $"{description["version"]}, the best of {string.Join("; ", _peers.Select(p => p.Setting))}";
                peer.Ask(new JsonObject { ["do"] = "load", ["weights"] = weights, ["input"] = input, ["labels"] = labels });
                peer.Ask(new JsonObject { ["do"] = "images", ["input"] = images, ["labels"] = imageLabels });
            }
        }
    }

    private (float[] Input, int[] Labels) Samples(int count)
    {
        using var net = LeNet5.Create(new NetworkOptions { MaxBatch = 1 });
        using var batch = new Batch(net, count) { Count = count };
        _images.Train.Fill([.. Enumerable.Range(0, count)], batch);
        return (batch.Input<float>().ToArray(), batch.Target<int>().ToArray());
    }

    private static void Export<T>(T[] values, string path)
        where T : unmanaged => File.WriteAllBytes(path, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>Whether both sides compute the same: logits of the first weights, and the losses of ten training steps.</summary>
    private bool Agree()
    {
        const int Steps = 10;
        var answer = _peers[0].Ask(new JsonObject { ["do"] = "outputs", ["batch"] = MaxBatch, ["steps"] = Steps });
        var side = _sides[0];
        var logits = Difference(side.Predict(MaxBatch).ToArray(), answer["logits"]!.AsArray());
        var losses = Difference([.. Enumerable.Range(0, Steps).Select(_ => side.Step(MaxBatch))], answer["losses"]!.AsArray());
        side.Restart();
        Console.WriteLine($"same weights on both sides: logits differ by {logits:0.0e0}, losses of {Steps} training steps by {losses:0.0e0} (relative, norm-wise)");
        if (logits < 1e-4 && losses < 1e-4)
            return true;
        Console.Error.WriteLine("compare: the two sides do not compute the same (1e-4 is allowed); nothing was timed.");
        return false;
    }

    private static double Difference(float[] ours, JsonArray theirs)
    {
        double difference = 0, norm = 0;
        for (var i = 0; i < theirs.Count; i++)
        {
            var value = theirs[i]!.GetValue<double>();
            difference += (ours[i] - value) * (ours[i] - value);
            norm += value * value;
        }
        return ours.Length == theirs.Count ? Math.Sqrt(difference / norm) : double.NaN;
    }

    private void Network(string name, string workload, int batch)
    {
        if (_only != null && !$"{name} {workload}".Contains(_only, StringComparison.OrdinalIgnoreCase))
            return;
        var images = workload == "epoch" ? _images.Train : null;
        Compare(name, $"{batch}", [.. _sides.Select(side => new Contender($"{side.Threads}", side.Threads, Counted(count => Ours(side, workload, batch, count, images))))], workload, batch);
    }

    /// <summary>Some runs from the first weights, after one that is not timed.</summary>
    private static double Ours(LeNetSide side, string workload, int batch, int count, IDataset? images)
    {
        side.Restart();
        if (workload != "epoch")
            side.Run(workload, batch, Math.Max(1, count / 10), images);
        return side.Run(workload, batch, count, images);
    }

    private static double Theirs(PyTorch peer, string workload, int batch, int count)
    {
        if (workload != "epoch")
            peer.Run(workload, batch, Math.Max(1, count / 10));
        return peer.Run(workload, batch, count);
    }

    /// <summary>Every setting of both sides once a round; what counts is each side's fastest, by its median.</summary>
    private void Compare(string name, string batchText, Contender[] ours, string workload, int batch)
    {
        var theirs = _peers.Select(peer => new Contender($"PyTorch, {peer.Setting}", peer.Threads, Counted(count => Theirs(peer, workload, batch, count)))).ToArray();
        var all = ours.Concat(theirs).ToArray();
        var seconds = all.Select(_ => new double[_pairs]).ToArray();
        for (var round = 0; round < _pairs; round++)
        {
            for (var i = 0; i < all.Length; i++)
            {
                var index = round % 2 == 0 ? i : all.Length - 1 - i;
                seconds[index][round] = all[index].Run();
            }
        }
        var medians = seconds.Select(Comparison.Median).ToArray();
        var mine = Enumerable.Range(0, ours.Length).MinBy(i => medians[i]);
        if (theirs.Length == 0)
        {
            Add(new Comparison(name, batchText, all[mine].Threads, medians[mine] * 1e3, "PyTorch (not installed)", null, []));
            return;
        }
        var peer = Enumerable.Range(ours.Length, theirs.Length).MinBy(i => medians[i]);
        Add(new Comparison(name, batchText, all[mine].Threads, medians[mine] * 1e3, all[peer].Name, medians[peer] * 1e3, [.. seconds[mine].Zip(seconds[peer], (x, y) => y / x)]));
    }

    /// <summary>The product of two matrices of 1024 × 1024 against the FMA peak of a thread, measured in turn, and against torch.mm.</summary>
    private unsafe void Product()
    {
        const string Name = "product 1024^3";
        if (_only != null && !Name.Contains(_only, StringComparison.OrdinalIgnoreCase))
            return;
        const double Flops = 2d * Size * Size * Size;
        using Floats a = new(Size * Size), b = new(Size * Size), c = new(Size * Size);
        var pools = _sides.Select(side => new Workers(side.Threads)).ToArray();
        double Multiply(Workers w, int count)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
                MatMul.Run(w, a.Pointer, Size, 1, b.Pointer, Size, 1, c.Pointer, Size, Size, Size, default(Identity));
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        var multiplications = pools.Select(pool => new Contender($"{pool.Threads}", pool.Threads, Counted(count => Multiply(pool, count)))).ToArray();
        const int Steps = 1 << 20;
        var sink = 0f;
        var peakOf = Counted(count =>
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
                sink += FmaPeak.Run(Steps);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
        var (ours, peak, shares) = Comparison.Interleave(_pairs, multiplications[0].Run, () => peakOf() * Flops / FmaPeak.Flops(Steps));
        GC.KeepAlive(sink);
        Add(new Comparison(Name, "", 1, ours * 1e3, $"FMA peak of a thread, {Flops / peak / 1e9:0} GFLOP/s", peak * 1e3, shares));
        Compare(Name, "", multiplications, "mm", 1);
        foreach (var workers in pools)
            workers.Dispose();
    }

    /// <summary>Warms a setting up and finds out how many of its runs take as long as one measurement should.</summary>
    /// <returns>Makes so many runs and gives the seconds of one.</returns>
    private Func<double> Counted(Func<int, double> seconds)
    {
        // Compilation in tiers ends in the background: until then times fall.
        var began = Stopwatch.GetTimestamp();
        var count = 1;
        var shortest = double.PositiveInfinity;
        for (var i = 0; i < 4 || (Stopwatch.GetElapsedTime(began).TotalSeconds < 8 * _seconds && i < 200); i++)
        {
            shortest = Math.Min(shortest, seconds(count) / count);
            count = (int)Math.Clamp(_seconds / 3 / shortest, 1, 1e6);
        }
        count = (int)Math.Clamp(_seconds / shortest, 1, 1e6);
        return () => seconds(count) / count;
    }

    /// <summary>One setting of one side.</summary>
    /// <param name="Name">For people.</param>
    /// <param name="Threads">Its threads.</param>
    /// <param name="Run">Measures it: seconds of one run.</param>
    private sealed record Contender(string Name, int Threads, Func<double> Run);

    private void Add(Comparison line)
    {
        _lines.Add(line);
        Print(line.Cells);
    }

    private static void Print(string[] cells) =>
        Console.WriteLine($"{cells[0],-26} {cells[1],5} {cells[2],7} {cells[3],10}   {cells[4],-36} {cells[5],9}   {cells[6]}");
}
