using System.CommandLine;
using System.Globalization;
using DeepGen.Zoo.Checking;
using Spectre.Console;

namespace DeepGen.Zoo.Commands;

/// <summary><c>check</c>: whether networks train, and compute what they should.</summary>
internal static class CheckCommand
{
    private const string Help =
        "Trains each network, at its small size, for 20 steps on one batch; prints the training loss of the first step and of the last, and 'ok' when it fell by 20 %, "
        + "when loss, output and gradients of the first step are those of a double-precision interpreter (within 1e-4, or what the row says), with no gradient that is zero "
        + "or not finite, and when Save writes as many parameters as the graph has. Otherwise 'FAILED' and why, and exit code 1.";

    public static Command Create()
    {
        var name = NetworkName.Optional();
        var full = new Option<bool>("--full") { Description = "At the paper's size, for one network; the interpreter is left out, and the row says so, where it would take minutes" };
        var command = new Command("check", Help) { name, full };
        command.Validators.Add(result =>
        {
            if (result.GetValue(full) && result.GetValue(name) is null)
                result.AddError("--full needs the name of a network.");
        });
        command.SetAction(result => Run(NetworkName.Select(result.GetValue(name)), result.GetValue(full)));
        return command;
    }

    private static int Run(IReadOnlyList<ZooNetwork> networks, bool full)
    {
        var width = networks.Select(n => n.Name.Length).DefaultIfEmpty(0).Max();
        var failed = 0;
        foreach (var network in networks)
        {
            var result = Watched($"checking {network.Name}", () => NetworkCheck.Run(network, full));
            failed += result.Failures.Count > 0 ? 1 : 0;
            var remark = result.Failures.Count > 0 ? "FAILED  " + string.Join("; ", result.Failures) : ("ok  " + result.Remark).TrimEnd();
            Console.WriteLine($"{network.Name.PadRight(width)}  {Loss(result.LossBefore),10}  {Loss(result.LossAfter),10}  {remark}");
        }

        Console.WriteLine(FormattableString.Invariant($"{networks.Count - failed} of {networks.Count} ok"));
        return failed == 0 ? 0 : 1;
    }

    private static string Loss(double? loss) => loss is { } value ? value.ToString("g5", CultureInfo.InvariantCulture) : "-";

    /// <summary>On a terminal, says what it is busy with; nothing of that is left in a file or a pipe.</summary>
    private static T Watched<T>(string what, Func<T> work) =>
        Console.IsOutputRedirected ? work() : AnsiConsole.Status().Start(Markup.Escape(what), _ => work());
}
