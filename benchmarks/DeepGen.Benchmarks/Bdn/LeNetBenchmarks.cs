using BenchmarkDotNet.Attributes;

namespace DeepGen.Benchmarks.Bdn;

/// <summary>LeNet-5 as a whole.</summary>
[MemoryDiagnoser]
public class LeNetBenchmarks
{
    private readonly Sgd _optimizer = new(1e-4f, 0.9f);
    private LeNet5 _net = null!;
    private float[] _input = [];
    private int[] _labels = [];
    private float[] _output = [];

    /// <summary>Samples of a call.</summary>
    [Params(1, 64)]
    public int Batch { get; set; }

    /// <summary>Makes the network and its samples.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _net = LeNet5.Create(new NetworkOptions { MaxBatch = Batch });
        var random = new Random(1);
        _input = [.. Enumerable.Range(0, Batch * 28 * 28).Select(_ => random.NextSingle())];
        _labels = [.. Enumerable.Range(0, Batch).Select(i => i % 10)];
        _output = new float[Batch * 10];
    }

    /// <summary>Ends its threads.</summary>
    [GlobalCleanup]
    public void Cleanup() => _net.Dispose();

    /// <summary>One training step.</summary>
    [Benchmark]
    public float Step() => _net.Step(_input, _labels, _optimizer);

    /// <summary>One prediction.</summary>
    [Benchmark]
    public void Predict() => _net.Predict(_input, _output);
}
