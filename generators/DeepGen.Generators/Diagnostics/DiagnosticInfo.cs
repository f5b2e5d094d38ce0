using DeepGen.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DeepGen.Generators.Diagnostics;

/// <summary>A place in the source, compared by value and without a syntax tree, so that an incremental model may hold it.</summary>
internal sealed record LocationInfo(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static LocationInfo Of(Location location)
    {
        var line = location.GetLineSpan();
        return new LocationInfo(location.SourceTree?.FilePath ?? line.Path, location.SourceSpan, line.Span);
    }

    /// <summary>For the generator, which must not name a tree.</summary>
    public Location ToLocation() => Location.Create(Path, Span, Lines);

    /// <summary>For the analyzer: in the tree of that path, so that the IDE can show it there.</summary>
    public Location ToLocation(Compilation compilation, SyntaxTree first)
    {
        if (first.FilePath == Path && Span.End <= first.Length)
        {
            return Location.Create(first, Span);
        }

        foreach (var tree in compilation.SyntaxTrees)
        {
            if (tree.FilePath == Path && Span.End <= tree.Length)
            {
                return Location.Create(tree, Span);
            }
        }

        return ToLocation();
    }
}

/// <summary>A diagnostic compared by value.</summary>
internal sealed record DiagnosticInfo(DiagnosticDescriptor Descriptor, LocationInfo Location, EquatableArray<LocationInfo> Additional, EquatableArray<string> Arguments)
{
    /// <summary>The text as the user reads it, with the id, for the members of a network that did not compile.</summary>
    public string Message => Descriptor.Id + ": " + string.Format(System.Globalization.CultureInfo.InvariantCulture, Descriptor.MessageFormat.ToString(System.Globalization.CultureInfo.InvariantCulture), Arguments.ToArray<object>());

    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Descriptor, Location.ToLocation(), Additional.Select(a => a.ToLocation()), Arguments.ToArray<object>());

    public Diagnostic ToDiagnostic(Compilation compilation, SyntaxTree first) =>
        Diagnostic.Create(Descriptor, Location.ToLocation(compilation, first), Additional.Select(a => a.ToLocation(compilation, first)), Arguments.ToArray<object>());
}
