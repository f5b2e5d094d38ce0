using System.Text;

namespace DeepGen.Examples.CharLstm;

/// <summary>Weights and the letters that they are for, in one safetensors file.</summary>
internal static class ModelFile
{
    private const string LettersKey = "letters";

    /// <summary>Saves a network with its letters.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, LanguageModel network, Vocabulary letters)
    {
        var file = new Checkpoint().Add(network);
        file.Values[LettersKey] = string.Concat(letters.Tokens.Where(letter => letter != Vocabulary.UnknownToken));
        file.Save(path);
    }

    /// <summary>Loads the weights into a network to write with.</summary>
    /// <returns>The letters.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is none of this program's files.</exception>
    public static Vocabulary Load(string path, OneLetterModel network)
    {
        var file = new Checkpoint().Add(network);

        // The network that was saved is for longer pieces, and has another name.
        file.Load(path, allowChanges: true);
        return file.Values.TryGetValue(LettersKey, out var letters)
            ? new Vocabulary([Vocabulary.UnknownToken, .. letters.EnumerateRunes().Select(letter => letter.ToString())])
            : throw new InvalidDataException($"Cannot use '{path}': it does not say which letters it is for; give a file that this program wrote at the end of a training.");
    }
}
