using System.Reflection;
using DeepGen.Generators.Graph;
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
        var inAttribute = Assert.Single(attribute.GetConstructors()).GetParameters().Select(Describe);
        var inMethod = Method(op).GetParameters().Where(p => p.ParameterType != typeof(Tensor)).Select(Describe);
        Assert.Equal(inMethod, inAttribute);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void TheMethodIsThatOfTheCatalogue(string name)
    {
        var op = OpCatalogue.Get(name);
        var method = Method(op);
        Assert.Equal(op.Form == OpForm.Static, method.IsStatic);
        var parameters = method.GetParameters().ToDictionary(p => p.Name!);
        foreach (var p in op.Parameters)
        {
            var declared = parameters[p.Name];
            Assert.Equal(p.Default is not null, declared.IsOptional);
            if (p.Default is not null)
            {
                Assert.Equal(p.Default, declared.DefaultValue);
            }
        }

        // Executed, it says what it is.
        var x = (Tensor)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(Tensor));
        if (!op.Variadic && op.Parameters.All(p => p.Type != OpParameterType.Ints))
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
        foreach (var withDefaults in new[] { true, false })
        {
            var arguments = op.Parameters.Where(p => p.Default is null || !withDefaults).Select((p, i) => (i % 2 == 0 ? "" : p.Type == OpParameterType.Ints ? "" : p.Name + ": ") + Sample(p)).ToList();
            if (!withDefaults && op.Parameters.All(p => p.Type != OpParameterType.Ints))
            {
                arguments.Add("name: \"named\"");
            }

            var input = name switch { "Dense" or "SoftmaxCrossEntropy" or "MeanSquaredError" => "Input(12)", "Rnn" or "Lstm" or "Gru" => "Input(5, 8)", _ => "Input(2, 8, 8)" };
            var list = string.Join(", ", arguments);
            string stack, method;
            if (op.IsLoss)
            {
                var target = op.AttributeTarget(new Shape(12));
                stack = $"[Network, {input}, Relu, {name}({list})] partial class Net;";
                method = $"[Network, {input}, Relu] partial class Net {{ static Tensor Loss(Tensor y, [Target({string.Join(", ", target.Shape.ToArray().Select(e => e.ToString()).Append("type: Element." + target.Element))})] Tensor {target.Name}) => y.{name}({string.Join(", ", arguments.Prepend(target.Name))}); }}";
            }
            else
            {
                stack = $"[Network, {input}, {name}({list})] partial class Net;";
                method = $"[Network] partial class Net {{ static Tensor Forward([{input}] Tensor input) => input.{name}({list}); }}";
            }

            Assert.Equal(Print(stack), Print(method));
        }
    }

    [Fact]
    public void EveryTypeOfTheLanguageIsPublicAndInTheNamespace()
    {
        foreach (var type in new[] { "NetworkAttribute", "InputAttribute", "LengthsAttribute", "TargetAttribute", "BlockAttribute", "Tensor", "Padding", "Element", "Initializer" })
        {
            Assert.True(typeof(Tensor).Assembly.GetType("DeepGen." + type)?.IsPublic, type);
        }

        Assert.Equal(Windows.Same, Padding.Same);
        Assert.Equal(Enum.GetNames<Generators.Graph.Initializer>().Select((n, i) => (n, i)), Enum.GetNames<DeepGen.Initializer>().Where(n => n != "Constant").Select(n => (n, (int)Enum.Parse<DeepGen.Initializer>(n))));
        Assert.Equal(Enum.GetNames<Generators.Graph.Element>(), Enum.GetNames<DeepGen.Element>());
    }

    private static string Print(string source)
    {
        var result = Host.Read(source);
        Assert.Empty(result.Diagnostics.Select(d => d.Message + "\n" + source));
        return GraphFingerprint.Print(result.Model.Graph!);
    }

    private static MethodInfo Method(OpDefinition op) =>
        typeof(Tensor).GetMethods().Single(m => m.Name == op.Name && m.GetParameters().All(p => p.Name != "weight"));

    private static (string?, Type, bool, object?) Describe(ParameterInfo p) =>
        (p.Name, p.ParameterType == typeof(ReadOnlySpan<int>) ? typeof(int[]) : p.ParameterType, p.IsOptional, p.IsOptional ? p.DefaultValue : null);

    private static string Sample(OpParameter p) => (p.Name, p.Type) switch
    {
        (_, OpParameterType.Ints) => "8, -1, 4",
        ("padding", _) => "1",
        ("kernel", _) => "3",
        ("stride" or "groups", _) => "2",
        ("dilation", _) => "2",
        (_, OpParameterType.Int) => "6",
        (_, OpParameterType.Bool) => "false",
        (_, OpParameterType.Float) => "0.25f",
        _ => throw new InvalidOperationException(p.Name),
    };
}
