using DeepGen.Generators.Ops;
using DeepGen.Numerics.Tests.Harness;
using DeepGen.Numerics.Tests.Oracle;

namespace DeepGen.Numerics.Tests.Ops;

/// <summary>All quick configurations of all ops in one compilation.</summary>
public sealed class QuickOps
{
    internal CompiledNetworks Networks { get; } = CompiledNetworks.Compile(OpCases.All(OpCases.Quick).Select(c => c.ToSource()).ToArray());
}

/// <summary>The generated code of every op equals the reference interpreter: forward, gradients of parameters and inputs, training and inference.</summary>
public class OpTests(QuickOps compiled) : IClassFixture<QuickOps>
{
    public const double Tolerance = 1e-5;

    public static TheoryData<string> Ops => new(OpCatalogue.All.Select(o => o.Name));

    [Theory]
    [MemberData(nameof(Ops))]
    public void Generated_code_of_op(string op) => Check(op, OpCases.Quick, compiled.Networks);

    internal static void Check(string op, int randoms, CompiledNetworks networks)
    {
        // All failures at once: which shapes are wrong says more than the first of them.
        var failures = new List<string>();
        var cases = OpCases.For(op, randoms).ToList();
        foreach (var c in cases)
        {
            try
            {
                NetworkCheck.Run(networks[c.Name], c.Batch, Tolerance, c.Low, c.High);
            }
            catch (Exception e)
            {
                failures.Add($"{c.ToSource()}\nbatch {c.Batch}: {e.Message}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {cases.Count} configurations:\n\n" + string.Join("\n\n", failures));
    }
}

/// <summary>As <see cref="OpTests"/>, at many more shapes.</summary>
[Trait("Tier", "Long")]
public class LongOpTests
{
    public static TheoryData<string> Ops => OpTests.Ops;

    [Theory]
    [MemberData(nameof(Ops))]
    public void Generated_code_of_op_at_many_shapes(string op) =>
        OpTests.Check(op, OpCases.Long, CompiledNetworks.Compile(OpCases.For(op, OpCases.Long).Select(c => c.ToSource()).ToArray()));
}
