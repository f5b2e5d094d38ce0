using System.Diagnostics;
using DeepGen.Examples;

namespace DeepGen.Benchmarks.Compare;

/// <summary>Our side: LeNet-5 with a number of threads.</summary>
internal sealed class LeNetSide : IDisposable
{
    private readonly LeNet5 _net;
    private readonly string _weights;
    private readonly float[] _input;
    private readonly int[] _labels;
    private readonly float[] _logits = new float[CompareCommand.MaxBatch * 10];
    private Optimizer _optimizer = new Sgd(0.01f, 0.9f);
    private Trainer? _trainer;

    public LeNetSide(int threads, string weights, float[] input, int[] labels)
    {
        (Threads, _weights, _input, _labels) = (threads, weights, input, labels);
        _net = LeNet5.Create(new NetworkOptions { MaxBatch = CompareCommand.MaxBatch, Threads = threads });
        Restart();
    }

    public int Threads { get; }

    /// <summary>Back to the first weights.</summary>
    public void Restart()
    {
        _net.Load(_weights);
        _optimizer = new Sgd(0.01f, 0.9f);
    }

    public float Step(int batch) => _net.Step(_input.AsSpan(0, batch * ImageSet.Size), _labels.AsSpan(0, batch), _optimizer);

    public Span<float> Predict(int batch)
    {
        var logits = _logits.AsSpan(0, batch * 10);
        _net.Predict(_input.AsSpan(0, batch * ImageSet.Size), logits);
        return logits;
    }

    /// <summary>Seconds of some runs together.</summary>
    public double Run(string workload, int batch, int count, IDataset? images)
    {
        if (workload == "epoch")
            _trainer ??= new Trainer(_net, new TrainerOptions { Optimizer = new Adam(1e-3f), LearningRate = LearningRateSchedule.Cosine(), Epochs = 1, BatchSize = batch, Seed = 1 });
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            switch (workload)
            {
                case "step":
                    Step(batch);
                    break;
                case "predict":
                    Predict(batch);
                    break;
                default:
                    _trainer!.Fit(images!);
                    break;
            }
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => _net.Dispose();
}
