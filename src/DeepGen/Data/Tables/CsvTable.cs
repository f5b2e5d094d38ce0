using System.Globalization;

namespace DeepGen;

/// <summary>
/// A table in a text file, fields apart by commas (RFC 4180): a field may stand in quotation marks, and then hold commas, ends of lines, and quotation marks, which are doubled. The text is kept, and
/// numbers are made from the columns that are asked for.
/// </summary>
public sealed class CsvTable
{
    private readonly string _text;
    private readonly CsvOptions _options;
    private readonly List<int> _rows = [];
    private readonly List<int> _lines = [];

    private CsvTable(string text, string name, CsvOptions options)
    {
        (_text, Name, _options) = (text, name, options);
        if (options.Separator is '"' or '\r' or '\n') throw new ArgumentException("CsvOptions.Separator cannot be a quotation mark or the end of a line.", nameof(options));
        var reader = new CsvReader(text, 0, 1, options.Separator, name);
        if (reader.AtEnd) throw Bad("it is empty");
        Columns = options.Header ? ReadHeader(ref reader) : [.. Enumerable.Range(0, CountFields(reader)).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        if (Columns is [] or [""]) throw Bad("its first line is empty");
        while (!reader.AtEnd)
        {
            _rows.Add(reader.Position);
            _lines.Add(reader.Line);
            var fields = CountFields(ref reader);
            if (fields == 0)
            {
                _rows.RemoveAt(_rows.Count - 1);
                _lines.RemoveAt(_lines.Count - 1);
            }
            else if (fields != Columns.Count)
            {
                throw Bad($"line {_lines[^1]} has {Shapes.Count(fields, "field")}, but {(options.Header ? "the header" : "the first line")} has {Columns.Count}");
            }
        }

        if (_rows.Count == 0) throw Bad("it has no line but the header");
    }

    /// <summary>What messages call it: its path.</summary>
    public string Name { get; }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The number of rows, the header not counted.</summary>
    public int Rows => _rows.Count;

    /// <summary>Reads a file; gzip is recognised by its first bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How; the defaults when null.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no such table; the message names the path and the line.</exception>
    public static CsvTable Read(string path, CsvOptions? options = null)
    {
        options ??= new CsvOptions();
        return new CsvTable(TextFile.Read(path, options.Encoding), path, options);
    }

    /// <summary>A table from its text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">How; the defaults when null.</param>
    /// <exception cref="InvalidDataException">It is no such table; the message names the line.</exception>
    public static CsvTable Parse(string text, string name, CsvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new CsvTable(text, name, options ?? new CsvOptions());
    }

    /// <summary>The fields of a column as they stand in the file, without quotation marks.</summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public string[] Texts(string column)
    {
        var texts = new string[Rows];
        Visit([column], (row, _, field) => texts[row] = field.ToString());
        return texts;
    }

    /// <summary>The numbers of some columns, row after row.</summary>
    /// <param name="columns">Their names, in the order wanted.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    /// <exception cref="InvalidDataException">A field is missing, or no number that a float can hold; the message names the line and the column.</exception>
    public float[] Numbers(params IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var numbers = new float[checked(Rows * columns.Count)];
        Visit(columns, (row, column, field) =>
        {
            CheckPresent(row, columns[column], field);
            if (!float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !float.IsFinite(number))
                throw Bad($"line {_lines[row]}, column '{columns[column]}' has '{field}', which is no number");
            numbers[(row * columns.Count) + column] = number;
        });
        return numbers;
    }

    /// <summary>A column of class names as labels.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="classes">The classes in the order of their labels, for a file that must agree with another; when null those that occur, numbers in their order and anything else in ordinal order.</param>
    /// <returns>The label of each row, and the names of the classes.</returns>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    /// <exception cref="InvalidDataException">A field is missing, or none of the classes; the message names the line and the column.</exception>
    public (int[] Labels, IReadOnlyList<string> Classes) Labels(string column, IReadOnlyList<string>? classes = null)
    {
        var texts = Texts(column);
        for (var row = 0; row < texts.Length; row++) CheckPresent(row, column, texts[row]);
        if (classes == null)
        {
            var found = texts.Distinct().ToArray();
            classes = found.All(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
                ? [.. found.OrderBy(name => double.Parse(name, NumberStyles.Float, CultureInfo.InvariantCulture)).ThenBy(name => name, StringComparer.Ordinal)]
                : [.. found.Order(StringComparer.Ordinal)];
        }

        var labels = classes.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        var result = new int[texts.Length];
        for (var row = 0; row < texts.Length; row++)
            result[row] = labels.TryGetValue(texts[row], out var label)
                ? label
                : throw Bad($"line {_lines[row]}, column '{column}' has '{texts[row]}', which is none of the classes {string.Join(", ", classes)}");
        return (result, classes);
    }

    /// <summary>A dataset for a classifier.</summary>
    /// <param name="label">The column of the class.</param>
    /// <param name="features">The columns of the input, in the order wanted; all others when null.</param>
    /// <param name="classes">As in <see cref="Labels"/>.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    /// <exception cref="InvalidDataException">A field is missing or cannot be used; the message names the line and the column.</exception>
    public InMemoryDataset ForClassification(string label, IReadOnlyList<string>? features = null, IReadOnlyList<string>? classes = null)
    {
        features ??= Others(label);
        return new InMemoryDataset(Numbers(features), features.Count, Labels(label, classes).Labels);
    }

    /// <summary>A dataset for regression.</summary>
    /// <param name="targets">The columns of the target, in the order wanted.</param>
    /// <param name="features">The columns of the input, in the order wanted; all others when null.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    /// <exception cref="InvalidDataException">A field is missing or no number; the message names the line and the column.</exception>
    public InMemoryDataset ForRegression(IReadOnlyList<string> targets, IReadOnlyList<string>? features = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        features ??= Others([.. targets]);
        return new InMemoryDataset(Numbers(features), features.Count, Numbers(targets), targets.Count);
    }

    private string[] Others(params string[] columns)
    {
        Find(columns);
        return [.. Columns.Except(columns, StringComparer.Ordinal)];
    }

    /// <summary>Calls with row, place of the column in the list, and field; the field is valid during the call.</summary>
    private void Visit(IReadOnlyList<string> columns, Action<int, int, ReadOnlySpan<char>> visit)
    {
        var places = Find(columns);
        for (var row = 0; row < Rows; row++)
        {
            var reader = new CsvReader(_text, _rows[row], _lines[row], _options.Separator, Name);
            for (var column = 0; column < Columns.Count; column++)
            {
                var field = reader.Field();
                for (var i = 0; i < places.Length; i++)
                    if (places[i] == column)
                        visit(row, i, field);
            }
        }
    }

    private int[] Find(IReadOnlyList<string> columns)
    {
        var places = new int[columns.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = Columns.Index().FirstOrDefault(entry => entry.Item == columns[i], (Index: -1, Item: "")).Index;
            if (places[i] < 0) throw new ArgumentException($"'{Name}' has no column '{columns[i]}'; it has {string.Join(", ", Columns)}.", nameof(columns));
        }

        return places;
    }

    private void CheckPresent(int row, string column, ReadOnlySpan<char> field)
    {
        var trimmed = field.Trim();
        foreach (var missing in _options.Missing)
            if (trimmed.SequenceEqual(missing))
                throw Bad($"line {_lines[row]}, column '{column}' has no value (it holds '{field}'); leave the line or the column out, or fill it");
    }

    private string[] ReadHeader(ref CsvReader reader)
    {
        var names = new List<string>();
        do
        {
            names.Add(reader.Field().ToString());
        }
        while (!reader.AtLineEnd);
        reader.NextLine();
        var twice = names.CountBy(name => name).FirstOrDefault(entry => entry.Value > 1).Key;
        return twice == null ? [.. names] : throw Bad($"the header has the column '{twice}' more than once");
    }

    private static int CountFields(CsvReader reader) => CountFields(ref reader);

    /// <summary>Fields of a line; 0 for an empty line of a table of several columns.</summary>
    private static int CountFields(ref CsvReader reader)
    {
        var empty = true;
        var fields = 0;
        do
        {
            empty &= reader.Field().IsEmpty;
            fields++;
        }
        while (!reader.AtLineEnd);
        reader.NextLine();
        return empty && fields == 1 ? 0 : fields;
    }

    private InvalidDataException Bad(string reason) => new($"Cannot read '{Name}': {reason}.");
}
