using System.CommandLine;
using System.Diagnostics;

namespace DeepGen.Benchmarks.Compare;

/// <summary>
/// Measures DeepGen beside PyTorch and ONNX Runtime: both sides from the same weights and samples, whose results are compared first; runs in turn, so that
/// what else the machine does meets both; ours with a thread for each core, the other side with the setting that suits it best.
/// </summary>
internal sealed class CompareCommand : IDisposable
{
    /// <summary>The greatest distance of outputs, relative and norm-wise.</summary>
    private const double OutputBound = 1e-4;

    /// <summary>The same of the losses of some training steps, over which rounding grows.</summary>
    private const double LossBound = 1e-3;

    private const int LossSteps = 3;

    private readonly int _pairs;
    private readonly double _seconds;
    private readonly List<Peer> _peers = [];
    private readonly List<(Comparison Line, string Load)> _lines = [];
    private bool _failed;

    private CompareCommand(int pairs, double seconds) => (_pairs, _seconds) = (pairs, seconds);

    /// <summary>The command.</summary>
    public static int Run(string[] args)
    {
        var filter = new Argument<string[]>("filter") { Description = "Only workloads whose name and batch contain one of these, such as \"ResNet-50 predict\"", Arity = ArgumentArity.ZeroOrMore };
        var pairs = new Option<int>("--pairs") { HelpName = "N", Description = "Pairs of runs, at least 11 for a result to keep; 0 compares results alone", DefaultValueFactory = _ => 15 };
        var seconds = new Option<double>("--seconds") { HelpName = "S", Description = "Length of one measurement; a run that takes longer is measured alone", DefaultValueFactory = _ => 0.1 };
        var python = new Option<string?>("--python") { HelpName = "FILE", Description = "The Python that has PyTorch [default: python3, /usr/bin/python3, python]" };
        var ort = new Option<string?>("--ort") { HelpName = "DIR", Description = "The folder where onnxruntime-node is installed [default: NODE_PATH, node_modules here]" };
        var write = new Option<bool>("--write") { Description = "Write the lines to benchmarks/RESULTS.md" };
        var root = new RootCommand("Networks and kernels beside PyTorch and ONNX Runtime.") { filter, pairs, seconds, python, ort, write };
        root.SetAction(result =>
        {
            var workloads = Workloads.All.Where(workload => workload.Is(result.GetValue(filter) ?? [])).ToArray();
            using var command = new CompareCommand(Math.Max(0, result.GetValue(pairs)), result.GetValue(seconds));
            return command.Execute(workloads, result.GetValue(python), result.GetValue(ort), result.GetValue(write));
        });
        return root.Parse(args).Invoke(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    public void Dispose()
    {
        foreach (var peer in _peers)
            peer.Dispose();
    }

    private int Execute(Workload[] workloads, string? python, string? ort, bool write)
    {
        if (workloads.Length == 0)
        {
            Console.Error.WriteLine($"compare: no workload is called so; there are\n  {string.Join("\n  ", Workloads.All.Select(workload => $"{workload.Name} {workload.BatchText}"))}");
            return 2;
        }
        foreach (var text in Machine.Describe().Concat(StartPeers(python, ort)))
            Console.WriteLine(text);
        Console.WriteLine($"load average of the last minute: {Machine.Load}\n");
        Print(Comparison.Header);
        foreach (var workload in workloads)
            Compare(workload);
        Console.WriteLine();
        foreach (var text in GeometricMeans.Of(_lines.Select(line => line.Line.Cells)))
            Console.WriteLine(text);
        if (write && _lines.Count > 0)
            Console.WriteLine($"\nwritten to {ResultsFile.Write([.. _peers.Select(peer => peer.Description)], _lines)}");
        return _failed ? 1 : 0;
    }

    /// <summary>Starts what is installed.</summary>
    /// <returns>Name and version of each peer, or how to install it.</returns>
    private List<string> StartPeers(string? python, string? ort)
    {
        var texts = new List<string>();
        if (PyTorch.Find(python) is not { } torch)
        {
            texts.Add("PyTorch: not installed (Debian: apt-get install python3-torch python3-torchvision python3-onnx)");
            texts.Add("ONNX Runtime: left out, because PyTorch exports its networks");
            return texts;
        }
        _peers.Add(torch);
        texts.Add(torch.Description);
        if (OnnxRuntime.Find(torch, ort) is { } onnx)
        {
            _peers.Add(onnx);
            texts.Add(onnx.Description);
        }
        else
        {
            texts.Add("ONNX Runtime: not found (npm install --ignore-scripts onnxruntime-node, and --ort DIR)");
        }
        return texts;
    }

    /// <summary>A workload beside each peer that takes it.</summary>
    private void Compare(Workload workload)
    {
        using var files = new Exchange(workload);
        using var side = workload.Create(workload, Environment.ProcessorCount);
        side.Export(files);
        var ours = Ours(side, $"{Environment.ProcessorCount}");
        var outputs = ours.Outputs();
        var losses = workload.Trains && !workload.HasDropout ? ours.Losses(LossSteps) : [];
        Func<double>? counted = null;
        var peers = _peers.Where(peer => peer.Takes(workload)).ToArray();
        if (peers.Length == 0 && _pairs > 0)
        {
            counted = ours.Counted(_seconds);
            var seconds = Enumerable.Range(0, _pairs).Select(_ => counted()).ToArray();
            Add(new Comparison(workload.Name, workload.BatchText, Environment.ProcessorCount, Comparison.Median(seconds) * 1e3, "none installed", null, []), Machine.Load);
        }
        foreach (var peer in peers)
        {
            try
            {
                var theirs = peer.Choose(workload, files, qualify: _pairs > 0);
                if (Agree(workload, theirs, outputs, losses) && _pairs > 0)
                    Measure(workload, counted ??= ours.Counted(_seconds), theirs);
                theirs.End();
            }
            catch (PeerException error)
            {
                Fail(workload, $"{peer.Name}: {error.Message}");
            }
        }
        if (workload.IsScaling && Environment.ProcessorCount > 1 && _pairs > 0)
        {
            using var single = workload.Create(workload, 1);
            single.Export(files);
            Measure(workload, counted ?? ours.Counted(_seconds), Ours(single, "DeepGen, 1 thread"));
        }
    }

    private static Contender Ours(ISide side, string name)
    {
        double Seconds(int count)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
                side.Run();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        float[] Losses(int steps)
        {
            float[] losses = [.. Enumerable.Range(0, steps).Select(_ => side.Run())];
            side.Restart();
            return losses;
        }
        return new Contender(name, side.Restart, Seconds) { Outputs = side.Outputs, Losses = Losses };
    }

    /// <summary>Whether the other side, as it will be timed, computes the same.</summary>
    private bool Agree(Workload workload, Contender theirs, float[] outputs, float[] losses)
    {
        var output = Difference(outputs, theirs.Outputs());
        float[] theirLosses = losses.Length > 0 ? theirs.Losses(LossSteps) : [];
        var loss = losses.Length > 0 ? Difference(losses, theirLosses) : 0;
        var text = losses.Length > 0 ? $"outputs differ by {output:0.0e0}, losses of {LossSteps} steps by {loss:0.0e0}" : $"outputs differ by {output:0.0e0}";
        if (!(output < OutputBound && loss < LossBound))
        {
            Fail(workload, $"not timed, because it is not the same: beside {theirs.Name}, {text}; losses {string.Join(' ', losses)} and {string.Join(' ', theirLosses)}");
            return false;
        }
        Console.WriteLine($"{workload.Name} {workload.BatchText}, {theirs.Name}: {text}");
        return true;
    }

    /// <summary>|ours − theirs| / |theirs|, Euclidean.</summary>
    private static double Difference(float[] ours, float[] theirs)
    {
        if (ours.Length != theirs.Length)
            return double.NaN;
        double difference = 0, norm = 0;
        for (var i = 0; i < ours.Length; i++)
        {
            var distance = (double)ours[i] - theirs[i];
            difference += distance * distance;
            norm += (double)theirs[i] * theirs[i];
        }
        return Math.Sqrt(difference / norm);
    }

    private void Measure(Workload workload, Func<double> ours, Contender theirs)
    {
        var load = Machine.Load;
        var (mine, its, ratios) = Comparison.Interleave(_pairs, ours, theirs.Counted(_seconds));
        Add(new Comparison(workload.Name, workload.BatchText, Environment.ProcessorCount, mine * 1e3, theirs.Name, its * 1e3, ratios), load);
    }

    private void Add(Comparison line, string load)
    {
        _lines.Add((line, load));
        Print(line.Cells);
    }

    private void Fail(Workload workload, string why)
    {
        _failed = true;
        Console.WriteLine($"{workload.Name} {workload.BatchText}: {why}");
    }

    private static void Print(string[] cells) =>
        Console.WriteLine($"{cells[0],-40} {cells[1],5} {cells[2],7} {cells[3],10}   {cells[4],-52} {cells[5],9}   {cells[6]}");
}
