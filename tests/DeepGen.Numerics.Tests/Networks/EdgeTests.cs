using DeepGen.Numerics.Tests.Harness;

namespace DeepGen.Numerics.Tests.Networks;

/// <summary>All networks of <see cref="EdgeSources"/> in one compilation.</summary>
public sealed class EdgeNetworks
{
    internal CompiledNetworks Compiled { get; } = CompiledNetworks.Compile(EdgeSources.Text);
}

/// <summary>Unusual but valid networks compute what their layers say.</summary>
public class EdgeTests(EdgeNetworks networks) : IClassFixture<EdgeNetworks>
{
    public static TheoryData<string> Names => new(System.Text.RegularExpressions.Regex.Matches(EdgeSources.Text, @"partial class (\w+)").Select(m => m.Groups[1].Value));

    [Theory]
    [MemberData(nameof(Names))]
    public void Generated_network_equals_interpreter(string name) => NetworkCheck.Run(networks.Compiled[name], 6, 1e-4);
}
