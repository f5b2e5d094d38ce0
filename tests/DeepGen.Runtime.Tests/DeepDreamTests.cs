using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Dreams of pictures of any size.</summary>
public class DeepDreamTests
{
    private static readonly OutputTerm[] Shapes = [new("shapes", OutputObjectives.Strength)];

    [Theory]
    [InlineData(12, 10)]
    [InlineData(31, 27)]
    [InlineData(7, 23)]
    public void Every_size_rises_and_is_the_same_again(int height, int width)
    {
        using var net = Dreamer.Create(new NetworkOptions { MaxBatch = 1, Seed = 3, Threads = 2 });
        var before = Support.Bits(net);
        var begin = Support.Numbers(2 * height * width);
        var picture = (float[])begin.Clone();
        var sizes = new List<(int, int)>();
        var dream = new DeepDream { Octaves = 3, OctaveScale = 1.5, Steps = 6, Rate = 0.05f, Seed = 5, Lowest = -2, Highest = 2 };
        var values = dream.Run(net, picture, height, width, Shapes, (octave, h, w, now) =>
        {
            Assert.Equal((sizes.Count, 2 * h * w), (octave, now.Length));
            sizes.Add((h, w));
        });
        Assert.Equal(18, values.Length);
        for (var octave = 0; octave < 3; octave++) Assert.True(values[(octave * 6) + 5] > values[octave * 6], $"octave {octave}: {values[octave * 6]} {values[(octave * 6) + 5]}");
        Assert.Equal((height, width), sizes[^1]);
        Assert.Equal(((int)Math.Round(height / 2.25), (int)Math.Round(width / 2.25)), sizes[0]);
        Assert.All(picture, value => Assert.InRange(value, -2, 2));

        // Every row and every column was within some tile.
        for (var y = 0; y < height; y++) Assert.Contains(Enumerable.Range(0, width), x => picture[(y * width) + x] != begin[(y * width) + x]);
        for (var x = 0; x < width; x++) Assert.Contains(Enumerable.Range(0, height), y => picture[(y * width) + x] != begin[(y * width) + x]);
        Assert.Equal(before, Support.Bits(net));

        using var single = Dreamer.Create(new NetworkOptions { MaxBatch = 1, Seed = 3, Threads = 1 });
        var again = (float[])begin.Clone();
        Assert.Equal(values, dream.Run(single, again, height, width, Shapes));
        Assert.Equal(picture, again);
    }

    [Fact]
    public void One_octave_of_a_tiles_size_is_gradient_ascent_of_the_rolled_picture()
    {
        using var net = PaddedMask.Create(new NetworkOptions { MaxBatch = 1, Seed = 2 });
        var begin = Support.Numbers(2 * 256);
        var picture = (float[])begin.Clone();
        new DeepDream { Octaves = 1, Steps = 1, Rate = 0.1f, Seed = 9 }.Run(net, picture, 16, 16, [new(net.Definition.Outputs[0].Name, OutputObjectives.Strength)]);

        // The roll that it took is the one of 256 that gives the same step.
        var found = 0;
        for (var roll = 0; roll < 256; roll++)
        {
            int down = roll / 16, right = roll % 16;
            int From(int i) => (i / 256 * 256) + (((i / 16 % 16) + down) % 16 * 16) + ((i + right) % 16);
            var rolled = Enumerable.Range(0, 512).Select(i => begin[From(i)]).ToArray();
            new GradientAscent { Steps = 1, Rate = 0.1f }.Run(net, rolled, OutputObjectives.Strength);
            if (Enumerable.Range(0, 512).All(i => Math.Abs(rolled[i] - picture[From(i)]) < 1e-6)) found++;
        }

        Assert.Equal(1, found);
    }

    [Fact]
    public void A_small_rate_keeps_the_detail_of_the_picture()
    {
        // Reducing and enlarging lose nothing that is not given back.
        using var net = Dreamer.Create(new NetworkOptions { MaxBatch = 1, Seed = 3 });
        var begin = Support.Numbers(2 * 30 * 21);
        var picture = (float[])begin.Clone();
        new DeepDream { Octaves = 4, Steps = 1, Rate = 1e-6f }.Run(net, picture, 30, 21, Shapes);
        for (var i = 0; i < begin.Length; i++) Assert.Equal(begin[i], picture[i], 1e-4);
    }

    [Fact]
    public void What_cannot_be_is_said()
    {
        using var net = Dreamer.Create(new NetworkOptions { MaxBatch = 1 });
        var picture = new float[2 * 30 * 21];
        Assert.Contains("[2, 30, 20]", Assert.Throws<ArgumentException>(() => new DeepDream().Run(net, picture, 30, 20, Shapes)).Message);
        Assert.Contains("no output 'faces'; it has lines, shapes", Assert.Throws<ArgumentException>(() => new DeepDream().Run(net, picture, 30, 21, [new("faces", OutputObjectives.Strength)])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepDream { Octaves = 0 }.Run(net, picture, 30, 21, Shapes));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepDream { OctaveScale = 1 }.Run(net, picture, 30, 21, Shapes));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepDream { Rate = float.NaN }.Run(net, picture, 30, 21, Shapes));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepDream { Steps = 0 }.Run(net, picture, 30, 21, Shapes));
    }
}
