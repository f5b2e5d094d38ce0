namespace DeepGen.EndToEnd.Tests.Support;

/// <summary>The network of the README and a program around it.</summary>
internal static class Sources
{
    public const string LeNet5 = """
        using DeepGen;

        [Network, Input(1, 28, 28)]
        [Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
        [Conv2d(16, 5), Tanh, AvgPool2d(2)]
        [Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
        [SoftmaxCrossEntropy]
        public partial class LeNet5;
        """;

    /// <summary>The same network without Flatten.</summary>
    public static string Broken { get; } = LeNet5.Replace("Flatten, ", "", StringComparison.Ordinal);

    /// <summary>The one line of a build of <see cref="Broken"/>, without the folder before it and the help link and project after it.</summary>
    public const string Error = "LeNet5.cs(6,2): error DG0102: Dense(120) needs a vector but AvgPool2d gives [16, 5, 5]; add Flatten before it (Input[1,28,28] → Conv2d[6,28,28] → … → AvgPool2d[16,5,5] → Dense ✗)";

    /// <summary>Trains on four images until it knows them, predicts them, saves and loads.</summary>
    public const string Program = """
        using System;
        using DeepGen;

        using var net = LeNet5.Create(new NetworkOptions { MaxBatch = 4, Seed = 7 });
        var images = new float[4 * 784];
        var random = new Random(1);
        for (var i = 0; i < images.Length; i++) images[i] = random.NextSingle();
        int[] labels = [3, 1, 4, 1];
        var sgd = new Sgd(0.05f, momentum: 0.9f);
        var first = net.Step(images, labels, sgd);
        var last = first;
        for (var i = 0; i < 100; i++) last = net.Step(images, labels, sgd);
        var logits = new float[4 * 10];
        net.Predict(images, logits);
        net.Save("lenet5.safetensors");
        using var other = LeNet5.Create();
        other.Load("lenet5.safetensors");
        var again = new float[4 * 10];
        other.Predict(images, again);
        var right = 0;
        for (var i = 0; i < 4; i++)
            right += Array.IndexOf(logits, System.Linq.Enumerable.Max(logits[(10 * i)..(10 * i + 10)])) == 10 * i + labels[i] ? 1 : 0;
        Console.WriteLine($"learned {first > 2 && last < 0.1f}, right {right}, same after loading {logits.AsSpan().SequenceEqual(again)}");
        """;

    public const string ProgramOutput = "learned True, right 4, same after loading True";
}
