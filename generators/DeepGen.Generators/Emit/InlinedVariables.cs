using System.Text;

namespace DeepGen.Generators.Emit;

/// <summary>
/// Straight-line code whose variables, prefix0, prefix1, …, are each given by an expression without side effects: what is used once moves to its use, as long as the line
/// stays readable.
/// </summary>
internal sealed class InlinedVariables
{
    private const int LongestLine = 120;

    private readonly string prefix;
    private readonly IReadOnlyList<string> definitions;
    private readonly int[] uses;
    private readonly string?[] pending;
    private readonly StringBuilder text = new();

    public InlinedVariables(string prefix, IReadOnlyList<string> definitions)
    {
        this.prefix = prefix;
        this.definitions = definitions;
        uses = new int[definitions.Count];
        pending = new string?[definitions.Count];
    }

    /// <param name="tail">Statements that use the variables. Where there are several, they may write what the variables read, so nothing moves into them.</param>
    public string Write(string tail)
    {
        foreach (var definition in definitions)
        {
            foreach (var (_, _, variable) in Variables(definition))
            {
                uses[variable]++;
            }
        }

        foreach (var (_, _, variable) in Variables(tail))
        {
            uses[variable]++;
        }

        for (var i = 0; i < definitions.Count; i++)
        {
            var expression = Substitute(definitions[i]);
            if (uses[i] == 1)
            {
                pending[i] = expression;
            }
            else if (uses[i] > 1)
            {
                Define(i, expression);
            }
        }

        var single = tail.IndexOf('\n') == tail.Length - 1;
        if (!single)
        {
            foreach (var (_, _, variable) in Variables(tail))
            {
                if (pending[variable] is { } expression)
                {
                    Define(variable, expression);
                }
            }
        }

        var end = single ? Substitute(tail) : tail;
        return text + end;
    }

    private void Define(int variable, string expression)
    {
        pending[variable] = null;
        text.Append("var ").Append(prefix).Append(Literals.Int(variable)).Append(" = ").Append(expression).Append(";\n");
    }

    private string Substitute(string expression)
    {
        var length = expression.Length;
        var result = new StringBuilder();
        var copied = 0;
        foreach (var (start, end, variable) in Variables(expression))
        {
            if (pending[variable] is not { } value)
            {
                continue;
            }

            length += value.Length;
            if (length > LongestLine)
            {
                Define(variable, value);
                continue;
            }

            pending[variable] = null;
            // Between brackets or commas, or behind return, an expression stands for itself; beside an operator it needs brackets.
            var alone = (start == 0 || expression[start - 1] == '(' || (start > 1 && expression[start - 2] is ',' or 'n' && expression[start - 1] == ' ')) && (end == expression.Length || expression[end] is ')' or ',' or ';');
            result.Append(expression, copied, start - copied).Append(alone || !IsInfix(value) ? value : "(" + value + ")");
            copied = end;
        }

        return result.Append(expression, copied, expression.Length - copied).ToString();
    }

    /// <summary>Whether an operator stands outside all brackets.</summary>
    private static bool IsInfix(string expression)
    {
        var depth = 0;
        for (var i = 0; i < expression.Length; i++)
        {
            switch (expression[i])
            {
                case '(' or '[':
                    depth++;
                    break;
                case ')' or ']':
                    depth--;
                    break;
                case ' ' or '-' when depth == 0:
                    return true;
            }
        }

        return false;
    }

    private IEnumerable<(int Start, int End, int Variable)> Variables(string expression)
    {
        for (var at = expression.IndexOf(prefix, StringComparison.Ordinal); at >= 0; at = expression.IndexOf(prefix, at + 1, StringComparison.Ordinal))
        {
            if (at > 0 && (char.IsLetterOrDigit(expression[at - 1]) || expression[at - 1] is '_' or '.'))
            {
                continue;
            }

            var end = at + prefix.Length;
            var variable = 0;
            while (end < expression.Length && expression[end] is >= '0' and <= '9')
            {
                variable = (10 * variable) + expression[end++] - '0';
            }

            if (end > at + prefix.Length && variable < definitions.Count && (end == expression.Length || !(char.IsLetterOrDigit(expression[end]) || expression[end] == '_')))
            {
                yield return (at, end, variable);
            }
        }
    }
}
