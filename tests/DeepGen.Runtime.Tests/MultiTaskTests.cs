using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Several outputs with a weighted sum of losses, and metrics for each.</summary>
public class MultiTaskTests
{
    [Fact]
    public void The_loss_is_the_weighted_sum_and_every_head_is_counted()
    {
        using var net = ClassAndNumber.Create(new NetworkOptions { MaxBatch = 4, Seed = 3 });
        var data = new Tasks(10);
        var metrics = Metrics.Evaluate(net, data);
        using var batch = new Batch(net, 1) { Count = 1 };
        float[] kind = new float[3], size = new float[1], marks = new float[2];
        var (loss, right, marked, nats) = (0.0, 0, 0, 0.0);
        for (var n = 0; n < data.Count; n++)
        {
            data.Fill([n], batch);
            net.Predict(batch.Input<float>(), kind, size, marks);
            var label = batch.Target<int>()[0];
            var one = Math.Log(kind.Sum(v => Math.Exp(v))) - kind[label];
            nats += one;
            loss += one + (0.5 * Math.Pow(size[0] - batch.Target<float>(1)[0], 2));
            if (Array.IndexOf(kind, kind.Max()) == label) right++;
            for (var m = 0; m < 2; m++)
            {
                var target = batch.Target<float>(2)[m];
                loss += 2 * (Math.Log(1 + Math.Exp(marks[m])) - (target * marks[m])) / 2;
                if (marks[m] > 0 == target > 0.5f) marked++;
            }
        }

        Assert.Equal(loss / 10, metrics.Loss, 1e-5);
        Assert.Equal(["kind", "marks"], metrics.Heads.Select(head => head.Name));
        Assert.Equal((right / 10.0, 10L), (metrics["kind"].Accuracy, metrics["kind"].Predictions));
        Assert.Equal((marked / 20.0, 20L), (metrics["marks"].Accuracy, metrics["marks"].Predictions));
        Assert.Equal(nats / 10, metrics["kind"].Nats, 1e-5);
        Assert.Equal(metrics["kind"].Accuracy, metrics.Accuracy);
        Assert.Contains("'kind', 'marks'", Assert.Throws<KeyNotFoundException>(() => metrics["size"]).Message);
        Assert.False(net.Definition.IsClassifier);
    }

    [Fact]
    public void All_tasks_are_learned_together()
    {
        using var net = ClassAndNumber.Create(new NetworkOptions { MaxBatch = 20, Seed = 3 });
        var data = new Tasks(200);
        var metric = EpochMetric.FromValidation("F1 of the marks", m => m["marks"].MicroF1, higherIsBetter: true);
        var fit = new Trainer(net, new TrainerOptions { Optimizer = new Adam(1e-2f), Epochs = 30, Metric = metric }).Fit(data, data);
        var metrics = Metrics.Evaluate(net, data);
        Assert.Equal(fit.History.Max(epoch => epoch.Metric), metrics["marks"].MicroF1);
        Assert.True(metrics["kind"].Accuracy > 0.9 && metrics["marks"].Accuracy > 0.9, $"{metrics["kind"].Accuracy} {metrics["marks"].Accuracy}");
        Assert.True(fit.History[^1].TrainLoss < 0.3 * fit.History[0].TrainLoss);
    }

    /// <summary>Which of the first three values is largest; the mean of all; whether the last two are above 0.</summary>
    private sealed class Tasks(int count) : IDataset
    {
        public int Count => count;

        public void Fill(ReadOnlySpan<int> indices, Batch batch)
        {
            for (var i = 0; i < indices.Length; i++)
            {
                var x = Support.Numbers(5, indices[i] + 1);
                x.CopyTo(batch.Input<float>()[(i * 5)..]);
                batch.Target<int>()[i] = Array.IndexOf(x, x.Take(3).Max());
                batch.Target<float>(1)[i] = x.Average();
                for (var m = 0; m < 2; m++) batch.Target<float>(2)[(i * 2) + m] = x[3 + m] > 0 ? 1 : 0;
            }
        }
    }
}
