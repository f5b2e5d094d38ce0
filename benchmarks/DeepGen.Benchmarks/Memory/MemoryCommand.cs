using System.CommandLine;
using System.Text.Json.Nodes;
using DeepGen.Benchmarks.Compare;

namespace DeepGen.Benchmarks.Memory;

/// <summary>
/// What a training step needs, each side in a fresh process: memory beside PyTorch's, and the seconds of the first step with all that is compiled or loaded for it.
/// "total" is the rise of the resident peak over the process that has loaded the framework, "beyond" what is left of it without weights, gradients and the
/// optimizer's moments: samples, activations, scratch memory, code. PyTorch runs with a thread for each core and the layout that it begins with.
/// </summary>
internal static class MemoryCommand
{
    private const string Usual = "contiguous";

    /// <summary>The command.</summary>
    public static int Run(string[] args)
    {
        var filter = new Argument<string[]>("filter") { Description = "Only workloads whose name and batch contain one of these", Arity = ArgumentArity.ZeroOrMore };
        var python = new Option<string?>("--python") { HelpName = "FILE", Description = "The Python that has PyTorch [default: python3, /usr/bin/python3, python]" };
        var own = new Option<int?>("--own") { Hidden = true };
        var root = new RootCommand("Memory of a training step and time of the first, each side in a fresh process.") { filter, python, own };
        root.SetAction(result => result.GetValue(own) is { } index
            ? OwnMemory.Print(Workloads.All[index])
            : Table([.. Workloads.All.Where(workload => workload.IsForMemory && workload.Is(result.GetValue(filter) ?? []))], PyTorch.Python(result.GetValue(python))));
        return root.Parse(args).Invoke();
    }

    private static int Table(Workload[] workloads, string? python)
    {
        Console.WriteLine($"load average of the last minute: {Machine.Load}");
        if (python == null)
            Console.WriteLine("PyTorch: not installed");
        Console.WriteLine($"{"MiB",-28} {"batch",5} {"weights",8} | {"total",7} {"PyTorch",8} {"ratio",6} | {"beyond",7} {"PyTorch",8} {"ratio",6} | {"first s",8} {"PyTorch",8}");
        foreach (var workload in workloads)
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
            Console.WriteLine(
                $"{workload.Name,-28} {workload.BatchText,5} {Usage.Text(sizeof(float) * numbers),8} | {Usage.Text(ours.Total),7} {Usage.Text(theirs?.Total),8} {Usage.Ratio(theirs?.Total, ours.Total),6} | "
                + $"{Usage.Text(ours.Beyond),7} {Usage.Text(theirs?.Beyond),8} {Usage.Ratio(theirs?.Beyond, ours.Beyond),6} | {ours.FirstStep,8:0.00} {theirs?.FirstStep,8:0.00}");
        }
        return 0;
    }

    private static JsonObject Measure(string python, Exchange files)
    {
        using var process = PyTorch.Start(python, Environment.ProcessorCount, "PASSIVE");
        var request = files.Request("memory", Usual);
        request["steps"] = OwnMemory.Steps;
        return process.Ask(request);
    }
}
