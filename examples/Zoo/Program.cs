using System.Text;
using DeepGen.Zoo;
using DeepGen.Zoo.Commands;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var parsed = ZooCommand.Create().Parse(args);
// The last error is the nearest to what was typed: that a command is missing is said of every word that is none.
if (parsed.Errors.Count > 0)
    return Fail(parsed.Errors[^1].Message + " See --help.");
try
{
    return parsed.Invoke(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception error) when (error is UsageException or IOException or UnauthorizedAccessException)
{
    return Fail(error.Message);
}

static int Fail(string message)
{
    Console.Error.WriteLine("error: " + message.ReplaceLineEndings(" "));
    return 1;
}
