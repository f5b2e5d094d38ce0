namespace DeepGen.Examples;

/// <summary>Weights from elsewhere, for a network that is the front of theirs.</summary>
public static class PretrainedWeights
{
    private const int Named = 4;

    /// <summary>Loads all that the network has; what else the file holds is passed over.</summary>
    /// <param name="network">The network.</param>
    /// <param name="option">The option that named the file, for the message.</param>
    /// <param name="path">A safetensors file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or lacks a tensor of the network or has it in another shape; the message says which are needed.</exception>
    public static void Load(Network network, string option, string path)
    {
        ArgumentNullException.ThrowIfNull(network);
        InputFiles.CheckFile(option, path);
        var report = network.Load(path, LoadOptions.Partial);
        if (report.Missing.Count == 0 && report.Mismatched.Count == 0) return;
        string[] wrong =
        [
            .. report.Missing.Select(name => $"'{name}' [{string.Join(", ", network.Parameters[name].Shape)}] is missing"),
            .. report.Mismatched.Select(one => one.ToString()),
        ];
        throw new InvalidDataException($"{option}: '{path}' does not fit {network.Definition.Name}: {string.Join("; ", wrong.Take(Named))}{(wrong.Length > Named ? $"; and {wrong.Length - Named} more" : "")}. torchvision's vgg16 has these names and shapes.");
    }
}
