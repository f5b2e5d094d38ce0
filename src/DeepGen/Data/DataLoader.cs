using System.Runtime.ExceptionServices;

namespace DeepGen;

/// <summary>
/// Takes a dataset batch by batch, the next batch being filled in the background while the last one is used. The buffers are made once, and an epoch allocates nothing. It is what <see cref="Trainer"/>
/// uses; a training loop of your own is
/// <code>
/// using var loader = new DataLoader(network, dataset, new DataLoaderOptions { Sampler = Sampler.Shuffled(seed) });
/// for (var epoch = 1; epoch &lt;= 10; epoch++)
/// {
///     loader.Begin(epoch);
///     while (loader.Next() is { } batch) network.Step(batch, optimizer);
/// }
/// </code>
/// One thread uses it. <see cref="IDataset.Fill"/> is called by one thread at a time, but not always by the same.
/// </summary>
public sealed unsafe class DataLoader : IDisposable
{
    private readonly IDataset _dataset;
    private readonly Sampler _sampler;
    private readonly string _call;
    private readonly NetworkDefinition _network;
    private readonly Batch[] _buffers;
    private readonly int[] _order;
    private readonly int[] _occurrences;
    private readonly Thread? _thread;
    private readonly object _sync = new();

    // Under the lock. Of the epoch's batches [0, _end), those below _free are done with, those below _taken were handed out, those below _filled are ready.
    private int _epoch;
    private int _free;
    private int _taken;
    private int _filled;
    private int _end;
    private bool _filling;
    private bool _disposed;
    private ExceptionDispatchInfo? _error;

    /// <summary>A loader of a dataset for a network.</summary>
    /// <param name="network">The network that the batches are for; it is not used otherwise.</param>
    /// <param name="dataset">The samples.</param>
    /// <param name="options">How; the defaults when null.</param>
    /// <exception cref="ArgumentException">
    /// The dataset is empty, an option is out of its range, or the sampler does not fit the dataset; or one of this library's datasets does not fit the network, or holds an index that is none of its classes.
    /// </exception>
    /// <exception cref="InvalidDataException">A file of the dataset cannot be read; the message names it.</exception>
    public DataLoader(Network network, IDataset dataset, DataLoaderOptions? options = null) : this(network, dataset, options, "DataLoader")
    {
    }

