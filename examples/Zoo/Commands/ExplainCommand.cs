using System.CommandLine;
using DeepGen.Generators.Emit;

namespace DeepGen.Zoo.Commands;

/// <summary><c>explain</c>: the layer table that a hover over the class shows.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var name = NetworkName.Required();
        var all = new Option<bool>("--all") { Description = "Every layer, where the table would show a row for each block and at most 40" };
        var command = new Command("explain", "The layers of a network at full size: output, receptive field, parameters and multiply-adds of each (summary tells the memory).") { name, all };
        command.SetAction(result =>
        {
            var graph = Graphs.Of(NetworkName.Find(result.GetValue(name)!).Full);
            foreach (var line in result.GetValue(all) ? LayerTable.Of(graph, int.MaxValue) : LayerTable.Of(graph))
                Console.WriteLine(line);
        });
        return command;
    }
}
