using DeepGen.Generators.Tests.Support;
using Microsoft.CodeAnalysis;

namespace DeepGen.Generators.Tests;

/// <summary>
/// The side for GPUs, written and compiled without ILGPU: some networks as text for review, all of them without a warning. That it computes the right numbers is tested where the package is.
/// </summary>
public class GpuSnapshotTests
{
    public static TheoryData<int> Networks => new(Enumerable.Range(0, SnapshotNetworks.All.Count()));

    [Fact]
    public async Task LeNet5() => await Verifier.Verify(Generated(SnapshotNetworks.LeNet5), extension: "cs").UseDirectory("Snapshots");

    [Fact]
    public async Task ResNetStem() => await Verifier.Verify(Generated(SnapshotNetworks.ResNetStem), extension: "cs").UseDirectory("Snapshots");

    [Theory]
    [MemberData(nameof(Networks))]
    public void Compiles_without_a_warning(int network) => Generated(SnapshotNetworks.All.ElementAt(network));

    [Fact]
    public void A_project_without_the_package_gets_no_side_for_GPUs()
    {
        var driver = Host.Driver().RunGenerators(Host.Compile(("Network.cs", SnapshotNetworks.LeNet5)));
        Assert.DoesNotContain(driver.GetRunResult().Results.Single().GeneratedSources, s => s.HintName.Contains("OnGpu") || s.SourceText.ToString().Contains("OnDevice"));
    }

    /// <summary>No array that is indexed in a loop, and no other kernel of a product than a tile: the GPU's compilers would put it into memory.</summary>
    [Fact]
    public void Sums_of_a_tile_are_variables()
    {
        var text = GpuHost.Run(SnapshotNetworks.LeNet5).Text;
        Assert.Contains("c0_0 += a0 * b0;", text);
        Assert.DoesNotContain("stackalloc", text);
        Assert.DoesNotContain("new float[", text);
    }

    private static string Generated(string source)
    {
        var (text, full) = GpuHost.Run(source);
        Assert.Empty(full.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning));
        return text;
    }
}
