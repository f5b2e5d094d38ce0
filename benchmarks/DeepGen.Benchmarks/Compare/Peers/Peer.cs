using System.Text.Json.Nodes;

namespace DeepGen.Benchmarks.Compare;

/// <summary>Another framework: a process for each setting that counts only from its start, and a layout or two in each.</summary>
internal abstract class Peer(string name, IReadOnlyList<PeerProcess> processes) : IDisposable
{
    /// <summary>Runs of a setting in the qualifying round, of which the fastest counts.</summary>
    private const int Trials = 3;

    public string Name => name;

    /// <summary>Name and version, for people.</summary>
    public string Description { get; } = $"{name} {processes[0].Ask("describe")["version"]}";

    protected IReadOnlyList<PeerProcess> Processes => processes;

    /// <summary>Whether the workload is measured on it.</summary>
    public abstract bool Takes(Workload workload);

    /// <summary>How the workload's numbers may lie in memory.</summary>
    protected abstract string[] Layouts(Workload workload);

    /// <summary>What must be there before the workload can be loaded.</summary>
    protected virtual void Prepare(Exchange files)
    {
    }

    /// <summary>
    /// The fastest setting for a workload, loaded. All settings run in a short qualifying round, because some runs take seconds; the measured pairs are with the
    /// best alone.
    /// </summary>
    /// <param name="workload">The workload.</param>
    /// <param name="files">Its files.</param>
    /// <param name="qualify">Without it one thread and the last layout are taken, untimed.</param>
    /// <exception cref="PeerException">It cannot run the workload.</exception>
    public Contender Choose(Workload workload, Exchange files, bool qualify)
    {
        Prepare(files);
        var (chosen, layout) = qualify ? Fastest(workload, files) : (processes[0], Layouts(workload)[^1]);
        chosen.Ask(files.Request("load", layout));
        var setting = layout == "channels_last" ? $"{chosen.Setting}, channels last" : chosen.Setting;
        return new Contender($"{name}, {setting}", () => chosen.Ask("restart"), chosen.Run)
        {
            Outputs = () => files.Read(path => chosen.Ask(new JsonObject { ["do"] = "outputs", ["file"] = path })),
            Losses = steps => [.. chosen.Ask(new JsonObject { ["do"] = "losses", ["steps"] = steps })["losses"]!.AsArray().Select(loss => loss!.GetValue<float>())],
            End = () => chosen.Ask("unload"),
        };
    }

    public void Dispose()
    {
        foreach (var process in processes)
            process.Dispose();
    }

    private (PeerProcess Process, string Layout) Fastest(Workload workload, Exchange files)
    {
        var (chosen, layout, shortest) = (processes[0], "", double.PositiveInfinity);
        foreach (var process in processes)
        {
            foreach (var candidate in Layouts(workload))
            {
                process.Ask(files.Request("load", candidate));
                var count = (int)Math.Clamp(0.05 / process.Run(1), 1, 1000);
                for (var trial = 0; trial < Trials; trial++)
                {
                    var seconds = process.Run(count) / count;
                    if (seconds < shortest)
                        (chosen, layout, shortest) = (process, candidate, seconds);
                }
                process.Ask("unload");
            }
        }
        return (chosen, layout);
    }
}
