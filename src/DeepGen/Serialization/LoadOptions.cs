namespace DeepGen;

/// <summary>What <see cref="Network.Load"/> does with a file that does not hold exactly the network's tensors.</summary>
public sealed record LoadOptions
{
    /// <summary>The file must hold every parameter and running statistic, in its shape, and nothing else.</summary>
    public static LoadOptions Strict { get; } = new();

    /// <summary>What fits is loaded; the report says what is missing, unexpected or mis-shaped.</summary>
    public static LoadOptions Partial { get; } = new() { IsPartial = true };

    private LoadOptions()
    {
    }

    /// <summary>Whether what does not fit is reported instead of refused.</summary>
    public bool IsPartial { get; private init; }

    /// <summary>
    /// Patterns of parameter names (after <see cref="Rename"/>; <c>*</c> is any text, <c>?</c> one character) whose tensors are left out, such as those of a head that is to be learned anew though it has the
    /// same shape. The report lists them as skipped, and their parameters are not missing. A pattern that matches no parameter is an error.
    /// <code>LoadOptions.Partial with { Skip = ["Dense3.*"] }</code>
    /// </summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>
    /// Gives the parameter's name for a tensor name of the file; null leaves that tensor out. Without it the names are the same.
    /// <code>LoadOptions.Partial with { Rename = name => name.Replace("features.", "Backbone.") }</code>
    /// </summary>
    public Func<string, string?>? Rename { get; init; }
}
