using System.CommandLine;
using DeepGen.Zoo.Drawing;

namespace DeepGen.Zoo.Commands;

/// <summary><c>draw</c>: the graph as a picture.</summary>
internal static class DrawCommand
{
    public static Command Create()
    {
        var name = NetworkName.Required();
        var output = new Option<string?>("--output", "-o") { HelpName = "FILE", Description = "Where the picture goes [default: NAME.svg]" };
        var command = new Command("draw", "Draws the graph of a network at full size as an SVG file: layers from top to bottom, blocks as groups, every connection.") { name, output };
        command.SetAction(result =>
        {
            var network = NetworkName.Find(result.GetValue(name)!);
            var path = result.GetValue(output) ?? network.Name + ".svg";
            File.WriteAllText(path, SvgPicture.Of(network.Name, GraphLayout.Of(Graphs.Of(network.Full))));
            Console.WriteLine(path);
        });
        return command;
    }
}
