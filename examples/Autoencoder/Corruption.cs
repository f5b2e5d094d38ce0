namespace DeepGen.Examples.Autoencoder;

/// <summary>How pictures are corrupted (Vincent et al. 2010, section 3.3).</summary>
internal enum Corruption
{
    /// <summary>Every pixel gets a normal number, whose deviation is the level; what is then beyond black and white is cut.</summary>
    Gaussian,

    /// <summary>Pixels become black; the level is how many, as a share.</summary>
    Masking,

    /// <summary>Pixels become black or white; the level is how many, as a share.</summary>
    SaltAndPepper,
}
