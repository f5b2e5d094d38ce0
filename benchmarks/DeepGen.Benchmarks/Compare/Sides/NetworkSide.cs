namespace DeepGen.Benchmarks.Compare;

/// <summary>A network with one output, whose loss is the softmax cross-entropy.</summary>
internal sealed class NetworkSide : ISide
{
    private readonly Workload _workload;
    private readonly Network _network;
    private readonly Batch _batch;
    private readonly float[] _outputs;
    private FirstWeights? _first;
    private Optimizer _optimizer;

    public NetworkSide(Func<NetworkOptions?, Network> create, Workload workload, int threads)
    {
        _workload = workload;
        _network = create(new NetworkOptions { MaxBatch = workload.Batch, Threads = threads, Seed = 1 });
        _batch = Samples.Of(_network);
        _outputs = new float[workload.Batch * _network.Definition.Outputs[0].Size];
        _optimizer = workload.Optimizer();
    }

    public long Parameters => _network.Parameters.Where(parameter => parameter.IsTrainable).Sum(parameter => (long)parameter.Count);

    public void Export(Exchange files)
    {
        files.AddWeights(_network);
        files.AddSamples(_batch);
        _first = new FirstWeights(_network);
    }

    public float[] Outputs()
    {
        _network.Predict(_batch, _outputs);
        return _outputs;
    }

    public float Run()
    {
        if (_workload.Trains)
            return _network.Step(_batch, _optimizer);
        _network.Predict(_batch, _outputs);
        return 0;
    }

    public void Restart()
    {
        if (!_workload.Trains)
            return;
        _first!.Restore();
        _optimizer = _workload.Optimizer();
    }

    public void Dispose()
    {
        _batch.Dispose();
        _network.Dispose();
    }
}
