using DeepGen.Numerics.Tests.Harness;
using DeepGen.Numerics.Tests.Oracle;
using DeepGen.Numerics.Tests.Passes;

namespace DeepGen.Numerics.Tests.Networks;

/// <summary>All fusion networks in one compilation.</summary>
public sealed class FusionNetworks
{
    internal CompiledNetworks Compiled { get; } = CompiledNetworks.Compile(FusionSources.ActivationNets(), FusionSources.Rest);
}

/// <summary>Every fusion computes what the unfused layers compute.</summary>
public class FusionTests(FusionNetworks networks) : IClassFixture<FusionNetworks>
{
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Names
    {
        get
        {
            var text = FusionSources.ActivationNets() + FusionSources.Rest;
            return new(System.Text.RegularExpressions.Regex.Matches(text, @"partial class (\w+)").Select(m => m.Groups[1].Value));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Generated_network_equals_interpreter(string name) => NetworkCheck.Run(networks.Compiled[name], 3, Tolerance);

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Tier", "Long")]
    public void Generated_network_equals_interpreter_at_other_batches(string name)
    {
        NetworkCheck.Run(networks.Compiled[name], 2, Tolerance);
        NetworkCheck.Run(networks.Compiled[name], 17, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Tier", "Long")]
    public void Interpreter_gradients_are_derivatives(string name) => FiniteDifferenceTests.CheckGraph(name, networks.Compiled[name].Graph, 2, coordinates: 8);

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Tier", "Long")]
    public void Primitives_equal_interpreter(string name) => LoweringTests.Check(name, networks.Compiled[name].Graph, 2);
}
