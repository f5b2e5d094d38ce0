using System.Globalization;

namespace DeepGen.Generators.Graph;

/// <summary>A build-time argument of an op: int, float, double, bool, string, an enum as its int, a <see cref="ScalarFunction"/>, an int or float array as <c>EquatableArray&lt;T&gt;</c>, or null.</summary>
internal readonly record struct ConstValue(object? Value)
{
    public override string ToString() => Value switch
    {
        null => "null",
        bool b => b ? "true" : "false",
        float f => f.ToString("R", CultureInfo.InvariantCulture),
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        EquatableArray<int> e => "[" + string.Join(", ", e) + "]",
        EquatableArray<float> e => "[" + string.Join(", ", e.Select(x => new ConstValue(x))) + "]",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => Value.ToString() ?? "",
    };
}
