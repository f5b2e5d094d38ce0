namespace DeepGen;

/// <summary>Takes a dataset through a network batch by batch; the buffers are made once.</summary>
internal sealed class BatchLoop : IDisposable
{
    private readonly Network _network;
    private readonly DataLoader _loader;
    private readonly int? _microBatch;
    private readonly OutputMemory _outputs;
    private readonly CarriedInputs _carried;

    public BatchLoop(Network network, IDataset dataset, DataLoaderOptions options, string call, int? microBatch = null, IReadOnlyList<Head>? heads = null, IReadOnlyList<CarriedState>? carried = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        network.ThrowIfDisposed();
        if (!network.Definition.HasLoss)
            throw new InvalidOperationException($"{call}: {network.Definition.Name} has no loss; declare one, for instance [SoftmaxCrossEntropy].");
        if (options.BatchSize > network.MaxBatch && microBatch == null)
            throw new ArgumentException($"{call}: a batch size of {options.BatchSize} is above the network's maximum of {network.MaxBatch}; raise NetworkOptions.MaxBatch.");
        _network = network;
        _microBatch = microBatch;
        Metrics = new Metrics(network.Definition, heads);
        _carried = new CarriedInputs(network.Definition, carried ?? []);
        _loader = new DataLoader(network, dataset, options, call);
        _outputs = new OutputMemory(network.Definition, Rows, output => Metrics.Reads(output) || _carried.Reads(output));
    }

    public int Batches => _loader.Batches;

    public int BatchSize => _loader.BatchSize;

    /// <summary>The most samples that a batch has.</summary>
    public int Rows => Math.Min(_loader.BatchSize, _loader.Samples);

    /// <summary>What the batches since the last <see cref="Begin"/> gave.</summary>
    public Metrics Metrics { get; }

    /// <summary>Starts an epoch, or goes on with one of which some batches are done and in the metrics.</summary>
    public void Begin(int epoch, int done = 0)
    {
        if (done == 0)
        {
            Metrics.Clear();
            _carried.Clear();
        }

        _loader.Begin(epoch, done);
    }

    /// <summary>One training step over the next batch of the epoch, which must not have ended.</summary>
    /// <returns>The mean loss of the batch.</returns>
    public float Step(Optimizer optimizer)
    {
        var batch = _loader.Next()!;
        _carried.Fill(batch, _outputs);
        var loss = _network.Step(batch, _outputs, optimizer, _microBatch);
        Add(batch, loss, nats: false);
        return loss;
    }

    /// <summary>Inference and loss over the whole dataset.</summary>
    public Metrics Evaluate(CancellationToken cancellationToken)
    {
        Begin(1);
        while (!cancellationToken.IsCancellationRequested && _loader.Next() is { } batch)
        {
            _carried.Fill(batch, _outputs);
            Add(batch, _network.Evaluate(batch, _outputs), nats: true);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Metrics;
    }

    /// <summary>The states that are carried to the next batch: the name of the input, the shape of all rows together, and the output, which <see cref="CarriedValues"/> takes.</summary>
    public IEnumerable<(string Input, int[] Shape, int Output)> Carried => _carried.States.Select(state => (state.Input, (int[])[Rows, .. state.Shape], state.Output));

    /// <summary>The values of a state, to be saved or, with <see cref="CarriedRestored"/> behind it, put back.</summary>
    public Span<float> CarriedValues(int output) => _outputs.Values(output, Rows);

    /// <summary>The values were put back: the next batch goes on from them.</summary>
    public void CarriedRestored() => _carried.Filled();

    public void Dispose()
    {
        _loader.Dispose();
        _outputs.Dispose();
    }

    private void Add(Batch batch, float loss, bool nats)
    {
        _carried.Filled();
        Metrics.Add(loss, batch.Count);
        Metrics.Add(batch, _outputs, nats);
    }
}
