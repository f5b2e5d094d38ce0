namespace DeepGen.Examples.SentenceCnn;

/// <summary>Weights and the words that they are for, in one safetensors file.</summary>
internal static class ModelFile
{
    private const string WordsKey = "words";

    /// <summary>Saves a network with its words.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, KimCnn network, Vocabulary words)
    {
        var file = new Checkpoint().Add(network);
        file.Values[WordsKey] = string.Join(' ', words.Tokens);
        file.Save(path);
    }

    /// <summary>Loads the weights.</summary>
    /// <returns>The words.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is none of this program's files.</exception>
    public static Vocabulary Load(string path, KimCnn network)
    {
        var file = new Checkpoint().Add(network);
        file.Load(path, allowChanges: true);
        return file.Values.TryGetValue(WordsKey, out var words)
            ? new Vocabulary(words.Split(' '))
            : throw new InvalidDataException($"Cannot use '{path}': it does not say which words it is for; give a file that this program wrote at the end of a training.");
    }
}
