using System.Globalization;
using DeepGen.Generators.Tests.Support;
using Microsoft.CodeAnalysis;

namespace DeepGen.Generators.Tests;

/// <summary>
/// Generated code of a dozen networks, so that a change in emission is a readable difference in review. A test that fails leaves the new text beside the
/// old one; when the difference is meant, accept all with
/// <c>for f in tests/DeepGen.Generators.Tests/Snapshots/*.received.cs; do mv "$f" "${f/received/verified}"; done</c>.
/// </summary>
public class SnapshotTests
{
    [Fact]
    public async Task LeNet5() => await Verifier.Verify(Generated(SnapshotNetworks.LeNet5), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task Perceptron() => await Verifier.Verify(Generated(SnapshotNetworks.Perceptron), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task Autoencoder() => await Verifier.Verify(Generated(SnapshotNetworks.Autoencoder), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task ResidualNet() => await Verifier.Verify(Generated(SnapshotNetworks.ResidualNet), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task ResNetStem() => await Verifier.Verify(Generated(SnapshotNetworks.ResNetStem), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task DropoutNet() => await Verifier.Verify(Generated(SnapshotNetworks.DropoutNet), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task MishNet() => await Verifier.Verify(Generated(SnapshotNetworks.MishNet), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task TwoHeads() => await Verifier.Verify(Generated(SnapshotNetworks.TwoHeads), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task Branches() => await Verifier.Verify(Generated(SnapshotNetworks.Branches), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task Siamese() => await Verifier.Verify(Generated(SnapshotNetworks.Siamese), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task GroupsAndDilation() => await Verifier.Verify(Generated(SnapshotNetworks.GroupsAndDilation), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task Attention() => await Verifier.Verify(Generated(SnapshotNetworks.Attention), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public void TwoRunsGiveTheSameText() =>
        Assert.All(SnapshotNetworks.All, source => Assert.Equal(Text(source), Text(source)));

    /// <summary>Decimal commas, another minus sign, groups and digits: made by hand, because a machine without ICU knows no culture but the invariant one.</summary>
    [Fact]
    public void TheCultureDoesNotMatter()
    {
        var expected = SnapshotNetworks.All.Select(Text).ToArray();
        var (culture, uiCulture) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            foreach (var strange in Cultures())
            {
                CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = strange;
                Assert.Equal(expected, SnapshotNetworks.All.Select(Text));
            }
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, uiCulture);
        }
    }

    [Fact]
    public void SnapshotsStaySmall() =>
        Assert.InRange(Directory.EnumerateFiles(Path.Combine(SampleFiles.Root, "tests", "DeepGen.Generators.Tests", "Snapshots"), "*.verified.cs").Sum(f => new FileInfo(f).Length), 1, 700_000);

    private static IEnumerable<CultureInfo> Cultures()
    {
        var strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        strange.NumberFormat.NumberDecimalSeparator = ",";
        strange.NumberFormat.NumberGroupSeparator = ".";
        strange.NumberFormat.NegativeSign = "−";
        strange.NumberFormat.NumberGroupSizes = [2];
        strange.NumberFormat.NaNSymbol = "?";
        yield return strange;
        foreach (var name in new[] { "tr-TR", "de-DE", "sv-SE", "ar-SA" })
        {
            CultureInfo? known = null;
            try
            {
                known = CultureInfo.GetCultureInfo(name);
            }
            catch (CultureNotFoundException)
            {
                // Globalization is invariant here.
            }

            if (known is not null)
            {
                yield return known;
            }
        }
    }

    /// <summary>What the generator adds to a compilation that holds one network; it must compile without a warning.</summary>
    private static string Generated(string source)
    {
        var (text, full) = Run(source);
        Assert.Empty(full.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning));
        return text;
    }

    private static string Text(string source) => Run(source).Text;

    private static (string Text, Compilation Full) Run(string source)
    {
        var driver = Host.Driver().RunGeneratorsAndUpdateCompilation(Host.Compile(("Network.cs", source)), out var full, out var diagnostics);
        Assert.Empty(diagnostics);
        return (string.Join("\n", Assert.Single(driver.GetRunResult().Results).GeneratedSources.Select(s => s.SourceText)), full);
    }
}
