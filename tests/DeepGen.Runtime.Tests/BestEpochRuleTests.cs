using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Which epoch's weights a training keeps.</summary>
public sealed class BestEpochRuleTests
{
    private static readonly NetworkDefinition TwoClasses = new()
    {
        Name = "Two",
        Parameters = [],
        ParameterFloats = 0,
        Inputs = [new("x", [1])],
        Targets = [new("label", [], Element.Int32, 2)],
        Outputs = [new("y", [2])],
        Inference = new(0, 0),
        Training = new(0, 0),
        Prepare = Nothing,
        Infer = Nothing,
        Evaluate = Nothing,
        Forward = Nothing,
        Loss = Nothing,
        SetOutputGradients = Nothing,
        Backward = Nothing,
        Heads = [new(0, 0, HeadKind.ClassLogits)],
        IsClassifier = true,
    };

    private static void Nothing(ref Frame frame)
    {
    }

    /// <summary>100 samples of class 0, so many of them taken for it.</summary>
    private static Metrics Judged(int right, double loss = 1)
    {
        var metrics = new Metrics(TwoClasses);
        metrics.Add(loss, 100);
        for (var i = 0; i < 100; i++) metrics.Heads[0].Add(i < right ? [1, 0] : [0, 1], [0]);
        return metrics;
    }

    private static string Accepted(double tolerance, params Metrics?[] epochs)
    {
        var rule = new BestEpochRule(tolerance);
        return string.Concat(epochs.Select(epoch => rule.IsBest(epoch) ? '*' : '.'));
    }

    [Fact]
    public void Without_tolerance_the_highest_accuracy_and_of_equal_ones_the_lower_loss() =>
        Assert.Equal("*.**..", Accepted(0, Judged(80), Judged(79), Judged(80, 0.9), Judged(81, 2), Judged(81, 2), Judged(80, 0.1)));

    [Fact]
    public void A_loss_that_is_not_a_number_is_never_better() =>
        Assert.Equal("*.*.", Accepted(0, Judged(80, double.NaN), Judged(80, double.NaN), Judged(80), Judged(80, double.NaN)));

    // Highest 80 of 100: the standard error is √(0.8 · 0.2 / 100) = 0.04.
    [Fact]
    public void With_tolerance_a_later_epoch_within_it() =>
        Assert.Equal("*.***", Accepted(1, Judged(80), Judged(75), Judged(77), Judged(77), Judged(80)));

    [Fact]
    public void Small_steps_down_do_not_add_up() =>
        Assert.Equal("**..", Accepted(1, Judged(80), Judged(77), Judged(74), Judged(71)));

    [Fact]
    public void Without_validation_no_epoch_is_the_best() => Assert.Equal("..", Accepted(0, null, null));

    [Fact]
    public void A_negative_tolerance_is_refused()
    {
        using var network = new Linear();
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(network, new TrainerOptions { BestTolerance = -1 }));
    }
}
