using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.Examples.Tests;

/// <summary>An example, run as a program of its own in an empty folder.</summary>
/// <param name="project">Its project's name.</param>
public abstract class ExampleTest(string project) : IDisposable
{
    /// <summary>The folder, which goes away with the test.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("deepgen-example-").FullName;

    /// <summary>Files and folders that are there now, in order.</summary>
    protected IEnumerable<string?> Files => Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected ToolResult Run(params string[] arguments) => Tool.Run(Folder, [Path.Combine(Repository.Artifacts, "bin", project, Repository.Configuration, project + ".dll"), .. arguments]);

    /// <summary>That these arguments are refused in one line that has the words, with exit code 1, before anything is written.</summary>
    private protected void Refused(string expected, params string[] arguments)
    {
        var result = Run(arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.StartsWith("error: ", Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
        Assert.Empty(Files);
    }

    /// <summary>That the help lists these options.</summary>
    private protected void HelpLists(params string[] options)
    {
        var help = Run("--help").Succeeded();
        Assert.All([.. options, "--help"], o => Assert.Contains(o, help.Output, StringComparison.Ordinal));
    }
}
