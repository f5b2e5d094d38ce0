using VerifyXunit;

namespace DeepGen.VerifyStandIn.Tests;

/// <summary>The stand-in behaves as Verify.Xunit does in the one call that is used. Each test has a folder of its own.</summary>
public sealed class VerifierTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("verify-stand-in-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string File(string test, string kind) => Path.Combine(_folder, $"{nameof(VerifierTests)}.{test}.{kind}.cs");

    [Fact]
    public async Task SameTextPasses() =>
        await Verifier.Verify("class A\n{\n}\n", extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task SameTextRemovesAnOldReceivedFile()
    {
        System.IO.File.WriteAllText(File(nameof(SameTextRemovesAnOldReceivedFile), "verified"), "a");
        System.IO.File.WriteAllText(File(nameof(SameTextRemovesAnOldReceivedFile), "received"), "b");
        await Verifier.Verify("a", extension: "cs").UseDirectory(_folder);
        Assert.False(System.IO.File.Exists(File(nameof(SameTextRemovesAnOldReceivedFile), "received")));
    }

    [Fact]
    public async Task LineEndsAndByteOrderMarkDoNotMatter()
    {
        System.IO.File.WriteAllText(File(nameof(LineEndsAndByteOrderMarkDoNotMatter), "verified"), "a\r\nb\n", new System.Text.UTF8Encoding(true));
        await Verifier.Verify("a\nb\r\n", extension: "cs").UseDirectory(_folder);
    }

    [Fact]
    public async Task OtherTextFailsWithTheChangedLinesAndWritesTheReceivedFile()
    {
        var test = nameof(OtherTextFailsWithTheChangedLinesAndWritesTheReceivedFile);
        var verified = string.Join('\n', Enumerable.Range(1, 20));
        System.IO.File.WriteAllText(File(test, "verified"), verified);

        var error = await Assert.ThrowsAsync<VerifyException>(
            async () => await Verifier.Verify(verified.Replace("\n10\n", "\nten\n") + "\r\nend", extension: "cs").UseDirectory(_folder));

        Assert.Contains("@@ verified line 7, received line 7 @@\n  7\n  8\n  9\n- 10\n+ ten\n  11\n", error.Message);
        Assert.Contains("  20\n+ end\n", error.Message);
        Assert.DoesNotContain("  14\n", error.Message);
        Assert.Contains(File(test, "received"), error.Message);
        Assert.Equal(verified.Replace("\n10\n", "\nten\n") + "\nend", System.IO.File.ReadAllText(File(test, "received")));
        Assert.Equal(verified, System.IO.File.ReadAllText(File(test, "verified")));
    }

    [Fact]
    public async Task MissingSnapshotFailsAndWritesTheReceivedFile()
    {
        var error = await Assert.ThrowsAsync<VerifyException>(
            async () => await Verifier.Verify("new", extension: "cs").UseDirectory(Path.Combine(_folder, "Deeper")));

        Assert.StartsWith("There is no snapshot", error.Message);
        Assert.Equal("new", System.IO.File.ReadAllText(Path.Combine(_folder, "Deeper", $"{nameof(VerifierTests)}.{nameof(MissingSnapshotFailsAndWritesTheReceivedFile)}.received.cs")));
    }

    [Theory]
    [InlineData(1)]
    public void TheoriesAreRefused(int value)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Verifier.Verify($"{value}", extension: "cs"));
        Assert.Contains("one test method per snapshot", error.Message);
    }

    public sealed class Nested
    {
        [Fact]
        public async Task ClassIsNamedAfterItsParents()
        {
            var error = await Assert.ThrowsAsync<VerifyException>(
                async () => await Verifier.Verify("x", extension: "cs").UseDirectory(Path.Combine(Path.GetTempPath(), $"verify-stand-in-{Guid.NewGuid():N}")));
            Assert.Contains($"{nameof(VerifierTests)}.{nameof(Nested)}.{nameof(ClassIsNamedAfterItsParents)}.verified.cs", error.Message);
            var received = error.Message.Split('"')[1];
            Directory.Delete(Path.GetDirectoryName(received)!, recursive: true);
        }
    }
}
