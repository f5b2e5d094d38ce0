using System.IO.Compression;
using System.Text;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class CsvTests
{
    private const string Flowers = "length,width,\"the, kind\",note\r\n5.1,3.5,setosa,\"says \"\"hello\"\"\"\r\n-1e-2, 2 ,virginica,\"two\r\nlines\"\r\n\r\n6,1.5,setosa,\n7,0,\"setosa\",x";

    [Fact]
    public void Fields_are_read_as_RFC_4180_says()
    {
        var table = CsvTable.Parse(Flowers, "flowers");
        Assert.Equal(["length", "width", "the, kind", "note"], table.Columns);
        Assert.Equal(4, table.Rows);
        Assert.Equal(["says \"hello\"", "two\r\nlines", "", "x"], table.Texts("note"));
        Assert.Equal([3.5f, 5.1f, 2, -0.01f, 1.5f, 6, 0, 7], table.Numbers("width", "length"));
        var (labels, classes) = table.Labels("the, kind");
        Assert.Equal([0, 1, 0, 0], labels);
        Assert.Equal(["setosa", "virginica"], classes);
        Assert.Equal([2, 0, 2, 2], table.Labels("the, kind", ["virginica", "x", "setosa"]).Labels);
    }

    [Fact]
    public void Datasets_of_chosen_columns()
    {
        var table = CsvTable.Parse("a;b;c;kind;d;e\n1;2;3;10;4;5\n6;7;8;9;9;10\n", "t", new CsvOptions { Separator = ';' });
        using var batch = new Batch(Linear.Static, 2);
        table.ForClassification("kind").Fill([0, 1], batch);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], batch.Input<float>().ToArray());
        Assert.Equal([1, 0], batch.Target<int>().ToArray());
        Assert.Equal(["9", "10"], table.Labels("kind").Classes);
        table.ForClassification("a", ["e", "d", "kind", "b", "c"], ["6", "1"]).Fill([0], batch);
        Assert.Equal([5, 4, 10, 2, 3], batch.Input<float>().ToArray());
        Assert.Equal([1], batch.Target<int>().ToArray());

        var regression = table.ForRegression(["kind"]);
        Assert.Equal((2, 5), (regression.Count, regression.SampleSize));
        Assert.Equal(4, table.ForRegression(["kind", "a"]).SampleSize);
    }

    [Fact]
    public void Without_a_header_columns_have_numbers()
    {
        var table = CsvTable.Parse("1,2\n3,4", "t", new CsvOptions { Header = false });
        Assert.Equal(["0", "1"], table.Columns);
        Assert.Equal([2, 1, 4, 3], table.Numbers("1", "0"));
    }

    [Fact]
    public void Files_packed_or_not_in_both_encodings()
    {
        using var folder = new TemporaryFolder();
        var plain = folder.File("plain.csv", [.. Encoding.UTF8.Preamble, .. "name\ncafé\n"u8]);
        Assert.Equal(["name"], CsvTable.Read(plain).Columns);
        Assert.Equal(["café"], CsvTable.Read(plain).Texts("name"));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write("name\nx\n"u8);
        Assert.Equal(["x"], CsvTable.Read(folder.File("packed.csv.gz", packed.ToArray())).Texts("name"));
        Assert.Contains("gzip data are damaged", Assert.Throws<InvalidDataException>(() => CsvTable.Read(folder.File("cut.csv.gz", packed.ToArray()[..15]))).Message);
        var latin = folder.File("latin.csv", Encoding.Latin1.GetBytes("name\ncafé\n"));
        Assert.Equal(["café"], CsvTable.Read(latin, new CsvOptions { Encoding = TextEncoding.Latin1 }).Texts("name"));
        Assert.Equal($"Cannot read '{latin}': line 2 has the byte E9, which is no UTF-8 where it stands; is the file Latin-1 (TextEncoding.Latin1)?", Assert.Throws<InvalidDataException>(() => CsvTable.Read(latin)).Message);
        Assert.Contains("UTF-16", Assert.Throws<InvalidDataException>(() => CsvTable.Read(folder.File("wide.csv", Encoding.Unicode.GetPreamble()))).Message);
        Assert.Throws<FileNotFoundException>(() => CsvTable.Read(folder.File("none")));
    }

    [Fact]
    public void Wrong_tables_are_refused_with_line_and_reason()
    {
        Refused("it is empty", "");
        Refused("its first line is empty", "\na,b");
        Refused("no line but the header", "a,b\n");
        Refused("the column 'a' more than once", "a,b,a\n1,2,3");
        Refused("line 3 has 3 fields, but the header has 2", "a,b\n1,2\n1,2,3\n");
        Refused("line 5 has 1 field, but the header has 2", "a,b\n\"1\n\n\",2\n1\n");
        Refused("line 2 has a quotation mark amid a field", "a,b\n1\",2\n");
        Refused("line 2 has a quotation mark that is never closed", "a,b\n\"1,2\n3,4\n");
        Refused("line 3 goes on behind the closing quotation mark", "a,b\n1,2\n\"1\"x,2\n");
        Missing("line 3, column 'b' has no value (it holds '')", "a,b\n1,2\n3,\n");
        Missing("line 4, column 'b' has no value (it holds ' NA ')", "a,b\n1,2\n\n3, NA \n");
        Missing("line 2, column 'b' has '2,5', which is no number", "a,b\n1,\"2,5\"\n");
        Missing("line 2, column 'b' has '1e99', which is no number", "a,b\n1,1e99\n");
        var table = CsvTable.Parse("a,b\n1,x\n2,?\n", "t");
        Assert.Contains("line 3, column 'b' has no value", Assert.Throws<InvalidDataException>(() => table.Labels("b")).Message);
        Assert.Contains("line 2, column 'b' has 'x', which is none of the classes y, z", Assert.Throws<InvalidDataException>(() => CsvTable.Parse("a,b\n1,x\n", "t").Labels("b", ["y", "z"])).Message);
        Assert.Contains("no column 'c'; it has a, b", Assert.Throws<ArgumentException>(() => table.Numbers("c")).Message);
        Assert.Contains("no column 'c'", Assert.Throws<ArgumentException>(() => table.ForClassification("c")).Message);
        Assert.Equal([1, 2], table.Numbers("a"));
        Assert.Equal(["x", "?"], table.Texts("b"));
        Assert.Throws<ArgumentException>(() => CsvTable.Parse("a", "t", new CsvOptions { Separator = '"' }));

        static void Refused(string reason, string text)
        {
            var error = Assert.Throws<InvalidDataException>(() => CsvTable.Parse(text, "the table"));
            Assert.StartsWith("Cannot read 'the table': ", error.Message);
            Assert.Contains(reason, error.Message);
        }

        static void Missing(string reason, string text) => Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => CsvTable.Parse(text, "t").Numbers("a", "b")).Message);
    }
}
