using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Metrics of predictions, by numbers worked out by hand and by plain loops over random ones.</summary>
public class PredictionMetricsTests
{
    [Fact]
    public void Precision_recall_F1_and_IoU_are_those_of_the_confusion_matrix()
    {
        // actual:    0 0 0 0 1 1 2 2 2; class 3 never occurs, class 4 is predicted once and never right.
        int[] actual = [0, 0, 0, 0, 1, 1, 2, 2, 2], predicted = [0, 0, 1, 4, 1, 0, 2, 2, 2];
        var metrics = new PredictionMetrics(HeadKind.ClassScores, 5);
        for (var i = 0; i < actual.Length; i++) metrics.Add(OneHot(predicted[i], 5), [actual[i]]);
        Assert.Equal(6.0 / 9, metrics.Accuracy);
        Assert.Equal((2, 1, 2, 4), (metrics.TruePositives(0), metrics.FalsePositives(0), metrics.FalseNegatives(0), metrics.Support(0)));
        Assert.Equal((2.0 / 3, 2.0 / 4, 4.0 / 7, 2.0 / 5), (metrics.Precision(0), metrics.Recall(0), metrics.F1(0), metrics.IoU(0)));
        Assert.Equal((1.0, 1.0, 1.0, 1.0), (metrics.Precision(2), metrics.Recall(2), metrics.F1(2), metrics.IoU(2)));
        Assert.Equal((double.NaN, double.NaN, double.NaN, double.NaN), (metrics.Precision(3), metrics.Recall(3), metrics.F1(3), metrics.IoU(3)));
        Assert.Equal((0.0, 0.0, 0.0, 0.0), (metrics.Precision(4), metrics.Recall(4), metrics.F1(4), metrics.IoU(4)));

        // sklearn.metrics.precision_recall_fscore_support(actual, predicted, average="macro") gives these.
        Assert.Equal(((2.0 / 3) + 0.5 + 1 + 0) / 4, metrics.MacroPrecision, 1e-15);
        Assert.Equal((0.5 + 0.5 + 1 + 0) / 4, metrics.MacroRecall, 1e-15);
        Assert.Equal(((4.0 / 7) + 0.5 + 1 + 0) / 4, metrics.MacroF1, 1e-15);
        Assert.Equal((0.4 + (1.0 / 3) + 1 + 0) / 4, metrics.MeanIoU, 1e-15);
        Assert.Equal((6.0 / 9, 6.0 / 9, 6.0 / 9), (metrics.MicroPrecision, metrics.MicroRecall, metrics.MicroF1));
        Assert.Equal((1, 1, 0), (metrics[0, 1], metrics[0, 4], metrics[4, 0]));
        Assert.True(double.IsNaN(metrics.Nats) && double.IsNaN(metrics.MeanImageIoU));
    }

    [Theory]
    [InlineData(HeadKind.ClassLogits)]
    [InlineData(HeadKind.ClassLogProbabilities)]
    [InlineData(HeadKind.ClassProbabilities)]
    public void Of_maps_all_is_as_plain_loops_count_it(HeadKind kind)
    {
        const int Classes = 4, Places = 30, Samples = 7;
        var logits = Support.Numbers(Samples * Classes * Places);
        var labels = Enumerable.Range(0, Samples * Places).Select(i => (i * 7 / 3) % 6 - 1).ToArray();
        var matrix = new long[Classes, Classes];
        var topTwo = 0;
        var (nats, iou) = (0.0, new List<double>[Classes]);
        for (var c = 0; c < Classes; c++) iou[c] = [];
        var given = new float[logits.Length];
        for (var n = 0; n < Samples; n++)
        {
            var image = new long[Classes, Classes];
            for (var p = 0; p < Places; p++)
            {
                var x = Enumerable.Range(0, Classes).Select(c => logits[(((n * Classes) + c) * Places) + p]).ToArray();
                var sum = x.Sum(v => Math.Exp(v));
                for (var c = 0; c < Classes; c++)
                    given[(((n * Classes) + c) * Places) + p] = kind == HeadKind.ClassLogits ? x[c] : kind == HeadKind.ClassProbabilities ? (float)(Math.Exp(x[c]) / sum) : (float)(x[c] - Math.Log(sum));
                var label = labels[(n * Places) + p];
                if (label is < 0 or >= Classes) continue;
                var order = Enumerable.Range(0, Classes).OrderByDescending(c => x[c]).ToList();
                image[label, order[0]]++;
                matrix[label, order[0]]++;
                if (order.IndexOf(label) < 2) topTwo++;
                nats += Math.Log(sum) - x[label];
            }

            for (var c = 0; c < Classes; c++)
            {
                long union = Enumerable.Range(0, Classes).Sum(o => image[c, o] + image[o, c]) - image[c, c];
                if (union > 0) iou[c].Add((double)image[c, c] / union);
            }
        }

        var metrics = new PredictionMetrics(kind, Classes);
        metrics.Add(given.AsSpan(0, 3 * Classes * Places), labels.AsSpan(0, 3 * Places), 3);
        metrics.Add(given.AsSpan(3 * Classes * Places), labels.AsSpan(3 * Places), 4);
        var counted = matrix.Cast<long>().Sum();
        Assert.Equal(counted, metrics.Predictions);
        for (var a = 0; a < Classes; a++)
            for (var b = 0; b < Classes; b++)
                Assert.Equal(matrix[a, b], metrics[a, b]);
        Assert.Equal((double)(counted - topTwo) / counted, metrics.TopKError(2));
        Assert.Equal(1 - metrics.Accuracy, metrics.TopKError(1), 1e-15);
        Assert.Equal(0, metrics.TopKError(9));
        Assert.Equal(nats / counted, metrics.Nats, 1e-6);
        Assert.Equal(Math.Exp(nats / counted), metrics.Perplexity, 1e-5);
        for (var c = 0; c < Classes; c++) Assert.Equal(iou[c].Average(), metrics.ImageIoU(c), 1e-12);
        Assert.Equal(iou.Average(one => one.Average()), metrics.MeanImageIoU, 1e-12);
        metrics.Clear();
        Assert.Equal(0, metrics.Predictions);
    }

