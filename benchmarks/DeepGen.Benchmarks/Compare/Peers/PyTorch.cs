using System.Text.Json.Nodes;

namespace DeepGen.Benchmarks.Compare;

/// <summary>PyTorch, with one thread and with more, which wait idle or busy.</summary>
internal sealed class PyTorch : Peer
{
    private PyTorch(IReadOnlyList<PeerProcess> processes)
        : base("PyTorch", processes)
    {
    }

    /// <summary>Starts it where it is installed.</summary>
    /// <param name="wanted">The only Python to look at; null for those on the path.</param>
    public static PyTorch? Find(string? wanted)
    {
        if (Python(wanted) is not { } python)
            return null;
        var processes = new List<PeerProcess>();
        for (var threads = 1; threads <= Environment.ProcessorCount; threads *= 2)
        {
            foreach (var policy in threads == 1 ? ["PASSIVE"] : new[] { "PASSIVE", "ACTIVE" })
                processes.Add(Start(python, threads, policy));
        }
        return new PyTorch(processes);
    }

    /// <summary>The Python that has PyTorch, or null.</summary>
    public static string? Python(string? wanted) =>
        (wanted != null ? [wanted] : new[] { "python3", "/usr/bin/python3", "python" }).FirstOrDefault(python => PeerProcess.Succeeds(PeerProcess.Silent(python, "-c", "import torch, torchvision, numpy")));

    /// <summary>Starts a process.</summary>
    /// <param name="python">From <see cref="Python"/>.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="policy">OMP_WAIT_POLICY.</param>
    public static PeerProcess Start(string python, int threads, string policy)
    {
        var start = PeerProcess.Silent(python, Path.Combine(AppContext.BaseDirectory, "peers", "pytorch_peer.py"));
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OMP_", StringComparison.Ordinal) || name.StartsWith("OPENBLAS_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach (var name in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS" })
            start.Environment[name] = $"{threads}";
        start.Environment["OMP_WAIT_POLICY"] = policy;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return new PeerProcess(threads == 1 ? "1 thread" : $"{threads} threads, {policy.ToLowerInvariant()} waiting", start);
    }

    public override bool Takes(Workload workload) => true;

    protected override string[] Layouts(Workload workload) => workload.HasImages ? ["contiguous", "channels_last"] : ["contiguous"];

    /// <summary>Writes a network as ONNX.</summary>
    public void ExportOnnx(Exchange files)
    {
        Processes[0].Ask(files.Request("load", "contiguous"));
        Processes[0].Ask(new JsonObject { ["do"] = "export", ["file"] = files.Model });
        Processes[0].Ask("unload");
    }
}
