using System.Globalization;
using System.Text;

namespace DeepGen.Generators.Emit;

/// <summary>
/// The statements of one kernel call with its numbers (offsets, extents) apart from its words, so that calls that differ in numbers alone are seen to be
/// one call at other places. While a call is put together its numbers are marked in the text.
/// </summary>
internal sealed class CallText
{
    private const char Mark = '¤';

    private readonly string[] words;

    private CallText(string template, string[] words, long[] numbers)
    {
        Template = template;
        this.words = words;
        Numbers = numbers;
    }

    /// <summary>The words, with a mark in place of each number.</summary>
    public string Template { get; }

    public IReadOnlyList<long> Numbers { get; }

    /// <summary>A number in a text that <see cref="Of"/> takes apart.</summary>
    public static string Marked(long number) => Mark + number.ToString(CultureInfo.InvariantCulture) + Mark;

    public static CallText Of(string marked)
    {
        var pieces = marked.Split(Mark);
        var words = new string[(pieces.Length / 2) + 1];
        var numbers = new long[pieces.Length / 2];
        for (var i = 0; i < pieces.Length; i++)
        {
            if (i % 2 == 0)
            {
                words[i / 2] = pieces[i];
            }
            else
            {
                numbers[i / 2] = long.Parse(pieces[i], CultureInfo.InvariantCulture);
            }
        }

        return new CallText(string.Join(Mark.ToString(), words), words, numbers);
    }

    /// <summary>A marked text as source.</summary>
    public static string Plain(string marked) => Of(marked).Text();

    public string Text() => Text(i => Literals.Int(Numbers[i]));

    /// <param name="number">What to write in place of each number.</param>
    public string Text(Func<int, string> number)
    {
        var text = new StringBuilder(words[0]);
        for (var i = 0; i < Numbers.Count; i++)
        {
            var value = number(i);
            var next = words[i + 1];
            // Where a tensor begins with its arena nothing is added.
            if (value == "0" && text.Length > 3 && text[text.Length - 1] == ' ' && text[text.Length - 2] == '+')
            {
                text.Length -= 3;
                const string batch = " * n";
                next = next.StartsWith(batch, StringComparison.Ordinal) ? next.Substring(batch.Length) : next;
            }
            else
            {
                text.Append(value);
            }

            text.Append(next);
        }

        return text.ToString();
    }
}
