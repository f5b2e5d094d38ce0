namespace DeepGen.Zoo.Networks;

/// <summary>LeNet-5 as it is built today, after LeCun et al. 1998, Gradient-based learning applied to document recognition.</summary>
[Network, Input(1, 28, 28)]
[Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
[Conv2d(16, 5), Tanh, AvgPool2d(2)]
[Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
[SoftmaxCrossEntropy]
public partial class LeNet5;

/// <summary>LeNet-5 as LeCun et al. 1998 describe it: 60,000 parameters, and the centres of the ten classes, which here begin at random and are learned too.</summary>
[Network]
public partial class LeNet5In1998
{
    /// <summary>The maps of S2 that each map of C3 sees: table I of the paper.</summary>
    private static readonly string[][] Connections =
    [
        ["012", "123", "234", "345", "450", "501"],
        ["0123", "1234", "2345", "3450", "4501", "5012", "0134", "1245", "0235"],
        ["012345"],
    ];

    static Tensor Forward([Input(1, 32, 32)] Tensor image)
    {
        var s2 = Subsample(image.Conv2d(6, 5, name: "C1").Map(Squash), name: "S2");
        var s4 = Subsample(Connected(s2, name: "C3").Map(Squash), name: "S4");
        var f6 = s4.Conv2d(120, 5, name: "C5").Map(Squash).Flatten().Dense(84, name: "F6").Map(Squash);
        return f6.Rbf(10, name: "output");
    }

    /// <summary>Equation 9: the right class should be near and the others far, but none farther than a class of rubbish at a constant distance.</summary>
    static Tensor Loss(Tensor distances, [Target(type: Element.Int32)] Tensor label)
    {
        const float Rubbish = 100;
        return distances.Gather(label) + ((-distances).LogSumExp() + Rubbish).Softplus() - Rubbish;
    }

    /// <summary>The mean of four neighbours, with a coefficient and a bias for each map.</summary>
    [Block]
    static Tensor Subsample(Tensor x, string name) =>
        (x.AvgPool2d(2) * Tensor.Parameter([x.Channels, 1, 1], Initializer.Ones, "weight") + Tensor.Parameter([x.Channels, 1, 1], Initializer.Zeros, "bias")).Map(Squash);

    [Block]
    static Tensor Connected(Tensor x, string name)
    {
        var maps = x.Split(x.Channels);
        var results = new List<Tensor>();
        foreach (var sets in Connections)
        {
            var seen = new List<Tensor>();
            foreach (var set in sets)
                foreach (var map in set)
                    seen.Add(maps[map - '0']);
            results.Add(Tensor.Concat([.. seen]).Conv2d(sets.Length, 5, groups: sets.Length));
        }

        return Tensor.Concat([.. results]);
    }

    /// <summary>Appendix A: f(±1) = ±1, and curved most there.</summary>
    static float Squash(float a) => 1.7159f * MathF.Tanh(2f / 3 * a);
}
