namespace DeepGen.Zoo;

/// <summary>One architecture of the literature: at its paper's size, and at the smallest size it can be trained at in a moment.</summary>
/// <param name="Name">What the commands call it.</param>
/// <param name="Full">Makes the class at the paper's size.</param>
/// <param name="Small">Makes the class that <c>check</c> trains.</param>
internal sealed record ZooNetwork(string Name, Func<NetworkOptions?, Network> Full, Func<NetworkOptions?, Network> Small)
{
    /// <summary>How the small class differs from the full one beside the extents of its input, such as a narrower head.</summary>
    public string Note { get; init; } = "";

    /// <summary>The samples of the batch that <c>check</c> trains on.</summary>
    public int Batch { get; init; } = 4;

    /// <summary>What <c>check</c> trains with.</summary>
    public Func<Optimizer> Optimizer { get; init; } = () => new Adam(1e-3f);

    /// <summary>Fills the batch, where random inputs and random targets are not what the network is for.</summary>
    public Action<Batch, Random>? Fill { get; init; }

    /// <summary>How a generator, which has no loss, is trained: against the small discriminator.</summary>
    public Func<NetworkOptions?, AdversarialTraining>? Game { get; init; }
}
