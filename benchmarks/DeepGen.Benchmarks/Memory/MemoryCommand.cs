using System.CommandLine;
using System.Text.Json.Nodes;
using DeepGen.Benchmarks.Compare;

namespace DeepGen.Benchmarks.Memory;

/// <summary>
/// What a training step needs, each side in a fresh process: memory beside PyTorch's, in MiB, and the seconds of the first step with all that is compiled or loaded for it.
/// "total" is the rise of the resident peak over the process that has loaded the framework, "beyond" what is left of it without weights, gradients and the
/// optimizer's moments: samples, activations, scratch memory, code. PyTorch runs with a thread for each core and the layout that it begins with.
/// </summary>
internal static class MemoryCommand
{
    private const string Usual = "contiguous";

    private static readonly string[] Header = ["workload", "batch", "weights", "total", "PyTorch total", "ratio", "beyond", "PyTorch beyond", "ratio", "first step, s", "PyTorch's, s"];

    /// <summary>The command.</summary>
    public static int Run(string[] args)
    {
        var filter = new Argument<string[]>("filter") { Description = "Only workloads whose name and batch contain one of these", Arity = ArgumentArity.ZeroOrMore };
        var python = new Option<string?>("--python") { HelpName = "FILE", Description = "The Python that has PyTorch [default: python3, /usr/bin/python3, python]" };
        var write = new Option<bool>("--write") { Description = "Write the lines to benchmarks/RESULTS.md" };
        var own = new Option<int?>("--own") { Hidden = true };
        var root = new RootCommand("Memory of a training step and time of the first, each side in a fresh process.") { filter, python, write, own };
        root.SetAction(result => result.GetValue(own) is { } index
            ? OwnMemory.Print(Workloads.All[index])
            : Table([.. Workloads.All.Where(workload => workload.IsForMemory && workload.Is(result.GetValue(filter) ?? []))], PyTorch.Python(result.GetValue(python)), result.GetValue(write)));
        return root.Parse(args).Invoke(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static int Table(Workload[] workloads, string? python, bool write)
    {
        Console.WriteLine($"load average of the last minute: {Machine.Load}");
        var peer = python == null ? null : Describe(python);
        Console.WriteLine(peer ?? "PyTorch: not installed");
        Print(Header);
        var rows = new List<string[]>();
        foreach (var workload in workloads)
        {
            rows.Add(Row(workload, python));
            Print(rows[^1]);
        }
        if (write && peer != null)
            Console.WriteLine($"\nwritten to {ResultsFile.WriteMemory([peer], Header, rows)}");
        return 0;
    }

    private static string[] Row(Workload workload, string? python)
    {
        using var files = new Exchange(workload);
        long numbers;
        using (var side = workload.Create(workload, 1))
        {
            side.Export(files);
            numbers = side.Parameters;
        }
        var kept = sizeof(float) * numbers * (workload.UsesAdam ? 4 : 3);
        var ours = Usage.Of(OwnMemory.Measure(Workloads.All.TakeWhile(other => other != workload).Count()), kept);
        var theirs = python == null ? null : Usage.Of(Measure(python, files), kept);
        return
        [
            workload.Name, workload.BatchText, Usage.Text(sizeof(float) * numbers), Usage.Text(ours.Total), Usage.Text(theirs?.Total), Usage.Ratio(theirs?.Total, ours.Total),
            Usage.Text(ours.Beyond), Usage.Text(theirs?.Beyond), Usage.Ratio(theirs?.Beyond, ours.Beyond), $"{ours.FirstStep:0.00}", theirs == null ? "-" : $"{theirs.FirstStep:0.00}",
        ];
    }

    private static void Print(string[] cells) => Console.WriteLine($"{cells[0],-34} {cells[1],5} {cells[2],8}  {string.Join(' ', cells[3..].Select(cell => $"{cell,15}"))}");

    private static string Describe(string python)
    {
        using var process = PyTorch.Start(python, 1, "PASSIVE");
        return $"PyTorch {process.Ask("describe")["version"]}";
    }

    private static JsonObject Measure(string python, Exchange files)
    {
        using var process = PyTorch.Start(python, Environment.ProcessorCount, "PASSIVE");
        var request = files.Request("memory", Usual);
        request["steps"] = OwnMemory.Steps;
        return process.Ask(request);
    }
}
