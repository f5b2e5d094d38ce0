namespace DeepGen;

/// <summary>Takes a dataset through a network batch by batch; the buffers are made once.</summary>
internal sealed unsafe class BatchLoop : IDisposable
{
    private readonly Network _network;
    private readonly IDataset _dataset;
    private readonly string _call;
    private readonly int? _microBatch;
    private readonly Batch _batch;
    private readonly int[] _order;
    private readonly OutputMemory _outputs;

    public BatchLoop(Network network, IDataset dataset, int batchSize, string call, int? microBatch = null, IReadOnlyList<Head>? heads = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(dataset);
        network.ThrowIfDisposed();
        if (!network.Definition.HasLoss)
            throw new InvalidOperationException($"{call}: {network.Definition.Name} has no loss; declare one, for instance [SoftmaxCrossEntropy].");
        if (dataset.Count < 1) throw new ArgumentException($"{call}: the dataset holds no sample.");
        if (batchSize > network.MaxBatch && microBatch == null)
            throw new ArgumentException($"{call}: a batch size of {batchSize} is above the network's maximum of {network.MaxBatch}; raise NetworkOptions.MaxBatch.");
        _network = network;
        _dataset = dataset;
        _call = call;
        _microBatch = microBatch;
        BatchSize = batchSize;
        Batches = ((dataset.Count - 1) / batchSize) + 1;
        Metrics = new Metrics(network.Definition, heads);
        _batch = new Batch(network.Definition, Math.Min(batchSize, dataset.Count));
        _order = new int[dataset.Count];
        _outputs = new OutputMemory(network.Definition, _batch.Capacity, Metrics.Reads);
        for (var i = 0; i < _order.Length; i++) _order[i] = i;
    }

    public int BatchSize { get; }

    public int Batches { get; }

    /// <summary>What the batches since the last <see cref="Restart"/> gave.</summary>
    public Metrics Metrics { get; }

    public void Restart() => Metrics.Clear();

    public void Shuffle(ulong seed, int epoch) => Shuffling.Permute(_order, seed, epoch);

    /// <summary>One training step over a batch.</summary>
    public void Step(int index, Optimizer optimizer)
    {
        Fill(index);
        Add(_network.Step(_batch, _outputs, optimizer, _microBatch), nats: false);
    }

    public Metrics Evaluate(CancellationToken cancellationToken)
    {
        Restart();
        for (var index = 0; index < Batches; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Fill(index);
            Add(_network.Evaluate(_batch, _outputs), nats: true);
        }

        return Metrics;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _outputs.Dispose();
    }

    private void Add(float loss, bool nats)
    {
        Metrics.Add(loss, _batch.Count);
        Metrics.Add(_batch, _outputs, nats);
    }

    private void Fill(int index)
    {
        var begin = index * BatchSize;
        var indices = _order.AsSpan(begin, Math.Min(BatchSize, _order.Length - begin));
        _batch.Count = indices.Length;
        _dataset.Fill(indices, _batch);
        if (_batch.Count != indices.Length)
            throw new InvalidOperationException($"{_call}: {_dataset.GetType().Name}.Fill was asked for {Shapes.Count(indices.Length, "sample")} and set Batch.Count to {_batch.Count}.");
        CheckIndices(_network.Definition.Inputs, "input", _batch.Inputs, indices);
        CheckIndices(_network.Definition.Targets, "target", _batch.Targets, indices);
    }

    /// <summary>The network checks too, but here the sample's number in the dataset is known.</summary>
    private void CheckIndices(TensorDefinition[] tensors, string role, void** data, ReadOnlySpan<int> indices)
    {
        for (var t = 0; t < tensors.Length; t++)
        {
            if (tensors[t].Classes == 0) continue;
            var at = Network.IndexOutOfRange(tensors[t], (int*)data[t], indices.Length);
            if (at >= 0) throw Network.BadIndex(_call, role, tensors[t], ((int*)data[t])[at], "the dataset's sample", indices[(int)(at / tensors[t].Size)], at);
        }
    }
}
