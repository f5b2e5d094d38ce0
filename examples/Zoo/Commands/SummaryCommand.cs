using System.CommandLine;

namespace DeepGen.Zoo.Commands;

/// <summary><c>summary</c>: a row for each network at full size.</summary>
internal static class SummaryCommand
{
    public static Command Create()
    {
        var name = NetworkName.Optional();
        var command = new Command("summary", "One row per network at its paper's size: trainable parameters, shape of the output, multiply-adds and arena bytes of a sample. Nothing is trained.") { name };
        command.SetAction(result => Run(NetworkName.Select(result.GetValue(name))));
        return command;
    }

    private static int Run(IReadOnlyList<ZooNetwork> networks)
    {
        var rows = networks.AsParallel().AsOrdered().Select(Costs.Of).Select(c => new[]
        {
            c.Name, Grouped(c.Parameters), c.Output, Grouped(c.Macs), Grouped(c.TrainBytes), Grouped(c.InferBytes),
        });
        string[][] table = [["name", "parameters", "output", "MACs", "train-bytes-per-sample", "infer-bytes-per-sample"], .. rows];
        foreach (var line in PlainTable.Lines(table, leftAligned: [0, 2]))
            Console.WriteLine(line);
        return 0;
    }

    private static string Grouped(long value) => FormattableString.Invariant($"{value:N0}");
}
