using System.Runtime.CompilerServices;
using System.Text;

namespace VerifyXunit;

/// <summary>A comparison that runs when it is awaited.</summary>
public sealed class SettingsTask
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly string _target;
    private readonly string _extension;
    private readonly string _name;
    private string _directory;

    internal SettingsTask(string target, string extension, string directory, string name)
    {
        (_target, _extension, _directory, _name) = (target, extension, directory, name);
    }

    /// <summary>Puts the files into <paramref name="directory"/>, relative to the folder of the test's source file.</summary>
    public SettingsTask UseDirectory(string directory)
    {
        _directory = Path.Combine(_directory, directory);
        return this;
    }

    /// <summary>Runs the comparison.</summary>
    public TaskAwaiter GetAwaiter() => CompareAsync().GetAwaiter();

    private async Task CompareAsync()
    {
        var verified = Path.Combine(_directory, $"{_name}.verified.{_extension}");
        var received = Path.Combine(_directory, $"{_name}.received.{_extension}");
        var text = Lf(_target);
        var expected = File.Exists(verified) ? Lf(await File.ReadAllTextAsync(verified)) : null;
        if (text == expected)
        {
            File.Delete(received);
            return;
        }

        Directory.CreateDirectory(_directory);
        await File.WriteAllTextAsync(received, text, Utf8);
        throw new VerifyException(expected is null
            ? $"There is no snapshot {verified}. If the received text is right, keep it:\n  mv \"{received}\" \"{verified}\""
            : $"The text differs from the snapshot (- verified, + received):\n{LineDiff.Render(expected, text)}\nIf the received text is right, keep it:\n  mv \"{received}\" \"{verified}\"");
    }

    private static string Lf(string text) => text.Replace("\r\n", "\n").Replace('\r', '\n');
}
