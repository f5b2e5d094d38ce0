using Microsoft.CodeAnalysis;

namespace DeepGen.Generators.Language;

/// <summary>
/// Writes the op attributes and the methods of <c>Tensor</c> into the DeepGen assembly itself, from <see cref="Ops.OpCatalogue"/>, so that the two forms
/// of the language cannot drift apart. Active only where the MSBuild property DeepGenEmitLanguage is true.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class LanguageGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var wanted = context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.DeepGenEmitLanguage", out var value) && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase));
        context.RegisterSourceOutput(wanted, static (output, emit) =>
        {
            if (!emit)
            {
                return;
            }

            output.AddSource("Attributes.g.cs", LanguageWriter.Attributes());
            output.AddSource("Tensor.g.cs", LanguageWriter.TensorMethods());
        });
    }
}
