namespace DeepGen;

/// <content>Weights on disk.</content>
public abstract partial class Network
{
    /// <summary>
    /// Saves parameters and running statistics as safetensors, which PyTorch's <c>safetensors.torch.load_file</c> reads. The file is
    /// written beside, flushed and renamed: whatever fails, an older file of that name survives.
    /// </summary>
    /// <exception cref="IOException">The folder does not exist, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    /// <exception cref="InvalidOperationException">A training phase is running.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Save(path, null);
    }

    /// <summary>Loads parameters and running statistics from a safetensors file. A load that fails changes nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options"><see cref="LoadOptions.Strict"/> when null.</param>
    /// <returns>What was loaded, missing, unexpected and mis-shaped.</returns>
    /// <exception cref="KeyNotFoundException">A pattern of <see cref="LoadOptions.Skip"/> matches no parameter.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no safetensors file, is damaged, or (strict) does not hold exactly the network's tensors.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public LoadReport Load(string path, LoadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Exclusive("Load", () => WeightsFile.Load(this, path, options ?? LoadOptions.Strict));
    }

    internal void Save(string path, Func<string, FileStream>? create)
    {
        Shared("Save", () =>
        {
            WeightsFile.Save(this, path, create);
            return 0;
        });
    }
}
