using System.Reflection;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Language;
using DeepGen.Generators.Ops;
using DeepGen.Generators.Tests.Support;

namespace DeepGen.Generators.Tests;

/// <summary>Attribute and method cannot drift apart: same name, same parameters, same defaults, same node.</summary>
public class ParityTests
{
    public static TheoryData<string> BothForms => new(OpCatalogue.All.Where(o => o.Form == OpForm.Both).Select(o => o.Name));

    public static TheoryData<string> All => new(OpCatalogue.All.Where(o => o.Form is not (OpForm.Operator or OpForm.Cell)).Select(o => o.Name));

    [Theory]
    [MemberData(nameof(BothForms))]
    public void TheParameterListsAreIdentical(string name)
    {
        var attribute = typeof(Tensor).Assembly.GetType($"DeepGen.{name}Attribute", throwOnError: true)!;
        Assert.True(attribute.IsSealed && attribute.IsPublic);
        var usage = attribute.GetCustomAttribute<AttributeUsageAttribute>()!;
        Assert.Equal((AttributeTargets.Class, true, false), (usage.ValidOn, usage.AllowMultiple, usage.Inherited));
        Assert.Empty(attribute.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly));

        var op = OpCatalogue.Get(name);
        var overloads = LanguageWriter.Overloads(op);
        var constructors = attribute.GetConstructors();
        Assert.Equal(overloads.Count, constructors.Length);
        foreach (var perAxis in overloads)
        {
            var inAttribute = constructors.Single(c => IsPerAxis(op, c) == perAxis).GetParameters().Select(Describe);
            var inMethod = Method(op, perAxis).GetParameters().Where(p => p.ParameterType != typeof(Tensor)).Select(Describe);
            Assert.Equal(inMethod, inAttribute);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void TheMethodIsThatOfTheCatalogue(string name)
    {
        var op = OpCatalogue.Get(name);
        var method = Method(op);
        Assert.Equal(op.Form == OpForm.Static || op.TakesWeights, method.IsStatic);
        var parameters = method.GetParameters().ToDictionary(p => p.Name!);
        foreach (var p in op.Parameters)
        {
            var declared = parameters[p.Name];
            // Nothing in front of a list of tensors can be left out; another overload leaves out all.
            Assert.Equal(p.Default is not null && !op.Variadic, declared.IsOptional);
            if (declared.IsOptional)
            {
                Assert.Equal(p.Type is OpParameterType.Axes or OpParameterType.Floats ? null : p.Default, declared.DefaultValue);
            }
        }

        // Executed, it says what it is.
        var x = (Tensor)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(Tensor));
        if (!op.Variadic && op.Parameters.All(p => p.Type is not (OpParameterType.Ints or OpParameterType.Axes or OpParameterType.Floats)))
        {
            var e = Assert.Throws<TargetInvocationException>(() => method.Invoke(x, method.GetParameters().Select(p => p.IsOptional ? p.DefaultValue : p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null).ToArray()));
            Assert.Contains("build time", Assert.IsType<InvalidOperationException>(e.InnerException).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(BothForms))]
    public void TheNodesAreEqual(string name)
    {
        var op = OpCatalogue.Get(name);
        // A penalty of nothing is an error.
        foreach (var (withDefaults, perAxis) in LanguageWriter.Overloads(op).SelectMany(o => op.TakesWeights ? new[] { (false, o) } : new[] { (true, o), (false, o) }))
        {
            List<string> Arguments(bool inAttribute)
            {
                var arguments = op.Parameters.Where(p => p.Default is null || !withDefaults)
                    .Select((p, i) => (i % 2 == 0 ? "" : p.Type == OpParameterType.Ints ? "" : p.Name + ": ") + (perAxis ? PerAxis(p, Sample(op, p), inAttribute) : Sample(op, p))).ToList();
                if (!withDefaults && op.Parameters.All(p => p.Type != OpParameterType.Ints))
                {
                    arguments.Add("name: \"named\"");
                }

                return arguments;
            }

            var input = name switch
            {
                _ when op.IndexInput == 0 => "Input(12, type: Element.Int32)",
                "Dense" or "Rbf" or "Maxout" => "Input(12)",
                _ when op.IsLoss || op.TakesWeights => "Input(12)",
                "Rnn" or "Lstm" or "Gru" => "Input(5, 8)",
                _ when name.EndsWith("1d", StringComparison.Ordinal) => "Input(2, 8)",
                _ when name.EndsWith("3d", StringComparison.Ordinal) => "Input(2, 8, 8, 8)",
                _ => "Input(2, 8, 8)",
            };
            var arguments = Arguments(inAttribute: false);
            var list = string.Join(", ", arguments);
            string stack, method;
            if (op.TakesWeights)
            {
                stack = $"[Network, {input}, Dense(3), MeanSquaredError, {name}({list})] partial class Net;";
                method = $"[Network, {input}, Dense(3)] partial class Net {{ static Tensor Loss(Tensor y, [Target(3)] Tensor targets) => y.MeanSquaredError(targets) + Tensor.{name}({list}); }}";
            }
            else if (op.IsLoss)
            {
                var target = op.AttributeTarget(op.Parameters.Select(p => new ConstValue(p.Default)).ToArray(), new Shape(12));
                stack = $"[Network, {input}, Relu, {name}({list})] partial class Net;";
                method = $"[Network, {input}, Relu] partial class Net {{ static Tensor Loss(Tensor y, [Target({string.Join(", ", target.Shape.ToArray().Select(e => e.ToString()).Append("type: Element." + target.Element))})] Tensor {target.Name}) => y.{name}({string.Join(", ", arguments.Prepend(target.Name))}); }}";
            }
            else
            {
                stack = $"[Network, {input}, {name}({string.Join(", ", Arguments(inAttribute: true))})] partial class Net;";
                method = $"[Network] partial class Net {{ static Tensor Forward([{input}] Tensor input) => input.{name}({list}); }}";
            }

            Assert.Equal(Print(stack), Print(method));
        }
    }

    [Fact]
    public void EveryTypeOfTheLanguageIsPublicAndInTheNamespace()
    {
        foreach (var type in new[] { "NetworkAttribute", "InputAttribute", "LengthsAttribute", "TargetAttribute", "BlockAttribute", "RecomputeAttribute", "Tensor", "Padding", "Element", "Initializer" })
        {
            Assert.True(typeof(Tensor).Assembly.GetType("DeepGen." + type)?.IsPublic, type);
        }

        Assert.Equal((Windows.Same, Windows.Full), (Padding.Same, Padding.Full));
        Assert.Equal(Enum.GetNames<Generators.Graph.Initializer>(), Enum.GetNames<DeepGen.Initializer>());
        Assert.Equal(Enum.GetNames<Generators.Graph.Element>(), Enum.GetNames<DeepGen.Element>());
    }

    private static string Print(string source)
    {
        var result = Host.Read(source);
        Assert.Empty(result.Diagnostics.Select(d => d.Message + "\n" + source));
        return GraphFingerprint.Print(result.Model.Graph!);
    }

    private static MethodInfo Method(OpDefinition op, bool perAxis = false) =>
        typeof(Tensor).GetMethods().Where(m => m.Name == op.Name
            && m.IsStatic == (op.Form == OpForm.Static || op.TakesWeights)
            && m.GetParameters().All(p => p.Name != "weight")
            && IsPerAxis(op, m) == perAxis).MaxBy(m => m.GetParameters().Length)!;

    private static bool IsPerAxis(OpDefinition op, MethodBase m) => m.GetParameters().Any(p =>
        op.Parameters.Any(q => (p.ParameterType == typeof(int[]) && q.Name == p.Name && q.Type == OpParameterType.Extents) || (p.Name == LanguageWriter.OneAxis && q.Type == OpParameterType.Axes)));

    /// <summary>An extent for all axes and the same for each, or one axis in place of a list: also the nodes of the two overloads.</summary>
    private static string PerAxis(OpParameter p, string value, bool inAttribute) =>
        p.Type == OpParameterType.Axes ? "1" : p.Type != OpParameterType.Extents ? value : (inAttribute ? "new[] { " : "[") + string.Join(", ", Enumerable.Repeat(value, p.Axes)) + (inAttribute ? " }" : "]");

    private static (string?, Type, bool, object?) Describe(ParameterInfo p) => (
        p.Name,
        p.ParameterType == typeof(ReadOnlySpan<int>) ? typeof(int[]) : p.ParameterType == typeof(ReadOnlySpan<float>) ? typeof(float[]) : p.ParameterType,
        p.IsOptional,
        p.IsOptional ? p.DefaultValue : null);

    private static string Sample(OpDefinition op, OpParameter p) => (p.Name, p.Type) switch
    {
        ("axes", OpParameterType.Ints) => "2, 0, 1",
        ("axes", OpParameterType.Int) => "2",
        ("shape", _) when op.Name == "BroadcastTo" => "3, 2, 8, 8",
        ("axis" or "start" or "paddingIndex", _) => "1",
        (_, OpParameterType.Ints) => "8, -1, 4",
        ("padding", _) => "1",
        ("kernel", _) => "3",
        ("stride" or "groups", _) => "2",
        ("outputPadding", _) => "1",
        ("dilation" or "power", _) => "2",
        ("min", _) => "-0.5f",
        (_, OpParameterType.Axes) => "new[] { 0, 2 }",
        (_, OpParameterType.Floats) => "new[] { 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f, 11f, 12f }",
        (_, OpParameterType.Int) => "6",
        (_, OpParameterType.Bool) => "false",
        (_, OpParameterType.Float) => "0.25f",
        _ => throw new InvalidOperationException(p.Name),
    };
}
