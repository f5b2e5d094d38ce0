using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Every wrong argument has an error that says what was expected, what came and what to do.</summary>
public class CheckTests
{
    private readonly float[] _x = Support.Numbers(10);
    private readonly float[] _y = new float[6];
    private readonly int[] _labels = [0, 1];
    private readonly Sgd _sgd = new(0.1f);

    [Fact]
    public void A_part_of_a_sample()
    {
        using var network = new Linear();
        var error = Assert.Throws<ArgumentException>(() => network.Predict(_x.AsSpan(0, 9), _y));
        Assert.Equal("Predict: input 'image' needs a multiple of 5 values (1x1x5 per sample), got 9; pass whole samples.", error.Message);
    }

    [Fact]
    public void No_sample()
    {
        using var network = new Linear();
        var error = Assert.Throws<ArgumentException>(() => network.Predict([], _y));
        Assert.Equal("Predict: input 'image' holds no sample; pass at least 5 values (1x1x5 per sample).", error.Message);
        Assert.Throws<ArgumentException>(() => network.Step([], [], _sgd));
    }

    [Fact]
    public void Too_many_samples()
    {
        using var network = new Linear(new NetworkOptions { MaxBatch = 1 });
        var error = Assert.Throws<ArgumentException>(() => network.Step(_x, _labels, _sgd));
        Assert.Equal("Step: a batch of 2 samples is above the maximum of 1; raise NetworkOptions.MaxBatch, or pass fewer samples at a time.", error.Message);
    }

    [Fact]
    public void An_output_span_that_is_too_short()
    {
        using var network = new Linear();
        var error = Assert.Throws<ArgumentException>(() => network.Predict(_x, _y.AsSpan(0, 5)));
        Assert.Equal("Predict: output 'scores' needs room for 6 values (3 per sample, 2 samples), got a span of 5.", error.Message);

        // A longer one is fine, and what lies behind is left alone.
        var longer = new float[8];
        longer[6] = longer[7] = 42;
        network.Predict(_x, longer);
        Assert.Equal([42, 42], longer[6..]);
    }

    [Fact]
    public void Another_number_of_labels()
    {
        using var network = new Linear();
        var error = Assert.Throws<ArgumentException>(() => network.Step(_x, [0], _sgd));
        Assert.Equal("Step: target 'labels' needs 2 values (1 per sample, 2 samples), got 1.", error.Message);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-2)]
    [InlineData(int.MinValue)]
    public void A_label_that_is_no_class(int label)
    {
        using var network = new Linear();
        var before = Support.Bits(network);
        var error = Assert.Throws<ArgumentException>(() => network.Step(_x, [0, label], _sgd));
        Assert.Equal($"Step: target 'labels' of sample 1 is {label}, but there are 3 classes; values must be 0 to 2.", error.Message);
        Assert.Equal(before, Support.Bits(network));
    }

    [Fact]
    public void The_ignored_label_is_allowed()
    {
        using var network = new Linear();
        network.Step(_x, [0, -1], _sgd);
    }

    [Fact]
    public void Gradients_of_another_length_than_Forward()
    {
        using var network = new Linear();
        network.Forward(_x, _y);
        Assert.Contains("the gradient of output 'scores' needs 6 values", Assert.Throws<ArgumentException>(() => network.Backward(_y.AsSpan(0, 3))).Message);
        Assert.Contains("the gradient of input 'image' needs room for 10 values", Assert.Throws<ArgumentException>(() => network.Backward(_y, new float[9])).Message);
        network.Backward(_y, new float[10]);
    }

    [Fact]
    public void Backward_without_Forward()
    {
        using var network = new Linear();
        Assert.Contains("call Forward", Assert.Throws<InvalidOperationException>(() => network.Backward(_y)).Message);
        network.Forward(_x, _y);
        network.Backward(_y);
        Assert.Throws<InvalidOperationException>(() => network.Backward(_y));
        network.Forward(_x, _y);
        network.Step(_x, _labels, _sgd);
        Assert.Throws<InvalidOperationException>(() => network.Backward(_y));
    }

    [Fact]
    public void A_network_without_loss()
    {
        using var network = Parametric.Vectors(3);
        using var batch = new Batch(network) { Count = 1 };
        Assert.Contains("has no loss", Assert.Throws<InvalidOperationException>(() => network.Step(batch, _sgd)).Message);
        Assert.Contains("has no loss", Assert.Throws<InvalidOperationException>(() => network.Evaluate(batch)).Message);
        Assert.Contains("has no loss", Assert.Throws<InvalidOperationException>(() => new Trainer(network)).Message);
    }

    [Fact]
    public void Options_out_of_range()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(new NetworkOptions { MaxBatch = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(new NetworkOptions { Threads = 0 }));
    }

    [Fact]
    public void A_batch_of_another_network()
    {
        using var network = new Linear();
        using var other = Parametric.Vectors(3);
        using var foreign = new Batch(other) { Count = 1 };
        using var empty = new Batch(network);
        Assert.Contains("laid out for Parametric", Assert.Throws<ArgumentException>(() => network.Step(foreign, _sgd)).Message);
        Assert.Contains("no sample", Assert.Throws<ArgumentException>(() => network.Step(empty, _sgd)).Message);
        using var large = new Batch(network, 100) { Count = 65 };
        Assert.Contains("MaxBatch", Assert.Throws<ArgumentException>(() => network.Evaluate(large)).Message);
    }

    [Fact]
    public void A_loss_that_is_not_finite_names_step_and_layer_and_changes_nothing()
    {
        using var network = new Linear();
        network.Step(_x, _labels, _sgd);
        var before = Support.Bits(network);

        var input = Assert.Throws<NonFiniteException>(() => network.Step([1, 2, 3, 4, 5, 1, float.NaN, 3, 4, 5], _labels, _sgd));
        Assert.Equal((2, "image"), (input.Step, input.Layer));
        Assert.StartsWith("Step 2: the loss is NaN. Input 'image' holds NaN in sample 1;", input.Message);
        Assert.Equal(before, Support.Bits(network));

        var weight = network.Parameters["Dense1.weight"].Values[4];
        network.Parameters["Dense1.weight"].Span[4] = float.PositiveInfinity;
        var layer = Assert.Throws<NonFiniteException>(() => network.Step(_x, _labels, _sgd));
        Assert.Equal((2, "Dense1"), (layer.Step, layer.Layer));
        Assert.Contains("The first layer whose result is not finite is Dense1", layer.Message);
        Assert.Contains("Parameter 'Dense1.weight' is not finite", layer.Message);

        network.Parameters["Dense1.weight"].Span[4] = weight;
        Assert.Equal(before, Support.Bits(network));
        Assert.True(float.IsFinite(network.Step(_x, _labels, _sgd)));
    }
}
