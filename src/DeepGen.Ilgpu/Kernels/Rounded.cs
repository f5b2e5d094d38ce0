using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

namespace DeepGen.Ilgpu;

/// <summary>
/// Arithmetic that the GPU's compiler must leave as it is: it would join any product and sum to one rounding, where the host has two, and some functions (the power) depend on that. ILGPU has
/// no such operations; these are added to it as instructions of PTX.
/// </summary>
internal static class Rounded
{
    /// <summary>a·b, rounded before anything is added.</summary>
    [IntrinsicImplementation]
    public static float Multiply(float a, float b) => a * b;

    /// <summary>a·b + c with one rounding.</summary>
    [IntrinsicImplementation]
    public static float MultiplyAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>Makes them known to a context.</summary>
    public static void Register(Context context)
    {
        Add(nameof(Multiply), nameof(WriteMultiply));
        Add(nameof(MultiplyAdd), nameof(WriteMultiplyAdd));

        void Add(string name, string writer) => context.GetIntrinsicManager().RegisterMethod(
            typeof(Rounded).GetMethod(name, BindingFlags.Static | BindingFlags.Public)!,
            new PTXIntrinsic(typeof(Rounded), writer, IntrinsicImplementationMode.GenerateCode));
    }

    private static void WriteMultiply(PTXBackend backend, PTXCodeGenerator generator, Value value) => Write(generator, (MethodCall)value, "mul.rn.f32", 2);

    private static void WriteMultiplyAdd(PTXBackend backend, PTXCodeGenerator generator, Value value) => Write(generator, (MethodCall)value, "fma.rn.f32", 3);

    private static void Write(PTXCodeGenerator generator, MethodCall call, string instruction, int operands)
    {
        var registers = Enumerable.Range(0, operands).Select(i => generator.LoadPrimitive(call[i])).ToArray();
        var target = generator.AllocateHardware(call);
        using var command = generator.BeginCommand(instruction);
        command.AppendArgument(target);
        foreach (var register in registers) command.AppendArgument(register);
    }
}
