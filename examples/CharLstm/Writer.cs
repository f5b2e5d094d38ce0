using System.Text;

namespace DeepGen.Examples.CharLstm;

/// <summary>Writes text letter by letter, each drawn from what the network says comes next.</summary>
internal sealed class Writer : IDisposable
{
    private const int StateSize = LanguageModel.Layers * LanguageModel.Units;

    private readonly Vocabulary _letters;
    private readonly float[] _scores = new float[LanguageModel.Letters];
    private readonly float[][] _hidden = [new float[StateSize], new float[StateSize]];
    private readonly float[][] _cells = [new float[StateSize], new float[StateSize]];
    private readonly double[] _weights = new double[LanguageModel.Letters];

    /// <summary>A writer.</summary>
    /// <param name="network">The network, which is disposed with this.</param>
    /// <param name="letters">The letters that it knows.</param>
    public Writer(OneLetterModel network, Vocabulary letters) => (Network, _letters) = (network, letters);

    /// <summary>A writer with the weights of a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is none of this program's files.</exception>
    public static Writer Load(string path)
    {
        var network = OneLetterModel.Create();
        try
        {
            return new Writer(network, ModelFile.Load(path, network));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private OneLetterModel Network { get; }

    /// <summary>Takes over the weights of a network in training.</summary>
    public void Follow(Network trained)
    {
        foreach (var parameter in Network.Parameters)
            trained.Parameters[parameter.Name].Values.CopyTo(parameter.Span);
    }

    /// <summary>Goes on with a text.</summary>
    /// <param name="prime">The text that stands before; at least one letter.</param>
    /// <param name="count">Letters to write.</param>
    /// <param name="temperature">Divides the scores: 1 takes the network at its word, below that the likely becomes likelier. Above 0.</param>
    /// <param name="seed">The same seed writes the same.</param>
    /// <returns>What comes behind the prime.</returns>
    public string Write(string prime, int count, double temperature, ulong seed)
    {
        Array.Clear(_hidden[0]);
        Array.Clear(_cells[0]);
        foreach (var letter in _letters.EncodeCharacters(prime.ReplaceLineEndings("\n")))
            Read(letter);
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var next = Draw(new CounterRandom(seed, place: 0, epoch: 0, sample: i, occurrence: 0).Uniform(0, 1), temperature);
            text.Append(_letters.Tokens[next]);
            Read(next);
        }

        return text.ToString();
    }

    public void Dispose() => Network.Dispose();

    /// <summary>Scores of what comes behind a letter; the states go on.</summary>
    private void Read(int letter)
    {
        Network.Predict([letter], _hidden[0], _cells[0], _scores, _hidden[1], _cells[1]);
        (_hidden[0], _hidden[1]) = (_hidden[1], _hidden[0]);
        (_cells[0], _cells[1]) = (_cells[1], _cells[0]);
    }

    /// <summary>A letter by its probability, the softmax of the scores over the temperature; never the unknown one.</summary>
    private int Draw(double uniform, double temperature)
    {
        var highest = double.NegativeInfinity;
        for (var i = 0; i < _letters.Count; i++)
            if (i != _letters.Unknown) highest = Math.Max(highest, _scores[i]);
        var sum = 0.0;
        for (var i = 0; i < _letters.Count; i++)
            sum += _weights[i] = i == _letters.Unknown ? 0 : Math.Exp((_scores[i] - highest) / temperature);
        var left = uniform * sum;
        var last = 0;
        for (var i = 0; i < _letters.Count; i++)
        {
            if (_weights[i] == 0) continue;
            last = i;
            left -= _weights[i];
            if (left < 0) break;
        }

        return last;
    }
}
