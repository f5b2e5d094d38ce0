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

    public static TheoryData<string> All => new(OpCatalogue.All.Where(o => o.Form != OpForm.Operator).Select(o => o.Name));

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
        var forms = LanguageWriter.AxisForms(op);
        var constructors = attribute.GetConstructors();
        Assert.Equal(forms.Count, constructors.Length);
        foreach (var oneAxis in forms)
        {
            var inAttribute = constructors.Single(c => forms.Count == 1 || TakesOneAxis(c) == oneAxis).GetParameters().Select(Describe);
            var inMethod = Method(op, oneAxis).GetParameters().Where(p => p.ParameterType != typeof(Tensor)).Select(Describe);
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
            Assert.Equal(p.Default is not null, declared.IsOptional);
            if (p.Default is not null)
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
        foreach (var withDefaults in op.TakesWeights ? new[] { false } : new[] { true, false })
        {
            var arguments = op.Parameters.Where(p => p.Default is null || !withDefaults).Select((p, i) => (i % 2 == 0 ? "" : p.Type == OpParameterType.Ints ? "" : p.Name + ": ") + Sample(p)).ToList();
            if (!withDefaults && op.Parameters.All(p => p.Type != OpParameterType.Ints))
            {
                arguments.Add("name: \"named\"");
            }

            var input = op.IsLoss || op.TakesWeights || name is "Dense" or "Maxout" ? "Input(12)" : "Input(2, 8, 8)";
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
                stack = $"[Network, {input}, {name}({list})] partial class Net;";
                method = $"[Network] partial class Net {{ static Tensor Forward([{input}] Tensor input) => input.{name}({list}); }}";
            }

            Assert.Equal(Print(stack), Print(method));
        }
    }

    [Fact]
    public void EveryTypeOfTheLanguageIsPublicAndInTheNamespace()
    {
        foreach (var type in new[] { "NetworkAttribute", "InputAttribute", "TargetAttribute", "BlockAttribute", "Tensor", "Padding", "Element", "Initializer" })
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

    private static MethodInfo Method(OpDefinition op, bool oneAxis = false) =>
        typeof(Tensor).GetMethods().Single(m => m.Name == op.Name
            && m.IsStatic == (op.Form == OpForm.Static || op.TakesWeights)
            && m.GetParameters().All(p => p.Name != "weight")
            && (LanguageWriter.AxisForms(op).Count == 1 || TakesOneAxis(m) == oneAxis));

    private static bool TakesOneAxis(MethodBase method) => method.GetParameters().Any(p => p.Name == LanguageWriter.OneAxis);

    private static (string?, Type, bool, object?) Describe(ParameterInfo p) => (
        p.Name,
        p.ParameterType == typeof(ReadOnlySpan<int>) ? typeof(int[]) : p.ParameterType == typeof(ReadOnlySpan<float>) ? typeof(float[]) : p.ParameterType,
        p.IsOptional,
        p.IsOptional ? p.DefaultValue : null);

    private static string Sample(OpParameter p) => (p.Name, p.Type) switch
    {
        (_, OpParameterType.Ints) => "8, -1, 4",
        ("padding", _) => "1",
        ("kernel", _) => "3",
        ("stride" or "groups", _) => "2",
        ("dilation" or "power", _) => "2",
        ("axis", _) => "1",
        ("min", _) => "-0.5f",
        (_, OpParameterType.Axes) => "new[] { 0, 2 }",
        (_, OpParameterType.Floats) => "new[] { 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f, 11f, 12f }",
        ("axes", _) => "2",
        (_, OpParameterType.Int) => "6",
        (_, OpParameterType.Bool) => "false",
        (_, OpParameterType.Float) => "0.25f",
        _ => throw new InvalidOperationException(p.Name),
    };
}
