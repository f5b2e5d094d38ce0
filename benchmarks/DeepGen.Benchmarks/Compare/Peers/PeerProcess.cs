using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepGen.Benchmarks.Compare;

/// <summary>
/// A process of the other side that answers one JSON line with another; while it has nothing to answer it is stopped, so that its threads do not spin
/// beside what is measured.
/// </summary>
internal sealed partial class PeerProcess : IDisposable
{
    private const int Now = 9;
    private const int Continue = 18;
    private const int Stop = 19;

    private readonly Process _process;
    private readonly int _id;
    private readonly Interruption _interruption;

    /// <param name="setting">Threads and how they wait, for people.</param>
    /// <param name="start">From <see cref="Silent"/>.</param>
    public PeerProcess(string setting, ProcessStartInfo start)
    {
        Setting = setting;
        start.RedirectStandardError = false;
        _process = Process.Start(start)!;
        _id = _process.Id;

        // A stopped process would stay for ever.
        _interruption = new Interruption(() => Signal(Now));
    }

    public string Setting { get; }

    public static ProcessStartInfo Silent(string file, params string[] arguments) => new(file, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    /// <summary>Whether a program is there and ends well.</summary>
    public static bool Succeeds(ProcessStartInfo start)
    {
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no program of that name.
            return false;
        }
    }

    /// <summary>Sends one request and waits for the answer.</summary>
    /// <exception cref="PeerException">The other side failed.</exception>
    public JsonObject Ask(JsonObject request)
    {
        Signal(Continue);
        try
        {
            _process.StandardInput.WriteLine(request.ToJsonString());
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended: there is no answer to read either.
        }
        var line = _process.StandardOutput.ReadLine() ?? throw new PeerException("the process ended");
        Signal(Stop);
        var answer = JsonNode.Parse(line)!.AsObject();
        return answer["error"] is { } error ? throw new PeerException(error.GetValue<string>()) : answer;
    }

    /// <summary>A request without fields.</summary>
    public JsonObject Ask(string call) => Ask(new JsonObject { ["do"] = call });

    /// <summary>Runs what is loaded.</summary>
    /// <returns>Seconds of all runs together.</returns>
    public double Run(int count) => Ask(new JsonObject { ["do"] = "run", ["count"] = count })["seconds"]!.GetValue<double>();

    public void Dispose()
    {
        _interruption.Dispose();
        Signal(Continue);
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read its last request, which was reported then.
        }
        if (!_process.WaitForExit(5000))
            _process.Kill();
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (OperatingSystem.IsLinux())
            _ = Kill(_id, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
