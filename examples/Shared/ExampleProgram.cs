using System.CommandLine;
using System.Text;

namespace DeepGen.Examples;

/// <summary>What every example's program does around its work: Ctrl-C, and errors in one line.</summary>
public static class ExampleProgram
{
    /// <summary>Ended by Ctrl-C before there was anything to keep, as a shell numbers it.</summary>
    public const int Interrupted = 130;

    /// <summary>Parses the arguments and does what they ask for.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="create">Makes the command; its action gets the token that the first Ctrl-C cancels. A second one ends the process where it is.</param>
    /// <returns>The exit code: the command's own, or 1 with a line that begins with "error: ".</returns>
    public static int Run(string[] args, Func<CancellationToken, RootCommand> create)
    {
        // Whatever the terminal was set to: the display draws lines and the texts have letters beyond ASCII.
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };

        var parsed = create(stop.Token).Parse(args);
        if (parsed.Errors.Count > 0)
            return Fail(parsed.Errors[0].Message + " See --help.");
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception error) when (error is UsageException or IOException or InvalidDataException or UnauthorizedAccessException or NonFiniteException)
        {
            return Fail(error.Message);
        }
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine("error: " + message.ReplaceLineEndings(" "));
        return 1;
    }
}