    [Fact]
    public void Yes_or_no_is_counted_value_by_value_and_masks_image_by_image()
    {
        // Two masks of four pixels: 1 of 3 right, then nothing there and nothing found; a third where all is found.
        var masks = new PredictionMetrics(HeadKind.BinaryLogits, 1);
        masks.Add([2, 1, -1, -1, -3, -3, -3, -3, 4, -4, -4, -4], (ReadOnlySpan<float>)[1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0], 3);
        Assert.Equal(((1.0 / 3) + 1) / 2, masks.MeanImageIoU);
        Assert.Equal(2.0 / 4, masks.MeanIoU);
        Assert.Equal(10.0 / 12, masks.Accuracy);
        Assert.Equal((2.0 / 3, 2.0 / 3, 2.0 / 3), (masks.Precision(0), masks.Recall(0), masks.MicroF1));
        double[] expected = [2 - 2 + Soft(-2), 1 + Soft(-1), 1 + Soft(-1), Soft(-1), Soft(-3), Soft(-3), Soft(-3), Soft(-3), Soft(-4), Soft(-4), Soft(-4), Soft(-4)];
        Assert.Equal(expected.Average(), masks.Nats, 1e-7);

        // Labels of which several may hold: micro and macro differ.
        var labels = new PredictionMetrics(HeadKind.BinaryProbabilities, 3);
        labels.Add([0.9f, 0.6f, 0.1f, 0.8f, 0.2f, 0.5f], (ReadOnlySpan<int>)[1, 0, 0, 1, 1, 0], 2);
        Assert.Equal((1.0, 0.0, double.NaN), (labels.F1(0), labels.F1(1), labels.F1(2)));
        Assert.Equal((0.5, 2.0 / 3, 2.0 / 3), (labels.MacroF1, labels.MicroPrecision, labels.MicroRecall));
        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.4) + Math.Log(0.9) + Math.Log(0.8) + Math.Log(0.2) + Math.Log(0.5)) / 6, labels.Nats, 1e-6);
        Assert.Contains("yes or no", Assert.Throws<InvalidOperationException>(() => labels[0, 1]).Message);
        Assert.Contains("yes or no", Assert.Throws<InvalidOperationException>(() => labels.TopKError(1)).Message);

        static double Soft(double x) => Math.Log(1 + Math.Exp(x));
    }

    [Fact]
    public void Ties_go_to_the_first_class_and_NaN_is_never_right_by_its_place()
    {
        var metrics = new PredictionMetrics(HeadKind.ClassLogits, 3);
        metrics.Add([1, 1, 0], [1]);
        Assert.Equal((0L, 1L), (metrics.Correct, metrics[1, 0]));
        Assert.Equal((1.0, 0.0), (metrics.TopKError(1), metrics.TopKError(2)));
        metrics.Add([0, 5, float.NaN], [1]);
        Assert.Equal((0L, 1L), (metrics.Correct, metrics[1, 2]));
    }

    [Fact]
    public void Probabilities_as_targets_count_by_their_highest()
    {
        var metrics = new PredictionMetrics(HeadKind.ClassProbabilities, 2);
        metrics.Add([0.75f, 0.25f, 0.5f, 0.5f], (ReadOnlySpan<float>)[0.25f, 0.75f, 1, 0], 2);
        Assert.Equal((1L, 1L), (metrics[1, 0], metrics[0, 0]));
        Assert.Equal(-((0.25 * Math.Log(0.75)) + (0.75 * Math.Log(0.25)) + Math.Log(0.5)) / 2, metrics.Nats, 1e-12);
    }

    [Fact]
    public void Many_classes_have_no_matrix_but_all_else()
    {
        var metrics = new PredictionMetrics(HeadKind.ClassLogits, 5000);
        metrics.Add(OneHot(4999, 5000), [4999]);
        Assert.Equal((1.0, 1.0), (metrics.Accuracy, metrics.F1(4999)));
        Assert.Contains("5000 classes", Assert.Throws<InvalidOperationException>(() => metrics[0, 0]).Message);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var metrics = new PredictionMetrics(HeadKind.ClassLogits, 3, "kind");
        Assert.Contains("'kind'", Assert.Throws<ArgumentException>(() => metrics.Add([1, 2], [0])).Message);
        Assert.Contains("2 targets", Assert.Throws<ArgumentException>(() => metrics.Add([1, 2, 3, 4, 5, 6], [0])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PredictionMetrics(HeadKind.ClassLogits, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => metrics.Recall(3));
    }

    [Fact]
    public void The_pixels_of_a_network_are_counted_without_the_ignored_class()
    {
        using var net = PixelClasses.Create(new NetworkOptions { MaxBatch = 3, Seed = 4 });
        var data = new Maps(5);
        var metrics = Metrics.Evaluate(net, data);
        using var batch = new Batch(net, 1) { Count = 1 };
        var outputs = new float[4 * 30];
        var (right, counted, nats) = (0, 0, 0.0);
        for (var n = 0; n < data.Count; n++)
        {
            data.Fill([n], batch);
            net.Predict(batch, outputs);
            for (var p = 0; p < 30; p++)
            {
                var label = batch.Target<int>()[p];
                if (label == 3) continue;
                counted++;
                if (Enumerable.Range(0, 4).MaxBy(c => outputs[(c * 30) + p]) == label) right++;
                nats += Math.Log(Enumerable.Range(0, 4).Sum(c => Math.Exp(outputs[(c * 30) + p]))) - outputs[(label * 30) + p];
            }
        }

        Assert.True(counted < 5 * 30);
        Assert.Equal((counted, right), (metrics.Predictions, metrics.Correct));
        Assert.Equal(nats / counted, metrics.Heads[0].Nats, 1e-5);
        Assert.False(net.Definition.IsClassifier);
        var fit = new Trainer(net, new TrainerOptions { Epochs = 2, Metric = EpochMetric.FromValidation("mean IoU", m => m.Heads[0].MeanIoU, higherIsBetter: true) }).Fit(data, data);
        Assert.All(fit.History, epoch => Assert.NotNull(epoch.TrainAccuracy));
        Assert.Equal(fit.History.Max(epoch => epoch.Metric), Metrics.Evaluate(net, data).Heads[0].MeanIoU);
    }

    [Fact]
    public void Heads_by_hand_are_checked()
    {
        using var net = TwoNumbers.Create(new NetworkOptions());
        var data = new InMemoryDataset(Support.Numbers(40), 5, [.. Support.Numbers(16, 2).Select(v => v > 0 ? 1f : 0f)], 2);
        Assert.Empty(Metrics.Evaluate(net, data).Heads);
        Assert.Null(Metrics.Evaluate(net, data).Accuracy);
        var metrics = Metrics.Evaluate(net, data, [new Head(0, 0, HeadKind.BinaryProbabilities)]);
        Assert.Equal(16, metrics.Heads[0].Predictions);
        Assert.Contains("1 output", Assert.Throws<ArgumentException>(() => Metrics.Evaluate(net, data, [new Head(1, 0, HeadKind.BinaryLogits)])).Message);
        Assert.Contains("1 target", Assert.Throws<ArgumentException>(() => Metrics.Evaluate(net, data, [new Head(0, 1, HeadKind.BinaryLogits)])).Message);
        Assert.Contains("no head", Assert.Throws<KeyNotFoundException>(() => Metrics.Evaluate(net, data)["scores"]).Message);
    }

    private static float[] OneHot(int label, int classes)
    {
        var values = new float[classes];
        values[label] = 1;
        return values;
    }

    /// <summary>Maps of 6 x 5 pixels with a class each.</summary>
    private sealed class Maps(int count) : IDataset
    {
        public int Count => count;

        public void Fill(ReadOnlySpan<int> indices, Batch batch)
        {
            for (var i = 0; i < indices.Length; i++)
            {
                Support.Numbers(60, indices[i] + 1).CopyTo(batch.Input<float>()[(i * 60)..]);
                for (var p = 0; p < 30; p++) batch.Target<int>()[(i * 30) + p] = (p + indices[i]) % 4;
            }
        }
    }
}
