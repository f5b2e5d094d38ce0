namespace DeepGen;

/// <summary>How a <see cref="CsvTable"/> is read.</summary>
public sealed record CsvOptions
{
    /// <summary>What stands between two fields of a line.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>Whether the first line has the names of the columns; otherwise their names are 0, 1, 2, ...</summary>
    public bool Header { get; init; } = true;

    /// <summary>How the bytes of the file are letters.</summary>
    public TextEncoding Encoding { get; init; }

    /// <summary>What a field without a value holds; spaces around it do not count. Where a value is asked for it is an error that names line and column.</summary>
    public IReadOnlyCollection<string> Missing { get; init; } = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "?"];
}
