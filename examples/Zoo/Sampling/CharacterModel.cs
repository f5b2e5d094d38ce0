namespace DeepGen.Zoo.Sampling;

/// <summary>A network that is given letters and says of each what comes next; trained on a text, it writes another.</summary>
internal sealed class CharacterModel : IDisposable
{
    private readonly Network _network;
    private readonly Batch _batch;
    private readonly int[] _text;
    private readonly Random _random;
    private readonly float[] _scores;

    /// <exception cref="UsageException">The network is no character model, or the text is too short for it.</exception>
    public CharacterModel(ZooNetwork entry, string text, int batch, int seed)
    {
        if (entry.Fill != Fills.Letters)
            throw new UsageException($"{entry.Name} is no character model; take Char-RNN, Char-LSTM or Char-GRU.");
        _text = Alphabet.Read(text);
        _random = new Random(seed);
        _network = entry.Full(new NetworkOptions { MaxBatch = batch, Seed = (ulong)seed });
        if (_text.Length <= Length)
        {
            _network.Dispose();
            throw new UsageException($"The text has {_text.Length} letters, but {entry.Name} reads {Length} and the one behind them at a time; give a longer one.");
        }

        _batch = new Batch(_network) { Count = batch };
        _scores = new float[batch * Alphabet.Size * Length];
    }

    /// <summary>Letters of one sample.</summary>
    private int Length => _network.Definition.Inputs[0].Size;

    /// <summary>One step on pieces of the text from anywhere in it.</summary>
    /// <returns>The mean cross-entropy of a letter, in nats.</returns>
    public float Step(Optimizer optimizer)
    {
        _batch.Count = _batch.Capacity;
        for (var n = 0; n < _batch.Count; n++)
        {
            var start = _random.Next(_text.Length - Length);
            _text.AsSpan(start, Length).CopyTo(_batch.Input<int>().Slice(n * Length));
            _text.AsSpan(start + 1, Length).CopyTo(_batch.Target<int>().Slice(n * Length));
        }

        return _network.Step(_batch, optimizer);
    }

    /// <summary>Goes on where <paramref name="start"/> ends. What the network says of a letter depends on those before it alone, so it is read behind the last that is there.</summary>
    /// <param name="temperature">Divides the scores: 1 takes the network at its word, below that the likely becomes likelier.</param>
    public IEnumerable<int> Write(IReadOnlyList<int> start, int letters, float temperature)
    {
        _batch.Count = 1;
        var known = start.ToList();
        for (var i = 0; i < letters; i++)
        {
            var read = Math.Min(known.Count, Length);
            var input = _batch.Input<int>();
            input.Clear();
            for (var t = 0; t < read; t++) input[t] = known[known.Count - read + t];
            _network.Predict(_batch, _scores.AsSpan(0, Alphabet.Size * Length));
            var next = Draw(read - 1, temperature);
            known.Add(next);
            yield return next;
        }
    }

    /// <summary>A letter by its probability, the softmax of the scores at one place.</summary>
    private int Draw(int place, float temperature)
    {
        Span<double> weights = stackalloc double[Alphabet.Size];
        var highest = float.NegativeInfinity;
        for (var c = 0; c < weights.Length; c++) highest = Math.Max(highest, _scores[(c * Length) + place]);
        var sum = 0.0;
        for (var c = 0; c < weights.Length; c++) sum += weights[c] = Math.Exp((_scores[(c * Length) + place] - highest) / temperature);
        var left = _random.NextDouble() * sum;
        for (var c = 0; c < weights.Length; c++)
        {
            left -= weights[c];
            if (left < 0) return c;
        }

        return weights.Length - 1;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _network.Dispose();
    }
}
