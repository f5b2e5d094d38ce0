using System.Reflection;
using System.Runtime.CompilerServices;

namespace VerifyXunit;

/// <summary>
/// Compares text with the file <c>Class.Method.verified.EXTENSION</c>, as Verify.Xunit does: a mismatch, or no such file, fails the test and writes
/// <c>Class.Method.received.EXTENSION</c> beside it, to be moved over the verified file when the new text is right.
/// </summary>
public static class Verifier
{
    /// <summary>Starts the comparison of <paramref name="target"/>; await it, after <see cref="SettingsTask.UseDirectory"/> where a folder is wanted.</summary>
    /// <param name="target">The text; its line ends are compared and written as LF.</param>
    /// <param name="extension">The extension of the files, without a dot.</param>
    /// <param name="sourceFile">Filled in by the compiler: the files lie in this file's folder.</param>
    /// <exception cref="InvalidOperationException">No test is running, or a theory is: its cases would share one file.</exception>
    public static SettingsTask Verify(string target, string extension = "txt", [CallerFilePath] string sourceFile = "")
    {
        var test = UseVerifyAttribute.RunningTest
            ?? throw new InvalidOperationException("Verify needs a running test of an assembly with [assembly: VerifyXunit.UseVerify] (import Verify.props in the test project).");
        if (test.GetParameters().Length > 0)
            throw new InvalidOperationException($"{test.DeclaringType?.Name}.{test.Name} has parameters, and its cases would share one snapshot; write one test method per snapshot.");
        return new SettingsTask(target, extension, Path.GetDirectoryName(sourceFile)!, NameOf(test));
    }

    /// <summary>Verify's name of a test: the class after the classes that it is nested in, then the method.</summary>
    private static string NameOf(MethodInfo test)
    {
        var name = test.Name;
        for (var type = test.ReflectedType; type is not null; type = type.DeclaringType)
            name = $"{type.Name}.{name}";
        return name;
    }
}
