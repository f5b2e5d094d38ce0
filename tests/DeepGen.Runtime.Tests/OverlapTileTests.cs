using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Tiles of a large picture give what one evaluation of it would give.</summary>
public class OverlapTileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Unpadded_tiles_equal_one_evaluation_of_the_whole(int batch)
    {
        using var net = UnpaddedMask.Create(new NetworkOptions { MaxBatch = batch, Seed = 5 });
        using var large = Large(net);
        using var tiles = new OverlapTile(net);
        Assert.Equal((6, 4, 0, 2, 3), (tiles.StepHeight, tiles.StepWidth, tiles.Margin, tiles.InputChannels, tiles.OutputChannels));
        Assert.Equal(7 * 10, tiles.Tiles(40, 37));
        float[] picture = Support.Numbers(2 * 40 * 37), whole = new float[3 * 34 * 31], result = new float[3 * 40 * 37];
        large.Predict(picture, whole);
        tiles.Predict(picture, 40, 37, result);
        for (var c = 0; c < 3; c++)
            for (var y = 0; y < 34; y++)
                for (var x = 0; x < 31; x++)
                    Assert.Equal(whole[(((c * 34) + y) * 31) + x], result[(((c * 40) + y + 3) * 37) + x + 3], 1e-5f);
    }

    [Theory]
    [InlineData(34, 31)]
    [InlineData(33, 1)]
    [InlineData(5, 3)]
    [InlineData(2, 2)]
    [InlineData(1, 1)]
    public void Beyond_its_borders_a_picture_of_any_size_is_mirrored(int height, int width)
    {
        using var net = UnpaddedMask.Create(new NetworkOptions { MaxBatch = 4, Seed = 5 });
        using var large = Large(net);
        using var tiles = new OverlapTile(net);
        float[] picture = Support.Numbers(2 * height * width), whole = new float[3 * 34 * 31], result = new float[3 * height * width];

        // The picture in the middle of one that is continued by mirroring, as large as the other network takes.
        var mirrored = new float[2 * 40 * 37];
        for (var c = 0; c < 2; c++)
            for (var y = 0; y < 40; y++)
                for (var x = 0; x < 37; x++)
                    mirrored[(((c * 40) + y) * 37) + x] = picture[(((c * height) + Reflect(y - 3, height)) * width) + Reflect(x - 3, width)];
        large.Predict(mirrored, whole);
        tiles.Predict(picture, height, width, result);
        for (var c = 0; c < 3; c++)
            for (var y = 0; y < height; y++)
                for (var x = 0; x < width; x++)
                    Assert.Equal(whole[(((c * 34) + y) * 31) + x], result[(((c * height) + y) * width) + x], 1e-5f);

        static int Reflect(int at, int length)
        {
            while (length > 1 && (at < 0 || at >= length)) at = at < 0 ? -at : (2 * (length - 1)) - at;
            return length == 1 ? 0 : at;
        }
    }

    [Fact]
    public void A_padded_network_with_a_margin_of_half_its_receptive_field_has_no_seams()
    {
        using var padded = PaddedMask.Create(new NetworkOptions { MaxBatch = 3, Seed = 5 });
        using var net = UnpaddedMask.Create(new NetworkOptions { MaxBatch = 3 });
        foreach (var parameter in padded.Parameters) parameter.Values.CopyTo(net.Parameters[parameter.Name].Span);
        using OverlapTile ofPadded = new(padded, margin: 3), ofUnpadded = new(net), careless = new(padded, margin: 0);
        Assert.Equal(10, ofPadded.StepHeight);
        float[] picture = Support.Numbers(2 * 25 * 33), a = new float[3 * 25 * 33], b = new float[3 * 25 * 33], seams = new float[3 * 25 * 33];
        ofPadded.Predict(picture, 25, 33, a);
        ofUnpadded.Predict(picture, 25, 33, b);
        careless.Predict(picture, 25, 33, seams);
        Assert.True(Largest(a, b) < 1e-5);
        Assert.True(Largest(seams, b) > 1e-2);

        static double Largest(float[] p, float[] q) => p.Zip(q, (u, v) => Math.Abs(u - v)).Max();
    }

    [Fact]
    public void What_cannot_be_tiled_is_refused()
    {
        using var padded = PaddedMask.Create(new NetworkOptions { MaxBatch = 1 });
        using var things = Things.Create(new NetworkOptions { MaxBatch = 1 });
        Assert.Contains("is padded", Assert.Throws<ArgumentException>(() => new OverlapTile(padded)).Message);
        Assert.Contains("leave some", Assert.Throws<ArgumentOutOfRangeException>(() => new OverlapTile(padded, margin: 8)).Message);
        Assert.Contains("[4]", Assert.Throws<ArgumentException>(() => new OverlapTile(things)).Message);
        using var tiles = new OverlapTile(padded, margin: 3);
        Assert.Contains("[2, 4, 4]", Assert.Throws<ArgumentException>(() => tiles.Predict(new float[31], 4, 4, new float[48])).Message);
        Assert.Contains("[3, 4, 4]", Assert.Throws<ArgumentException>(() => tiles.Predict(new float[32], 4, 4, new float[47])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => tiles.Predict([], 0, 4, []));
    }

    private static LargeUnpaddedMask Large(Network net)
    {
        var large = LargeUnpaddedMask.Create(new NetworkOptions { MaxBatch = 1 });
        foreach (var parameter in net.Parameters) parameter.Values.CopyTo(large.Parameters[parameter.Name].Span);
        return large;
    }
}
