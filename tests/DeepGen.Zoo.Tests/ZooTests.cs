using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DeepGen.EndToEnd.Tests.Support;
using DeepGen.Generators.Emit;
using DeepGen.Zoo.Networks;

namespace DeepGen.Zoo.Tests;

/// <summary>The zoo's commands, run as a program of its own in an empty folder.</summary>
public sealed partial class ZooTests : IDisposable
{
    private static readonly string[] Columns = ["name", "parameters", "output", "MACs", "train-bytes-per-sample", "infer-bytes-per-sample"];

    private static readonly Lazy<ToolResult> Summary = new(() => RunIn(Path.GetTempPath(), "summary"));

    private readonly string _folder = Directory.CreateTempSubdirectory("deepgen-zoo-").FullName;

    /// <summary>Trainable parameters as papers, torchvision or PyTorch's examples count them.</summary>
    public static TheoryData<string, long> Published => new()
    {
        { "XOR-MLP", 17 },
        { "LeNet-5", 61_706 },
        { "AlexNet", 60_965_224 },
        { "VGG-16", 138_357_544 },
        { "VGG-19", 143_667_240 },
        { "GoogLeNet", 6_998_552 },
        { "GoogLeNet-aux", 13_378_280 },
        { "Inception-v3", 23_834_568 },
        { "ResNet-18", 11_689_512 },
        { "ResNet-34", 21_797_672 },
        { "ResNet-50", 25_557_032 },
        { "ResNet-101", 44_549_160 },
        { "ResNet-152", 60_192_808 },
        { "WideResNet-28-10", 36_479_194 },
        { "DCGAN-generator", 3_576_704 },
        { "DCGAN-discriminator", 2_765_568 },
        { "ZFNet", 62_357_608 },
        { "ResNet-20", 272_474 },
        { "U-Net", 31_030_658 },
        { "pix2pix-generator", 54_413_955 },
        { "pix2pix-discriminator", 2_768_705 },
        // 360,902 and the embedding of 18,765 words.
        { "Text-CNN", 5_990_402 },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ToolResult RunIn(string folder, params string[] arguments) => Tool.Run(folder, [Path.Combine(Repository.Artifacts, "bin", "Zoo", Repository.Configuration, "Zoo.dll"), .. arguments]);

    private ToolResult Run(params string[] arguments) => RunIn(_folder, arguments);

    /// <summary>The cells of every network.</summary>
    private static IEnumerable<string[]> Rows() => Summary.Value.Succeeded().Lines.Skip(1).Select(l => Gap().Split(l));

    [Fact]
    public void Summary_has_a_plain_row_for_every_network()
    {
        Assert.Equal(Columns, Gap().Split(Summary.Value.Succeeded().Lines[0]));
        Assert.Empty(Summary.Value.Errors);
        Assert.All(Rows(), row =>
        {
            Assert.Equal(Columns.Length, row.Length);
            Assert.Matches(@"^[A-Za-z0-9][A-Za-z0-9.\-]*$", row[0]);
            Assert.Matches(@"^\[[0-9,]*\]( \[[0-9,]*\])*$", row[2]);
            Assert.All([row[1], row[3], row[4], row[5]], n => Assert.Matches(@"^[0-9]{1,3}(,[0-9]{3})*$", n));
        });
        Assert.Equal(Rows().Count(), Rows().Select(r => r[0].ToUpperInvariant()).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Published))]
    public void Parameters_are_as_many_as_published(string name, long parameters)
    {
        Assert.Equal(parameters.ToString("N0", CultureInfo.InvariantCulture), Rows().Single(r => r[0] == name)[1]);
    }

    /// <summary>What the compiler of C# has to read: a deep network repeats its blocks, and its text must not.</summary>
    [Fact]
    public void Generated_text_stays_short()
    {
        var texts = Catalogue.All.SelectMany(n => new[] { n.Full, n.Small }).Select(create => Graphs.Of(create)).DistinctBy(g => g.Api.ClassName)
            .Select(g => (g.Api.ClassName, Length: Encoding.UTF8.GetByteCount(NetworkCompiler.Api(g)) + Encoding.UTF8.GetByteCount(NetworkCompiler.Compile(g)))).ToArray();
        Assert.True(texts.Length > 70);
        Assert.DoesNotContain(texts, t => t.Length > 250_000);
        Assert.True(texts.Sum(t => t.Length) <= 8_000_000);
    }

