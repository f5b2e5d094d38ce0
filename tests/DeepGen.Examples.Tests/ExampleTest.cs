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

    /// <summary>That these arguments are refused in one line that has the words, with exit code 1, before anything is written: there is no file or folder that was not there.</summary>
    private protected void Refused(string expected, params string[] arguments)
    {
        string?[] before = [.. Files];
        var result = Run(arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.StartsWith("error: ", Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Files);
    }

    /// <summary>Makes a file in the folder.</summary>
    /// <returns>Its name.</returns>
    private protected string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return name;
    }

    /// <summary>Makes the four IDX files of a data set, three labels for three pictures, in <c>data</c>.</summary>
    /// <param name="name">A file that is wrong.</param>
    /// <param name="wrong">What it becomes.</param>
    private protected void WriteIdx(string name, Func<byte[], byte[]> wrong)
    {
        foreach (var set in new[] { "train", "t10k" })
        {
            One($"{set}-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 28, 0, 0, 0, 28, .. new byte[3 * 28 * 28]]);
            One($"{set}-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 3, 1, 9, 0]);
        }

        void One(string file, byte[] bytes) => Write(Path.Combine("data", file), file == name ? wrong(bytes) : bytes);
    }

    /// <summary>That the help lists these options.</summary>
    private protected void HelpLists(params string[] options)
    {
        var help = Run("--help").Succeeded();
        Assert.All([.. options, "--help"], o => Assert.Contains(o, help.Output, StringComparison.Ordinal));
    }
}
