using System.CommandLine;
using System.Text;
using DeepGen.Examples;

// Whatever the terminal was set to: the display draws lines and the report's names have letters beyond ASCII.
Console.OutputEncoding = Encoding.UTF8;

// The first Ctrl-C asks the training to stop; a second one ends the process where it is.
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};

var parsed = Settings.Command(settings => new TrainingRun(settings).Execute(stop.Token)).Parse(args);
if (parsed.Errors.Count > 0)
    return Fail(parsed.Errors[0].Message + " See --help.");
try
{
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception error) when (error is UsageException or IOException or InvalidDataException or UnauthorizedAccessException or DeepGen.NonFiniteException)
{
    return Fail(error.Message);
}

static int Fail(string message)
{
    Console.Error.WriteLine("error: " + message.ReplaceLineEndings(" "));
    return 1;
}
