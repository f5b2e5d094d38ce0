namespace DeepGen.Benchmarks.Compare;

/// <summary>ONNX Runtime for Node, with one thread and with more, on what PyTorch exports.</summary>
internal sealed class OnnxRuntime : Peer
{
    private readonly PyTorch _torch;

    private OnnxRuntime(IReadOnlyList<PeerProcess> processes, PyTorch torch)
        : base("ONNX Runtime", processes) => _torch = torch;

    /// <summary>Starts it where it is installed.</summary>
    /// <param name="torch">Exports the networks.</param>
    /// <param name="wanted">A folder with node_modules; null for NODE_PATH and the node_modules here.</param>
    public static OnnxRuntime? Find(PyTorch torch, string? wanted)
    {
        var probe = PeerProcess.Silent("node", "-e", "require('onnxruntime-node')");
        probe.Environment["NODE_PATH"] = NodePath(wanted);
        if (!PeerProcess.Succeeds(probe))
            return null;
        var processes = new List<PeerProcess>();
        for (var threads = 1; threads <= Environment.ProcessorCount; threads *= 2)
        {
            var start = PeerProcess.Silent("node", Path.Combine(AppContext.BaseDirectory, "peers", "onnxruntime_peer.js"), $"{threads}");
            start.Environment["NODE_PATH"] = NodePath(wanted);
            processes.Add(new PeerProcess(threads == 1 ? "1 thread" : $"{threads} threads", start));
        }
        return new OnnxRuntime(processes, torch);
    }

    public override bool Takes(Workload workload) => workload.Kind == WorkloadKind.Predict;

    protected override string[] Layouts(Workload workload) => ["contiguous"];

    protected override void Prepare(Exchange files) => _torch.ExportOnnx(files);

    private static string NodePath(string? wanted) => wanted != null
        ? string.Join(Path.PathSeparator, Path.GetFullPath(wanted), Path.GetFullPath(Path.Combine(wanted, "node_modules")))
        : string.Join(Path.PathSeparator, Environment.GetEnvironmentVariable("NODE_PATH"), Path.GetFullPath("node_modules"));
}