    /// <summary>The outputs that lie on the right side of the middle, after as many steps as both need.</summary>
    [Fact]
    public void The_perceptron_fails_on_XOR_and_the_MLP_learns_it()
    {
        static int Right(Network network, float middle)
        {
            using var batch = new Batch(network, 4) { Count = 4 };
            ReadOnlySpan<float> inputs = [0, 0, 0, 1, 1, 0, 1, 1], targets = [0, 1, 1, 0];
            inputs.CopyTo(batch.Input<float>());
            targets.CopyTo(batch.Target<float>());
            var optimizer = new Adam(0.05f);
            for (var step = 0; step < 1000; step++) network.Step(batch, optimizer);
            var outputs = new float[4];
            network.Predict(batch, outputs);
            return outputs.Zip(targets.ToArray()).Count(p => p.First > middle == p.Second > 0.5f);
        }

        using var perceptron = Perceptron.Create(new NetworkOptions { MaxBatch = 4, Seed = 1 });
        using var mlp = XorMlp.Create(new NetworkOptions { MaxBatch = 4, Seed = 1 });
        Assert.True(Right(perceptron, 0.5f) < 4);
        Assert.Equal(4, Right(mlp, 0));
    }

    [Fact]
    public void Sample_learns_and_writes_the_same_for_one_seed()
    {
        string[] arguments = ["sample", "Char-RNN", "--steps", "21", "--letters", "60", "--batch", "4"];
        var (first, second) = (Run(arguments).Succeeded(), Run(arguments).Succeeded());
        Assert.Equal(first.Output, second.Output);
        var losses = first.Lines.Take(2).Select(l => double.Parse(l.Split("loss ")[1], CultureInfo.InvariantCulture)).ToArray();
        Assert.True(losses[1] < 0.9 * losses[0]);
        Assert.Equal(60, first.Output.Split('\n', 3)[2].Length - 1);
    }

    [Theory]
    [InlineData("LeNet-5", "is no character model")]
    [InlineData("Char-RNN", "give a longer one", "--text", "short.txt")]
    [InlineData("Char-RNN", "short2.txt", "--text", "short2.txt")]
    [InlineData("Char-RNN", "must be at least 1", "--letters", "0")]
    public void Sample_says_what_it_needs(string name, string expected, params string[] options)
    {
        File.WriteAllText(Path.Combine(_folder, "short.txt"), "Ten letters");
        var result = Run(["sample", name, .. options]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("summary")]
    [InlineData("check")]
    [InlineData("explain")]
    [InlineData("draw")]
    public void An_unknown_name_is_one_line_with_close_names_and_exit_code_1(string command)
    {
        var result = Run(command, "LeNet5x");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.StartsWith("error: There is no network 'LeNet5x'", Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("close names: LeNet-5", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_lists_the_commands()
    {
        var help = Run("--help").Succeeded();
        Assert.All(["summary", "check", "explain", "draw"], c => Assert.Contains(c, help.Output, StringComparison.Ordinal));
        Assert.Contains("--full", Run("check", "--help").Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("--output", Run("draw", "--help").Succeeded().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("U-Net")]
    [InlineData("XOR-MLP")]
    public void Draw_writes_a_picture_with_every_layer(string name)
    {
        Assert.Equal([name + ".svg"], Run("draw", name).Succeeded().Lines);
        var svg = XDocument.Load(Path.Combine(_folder, name + ".svg"));
        var titles = svg.Descendants().Where(e => (string?)e.Attribute("class") == "title").Select(e => e.Value).ToHashSet();
        Assert.All(Run("explain", name, "--all").Succeeded().Lines.SkipWhile(l => !l.StartsWith("layer ", StringComparison.Ordinal)).Skip(1), l => Assert.Contains(l.Split(' ')[0], titles));
        Assert.DoesNotContain("href", svg.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_into_a_folder_that_is_not_there_is_one_line_and_exit_code_1()
    {
        var result = Run("draw", "XOR-MLP", "--output", Path.Combine("nowhere", "xor.svg"));
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: ", Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_trains_a_network_and_compares_it()
    {
        var check = Run("check", "xor-mlp").Succeeded();
        Assert.Empty(check.Errors);
        Assert.Equal(["XOR-MLP", "ok"], Gap().Split(check.Lines[0]) is [var name, var before, var after, var verdict, ..]
            && double.Parse(after, CultureInfo.InvariantCulture) < 0.8 * double.Parse(before, CultureInfo.InvariantCulture) ? [name, verdict] : []);
        Assert.Equal("1 of 1 ok", check.Lines[1]);
        Run("check", "--full", "XOR-MLP").Succeeded();
    }

    [Fact]
    public void Full_size_needs_a_name()
    {
        var result = Run("check", "--full");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("--full needs the name", result.Errors, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s{2,}")]
    private static partial Regex Gap();
}