    internal DataLoader(Network network, IDataset dataset, DataLoaderOptions? options, string call)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(dataset);
        network.ThrowIfDisposed();
        options ??= new DataLoaderOptions();
        (_network, _dataset, _call) = (network.Definition, dataset, call);
        _sampler = options.Sampler ?? Sampler.Sequential;
        BatchSize = options.BatchSize ?? network.MaxBatch;
        if (BatchSize < 1) throw new ArgumentOutOfRangeException(nameof(options), BatchSize, $"{call}: the batch size must be at least 1.");
        if (_sampler.BatchSize is { } rows && rows != BatchSize)
            throw new ArgumentException($"{call}: the sampler puts {rows} streams side by side, so the batch size must be {rows}, not {BatchSize}.");
        if (options.Prefetch is < 0 or > 1024) throw new ArgumentOutOfRangeException(nameof(options), options.Prefetch, $"{call}: the number of batches to prefetch must be 0 to 1024.");
        if (dataset.Count < 1) throw new ArgumentException($"{call}: the dataset holds no sample.");
        Datasets.Check(dataset, network.Definition, call);
        var samples = _sampler.Count(dataset.Count);
        if (samples < 1) throw new InvalidOperationException($"{call}: {_sampler.GetType().Name}.Count gave {samples} samples for an epoch; it must give at least 1.");
        if (options.DropLast && samples < BatchSize)
            throw new ArgumentException($"{call}: an epoch has {Shapes.Count(samples, "sample")}, less than a batch of {BatchSize}, and DropLast leaves them out.");
        if (options.DropLast) samples -= samples % BatchSize;
        Samples = samples;
        Batches = ((samples - 1) / BatchSize) + 1;
        _order = new int[_sampler.Count(dataset.Count)];
        _occurrences = new int[dataset.Count];
        var ahead = Math.Min(options.Prefetch, Batches - 1);
        _buffers = new Batch[ahead + 1];
        for (var i = 0; i < _buffers.Length; i++) _buffers[i] = new Batch(network, Math.Min(BatchSize, samples));
        if (ahead == 0) return;
        _thread = new Thread(Work) { IsBackground = true, Name = "DeepGen loader" };
        _thread.Start();
    }

    /// <summary>Samples of a batch; the last of an epoch may have fewer.</summary>
    public int BatchSize { get; }

    /// <summary>Batches of an epoch.</summary>
    public int Batches { get; }

    /// <summary>Samples of an epoch.</summary>
    public int Samples { get; }

    /// <summary>Starts an epoch; what is left of the one before is dropped.</summary>
    /// <param name="epoch">Its number, from 1: it decides on the order and on random augmentation.</param>
    /// <param name="skip">The batches at its start to leave out, for a training that is resumed amid an epoch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is below 1, or <paramref name="skip"/> not in [0, <see cref="Batches"/>].</exception>
    /// <exception cref="ObjectDisposedException">The loader was disposed.</exception>
    public void Begin(int epoch, int skip = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(skip, Batches);
        lock (_sync)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _end = 0;
            while (_filling) Monitor.Wait(_sync);
            _free = _taken = _filled = 0;
            _error = null;
            MakeOrder(epoch);
            Array.Clear(_occurrences);
            foreach (var index in _order.AsSpan(0, (int)Math.Min((long)skip * BatchSize, Samples))) _occurrences[index]++;
            _epoch = epoch;
            _free = _taken = _filled = skip;
            _end = Batches;
            Monitor.PulseAll(_sync);
        }
    }

    /// <summary>The next batch of the epoch; null when it has ended. It is valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">No epoch was begun.</exception>
    /// <exception cref="ObjectDisposedException">The loader was disposed.</exception>
    /// <remarks>What <see cref="IDataset.Fill"/> throws comes out here, where its batch would have.</remarks>
    public Batch? Next()
    {
        lock (_sync)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_epoch == 0) throw new InvalidOperationException($"{_call}: no epoch was begun; call Begin first.");
            if (_taken == _end) return null;
            _free = _taken;
            if (_thread == null && _filled == _taken && _error == null) FillNext();
            Monitor.PulseAll(_sync);
            while (_filled == _taken && _error == null) Monitor.Wait(_sync);
            if (_filled == _taken) _error!.Throw();
            return _buffers[_taken++ % _buffers.Length];
        }
    }

    /// <summary>Ends the thread, after the batch that it is filling, and releases the buffers.</summary>
    public void Dispose()
    {
        lock (_sync)
        {
            if (_disposed) return;
            _disposed = true;
            Monitor.PulseAll(_sync);
        }

        _thread?.Join();
        foreach (var buffer in _buffers) buffer.Dispose();
    }

    private void MakeOrder(int epoch)
    {
        _sampler.Order(_dataset.Count, epoch, _order);
        foreach (var index in _order)
            if ((uint)index >= (uint)_occurrences.Length)
                throw new InvalidOperationException($"{_call}: {_sampler.GetType().Name}.Order gave sample {index}; the dataset has samples 0 to {_occurrences.Length - 1}.");
    }

    private void Work()
    {
        while (true)
        {
            lock (_sync)
            {
                while (!_disposed && (_filled >= _end || _filled - _free == _buffers.Length || _error != null)) Monitor.Wait(_sync);
                if (_disposed) return;
                _filling = true;
            }

            FillNext();
        }
    }

    private void FillNext()
    {
        ExceptionDispatchInfo? error = null;
        try
        {
            Fill(_filled);
        }
        catch (Exception caught)
        {
            error = ExceptionDispatchInfo.Capture(caught);
        }

        lock (_sync)
        {
            _filling = false;
            _error = error;
            if (error == null) _filled++;
            Monitor.PulseAll(_sync);
        }
    }

    private void Fill(int index)
    {
        var begin = index * BatchSize;
        var indices = _order.AsSpan(begin, Math.Min(BatchSize, Samples - begin));
        var batch = _buffers[index % _buffers.Length];
        batch.Epoch = _epoch;
        batch.Count = indices.Length;
        var occurrences = batch.Occurrences;
        for (var i = 0; i < indices.Length; i++) occurrences[i] = _occurrences[indices[i]]++;
        _dataset.Fill(indices, batch);
        if (batch.Count != indices.Length)
            throw new InvalidOperationException($"{_call}: {_dataset.GetType().Name}.Fill was asked for {Shapes.Count(indices.Length, "sample")} and set Batch.Count to {batch.Count}.");
        CheckIndices(_network.Inputs, "input", batch.Inputs, indices);
        CheckIndices(_network.Targets, "target", batch.Targets, indices);
    }

    /// <summary>The network checks too, but here the sample's number in the dataset is known.</summary>
    private void CheckIndices(TensorDefinition[] tensors, string role, void** data, ReadOnlySpan<int> indices)
    {
        for (var t = 0; t < tensors.Length; t++)
        {
            if (tensors[t].Classes == 0) continue;
            var at = Network.IndexOutOfRange(tensors[t], (int*)data[t], indices.Length);
            if (at >= 0) throw Network.BadIndex(_call, role, tensors[t], ((int*)data[t])[at], $"the dataset's sample {indices[(int)(at / tensors[t].Size)]}", at);
        }
    }
}
