using System.Reflection;
using System.Text.RegularExpressions;
using DeepGen.Numerics.Tests.Harness;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace DeepGen.Ilgpu.Tests;

/// <summary>
/// The code that ILGPU makes of the kernels for an NVIDIA GPU, which needs none: nothing in local memory, no calls, and in tiles the order of waits and reads of shared memory that is in their text,
/// which ILGPU 1.5.3 does not keep everywhere.
/// </summary>
public class PtxTests
{
    private const string Source = """
        [Network, Input(1, 28, 28)]
        [Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
        [Conv2d(16, 5), BatchNorm, Relu, MaxPool2d(2)]
        [Flatten, Dense(120), Dropout(0.5f), Gelu, Dense(84), Sigmoid, Dense(10)]
        [SoftmaxCrossEntropy]
        public partial class WholeLeNet;

        [Network, Input(5, 8), Lstm(16), Flatten, LayerNorm, Dense(4), MeanSquaredError]
        public partial class WholeSequence;
        """;

    private static readonly Lazy<(string Kernel, string Ptx)[]> Kernels = new(() => [.. Compile()]);

    [Fact]
    public void Nothing_lies_in_local_memory_and_nothing_is_called()
    {
        Assert.True(Kernels.Value.Length > 40, $"{Kernels.Value.Length} kernels");
        Assert.Empty(Kernels.Value.Where(k => k.Ptx.Contains(".local") || Regex.IsMatch(k.Ptx, @"^\s*call", RegexOptions.Multiline)).Select(k => k.Kernel));
    }

    [Fact]
    public void A_tile_waits_stores_waits_and_then_reads()
    {
        var tiles = Kernels.Value.Where(k => k.Kernel.StartsWith("Tile", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(tiles);
        foreach (var (kernel, ptx) in tiles)
        {
            // In the order of the text: w(ait), s(tore), l(oad) of shared memory, each run once.
            var order = Regex.Replace(string.Concat(Regex.Matches(ptx, @"bar\.sync|(st|ld)(?:\.volatile)?\.shared").Select(m => m.Value.StartsWith("bar", StringComparison.Ordinal) ? "w" : m.Value.StartsWith("st", StringComparison.Ordinal) ? "s" : "l")), "(.)\\1+", "$1");
            Assert.Matches("^wswl(wswl)+$", order);
        }
    }

    [Fact]
    public void The_sums_of_a_tile_are_in_registers()
    {
        foreach (var (kernel, ptx) in Kernels.Value.Where(k => k.Kernel.StartsWith("Tile128x128", StringComparison.Ordinal)))
        {
            Assert.True(Regex.Matches(ptx, @"fma\.rn\.f32|mul(\.rn)?\.f32").Count >= 64, kernel);
        }
    }

    private static IEnumerable<(string Kernel, string Ptx)> Compile()
    {
        var networks = CompiledNetworks.Compile(Source);
        var methods = new List<MethodInfo>();
        foreach (var name in new[] { "WholeLeNet", "WholeSequence" })
        {
            using var driver = networks[name].Create(2);
            methods.AddRange(((GpuExecutor)driver.Network.Executor).Device.Kernels);
        }

        // The rules of optimizers are loaded by the first step.
        using (var driver = networks["WholeSequence"].Create(1))
        {
            Array[] x = [new float[40]], target = [new float[4]];
            foreach (var optimizer in new Func<Optimizer>[] { () => new Sgd(0.1f), () => new Sgd(0.1f, momentum: 0.9f), () => new Adam(), () => new RmsProp(), () => new Adagrad() })
            {
                driver.Step(x, target, optimizer());
            }

            methods.AddRange(((GpuExecutor)driver.Network.Executor).Device.Kernels.Where(k => k.DeclaringType!.GetGenericArguments() is [{ Name: "UpdateBody`1" }]));
        }

        using var context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2));
        Rounded.Register(context);
        using var backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_90), CudaArchitecture.SM_90, CudaInstructionSet.ISA_84, null);
        foreach (var method in methods.Distinct())
        {
            var kernel = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), new KernelSpecialization(256, null));
            var argument = method.IsGenericMethod ? method.GetGenericArguments()[0] : method.DeclaringType!.GetGenericArguments()[0];
            yield return ($"{method.DeclaringType!.Name} of {argument.DeclaringType?.DeclaringType?.Name}.{argument.Name}", kernel.PTXAssembly);
        }
    }
}
