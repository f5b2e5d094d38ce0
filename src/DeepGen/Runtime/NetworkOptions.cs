namespace DeepGen;

/// <summary>How a network is created.</summary>
public sealed record NetworkOptions
{
    /// <summary>The largest number of samples of one call; memory for activations is reserved for as many. At least 1.</summary>
    public int MaxBatch { get; init; } = 64;

    /// <summary>The key of all random numbers: first weights and dropout.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where the network runs: <c>cpu</c>, or the name of another device of <see cref="Devices.List"/>. One that is not there is an error, never replaced by another.</summary>
    public string Device { get; init; } = Devices.Cpu;

    /// <summary>The number of threads that a call may use, the caller's included. Results do not depend on it. At least 1.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// The largest tile of Winograd's algorithm that convolutions of 3 × 3 with stride 1 may use in <c>Predict</c> and <c>Evaluate</c>, where their cost says that it is faster. Results differ from those of the
    /// direct algorithm in the last digits: norm-wise by about 1e-6 with <see cref="WinogradTile.F2"/> and 5e-6 with <see cref="WinogradTile.F4"/>. An infinite number or NaN spoils
    /// the tiles that see it, where the direct algorithm spoils the pixels that do.
    /// </summary>
    public WinogradTile InferenceWinograd { get; init; } = WinogradTile.F4;

    /// <summary>As <see cref="InferenceWinograd"/>, for training: the forward pass and both gradients of a convolution.</summary>
    public WinogradTile TrainingWinograd { get; init; } = WinogradTile.F2;

    internal NetworkOptions Checked()
    {
        Check(InferenceWinograd, nameof(InferenceWinograd));
        Check(TrainingWinograd, nameof(TrainingWinograd));
        ArgumentNullException.ThrowIfNull(Device);
        if (MaxBatch < 1) throw new ArgumentOutOfRangeException(nameof(MaxBatch), MaxBatch, "NetworkOptions.MaxBatch must be at least 1.");
        if (Threads < 1) throw new ArgumentOutOfRangeException(nameof(Threads), Threads, "NetworkOptions.Threads must be at least 1.");
        return this;

        static void Check(WinogradTile tile, string name)
        {
            if (tile is not (WinogradTile.None or WinogradTile.F2 or WinogradTile.F4))
                throw new ArgumentOutOfRangeException(name, tile, $"NetworkOptions.{name} must be None, F2 or F4.");
        }
    }
}
