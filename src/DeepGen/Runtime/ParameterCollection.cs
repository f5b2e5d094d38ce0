using System.Collections;
using System.IO.Enumeration;

namespace DeepGen;

/// <summary>The parameters and running statistics of a network in declared order.</summary>
public sealed class ParameterCollection : IReadOnlyList<Parameter>
{
    private readonly string _network;
    private readonly Parameter[] _parameters;
    private readonly Dictionary<string, Parameter> _byName;

    internal ParameterCollection(Network network)
    {
        _network = network.Definition.Name;
        _parameters = Array.ConvertAll(network.Definition.Parameters, definition => new Parameter(network, definition));
        _byName = _parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
    }

    /// <summary>The number of parameters and running statistics.</summary>
    public int Count => _parameters.Length;

    /// <summary>The number of trainable values of all parameters together.</summary>
    public long TrainableValues => _parameters.Where(parameter => parameter.IsTrainable).Sum(parameter => (long)parameter.Count);

    /// <summary>The parameter at a place in declared order.</summary>
    public Parameter this[int index] => _parameters[index];

    /// <summary>The parameter of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists the names that are nearest.</exception>
    public Parameter this[string name] => TryGet(name) ?? throw new KeyNotFoundException($"{_network} has no parameter '{name}'. {Nearest(name)}");

    /// <summary>The parameter of a name, or null.</summary>
    public Parameter? TryGet(string name) => _byName.GetValueOrDefault(name);

    /// <summary>All parameters whose name matches a pattern, where <c>*</c> stands for any text and <c>?</c> for one character: <c>layer1.*.weight</c>.</summary>
    /// <exception cref="KeyNotFoundException">No name matches: an empty result would hide a misspelling.</exception>
    public IReadOnlyList<Parameter> Matching(string pattern)
    {
        var found = Array.FindAll(_parameters, parameter => FileSystemName.MatchesSimpleExpression(pattern, parameter.Name, ignoreCase: false));
        return found.Length > 0 ? found : throw new KeyNotFoundException($"No parameter of {_network} matches '{pattern}'. {Nearest(pattern)}");
    }

    /// <inheritdoc/>
    public IEnumerator<Parameter> GetEnumerator() => ((IEnumerable<Parameter>)_parameters).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string Nearest(string name)
    {
        if (_parameters.Length == 0) return "It has no parameters.";
        var nearest = _parameters.Select(parameter => parameter.Name).OrderBy(candidate => Distance(name, candidate)).Take(3);
        return $"Nearest: {string.Join(", ", nearest.Select(candidate => $"'{candidate}'"))}.";
    }

    /// <summary>Edit distance (V. Levenshtein 1966) without regard to case.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
