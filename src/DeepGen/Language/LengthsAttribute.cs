namespace DeepGen;

/// <summary>
/// Declares a parameter of <c>Forward</c> that says how many steps each sample of a sequence has: an integer from 1 to the sequence's first extent. Recurrent layers on that input,
/// and on what keeps its steps, leave a state as it is behind a sample's last step, and give zeros there.
/// </summary>
/// <param name="input">The input that it measures: <c>[Lengths(nameof(x))] Tensor lengths</c>.</param>
[AttributeUsage(AttributeTargets.Parameter, AllowMultiple = false, Inherited = false)]
public sealed class LengthsAttribute(string input) : Attribute
{
    /// <summary>The input that it measures.</summary>
    public string Input { get; } = input;
}
