using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepGen.Benchmarks.Compare;

/// <summary>A PyTorch process that answers requests; while it has none it is stopped, so that its threads do not spin beside what is measured.</summary>
internal sealed partial class PyTorch : IDisposable
{
    private const int Continue = 18;
    private const int Stop = 19;

    private readonly Process _process;

    private PyTorch(Process process, string setting, int threads) => (_process, Setting, Threads) = (process, setting, threads);

    /// <summary>Threads and waiting policy, for people.</summary>
    public string Setting { get; }

    /// <summary>Threads that it computes with.</summary>
    public int Threads { get; }

    /// <summary>The Python that has PyTorch, or null.</summary>
    /// <param name="wanted">The only one to look at; null for those on the path.</param>
    public static string? FindPython(string? wanted)
    {
        foreach (var python in wanted != null ? [wanted] : new[] { "python3", "/usr/bin/python3", "python" })
        {
            try
            {
                using var process = Process.Start(Silent(python, "-c", "import torch, numpy"))!;
                process.StandardInput.Close();
                process.StandardError.ReadToEndAsync();
                process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0)
                    return python;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no program of that name.
            }
        }
        return null;
    }

    /// <summary>Starts a process.</summary>
    /// <param name="python">From <see cref="FindPython"/>.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="policy">OMP_WAIT_POLICY.</param>
    public static PyTorch Start(string python, int threads, string policy)
    {
        var start = Silent(python, Path.Combine(AppContext.BaseDirectory, "peers", "pytorch_peer.py"));
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OMP_", StringComparison.Ordinal) || name.StartsWith("OPENBLAS_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        var count = $"{threads}";
        foreach (var name in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS" })
            start.Environment[name] = count;
        start.Environment["OMP_WAIT_POLICY"] = policy;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.RedirectStandardError = false;
        return new PyTorch(Process.Start(start)!, threads == 1 ? "1 thread" : $"{threads} threads, {policy.ToLowerInvariant()} waiting", threads);
    }

    /// <summary>Sends one request and waits for the answer.</summary>
    /// <exception cref="InvalidOperationException">The other side failed.</exception>
    public JsonObject Ask(JsonObject request)
    {
        Signal(Continue);
        _process.StandardInput.WriteLine(request.ToJsonString());
        _process.StandardInput.Flush();
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The PyTorch process ended; what it said is above.");
        Signal(Stop);
        var answer = JsonNode.Parse(line)!.AsObject();
        return answer["error"] is { } error ? throw new InvalidOperationException($"PyTorch: {error.GetValue<string>()}") : answer;
    }

    /// <summary>Runs a workload.</summary>
    /// <returns>Seconds of all runs together.</returns>
    public double Run(string workload, int batch, int count) =>
        Ask(new JsonObject { ["do"] = "run", ["workload"] = workload, ["batch"] = batch, ["count"] = count })["seconds"]!.GetValue<double>();

    public void Dispose()
    {
        Signal(Continue);
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
            _process.Kill();
        _process.Dispose();
    }

    private static ProcessStartInfo Silent(string file, params string[] arguments) => new(file, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private void Signal(int signal)
    {
        if (OperatingSystem.IsLinux())
            _ = Kill(_process.Id, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
