using System.Diagnostics;
using System.Runtime.InteropServices;
using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.EndToEnd.Tests;

/// <summary>The package in an application that is trimmed. Needs the runtime's own packages from the machine's feed.</summary>
[Collection(PackageCollection.Name)]
public sealed class PublishTests(PackageFixture package)
{
    [Fact]
    [Trait("Tier", "Long")]
    public void LeNet5_publishes_trimmed_as_a_single_file_without_warnings()
    {
        var consumer = package.NewConsumer("published", otherFeeds: true);
        consumer.WriteProject(
            "LeNet5.csproj",
            """
            <PublishTrimmed>true</PublishTrimmed>
                <PublishSingleFile>true</PublishSingleFile>
                <SelfContained>true</SelfContained>
                <TrimmerSingleWarn>false</TrimmerSingleWarn>
                <InvariantGlobalization>true</InvariantGlobalization>
            """);
        consumer.Write("LeNet5.cs", Sources.LeNet5);
        consumer.Write("Program.cs", Sources.Program);
        var publish = Tool.Run(
            consumer.Folder,
            "publish", "LeNet5.csproj", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", "out", "-nologo", "-v", "quiet", "-clp:NoSummary", "-tl:off", "-nodeReuse:false").Succeeded();
        Assert.DoesNotContain(publish.Lines, l => l.Contains("warning", StringComparison.OrdinalIgnoreCase) && !l.StartsWith("0 Warning", StringComparison.Ordinal));

        var program = consumer.Path("out", OperatingSystem.IsWindows() ? "LeNet5.exe" : "LeNet5");
        Assert.Empty(Directory.EnumerateFiles(consumer.Path("out"), "*.dll"));
        using var process = Process.Start(new ProcessStartInfo(program) { WorkingDirectory = consumer.Folder, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(Sources.ProgramOutput, output.Trim());
    }
}
