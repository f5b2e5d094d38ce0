namespace DeepGen;

/// <summary>
/// Philox 4x32-10, a counter-based generator: the same counter and key give the same four words anywhere, so nothing depends
/// on the order or the thread in which numbers are drawn. J. Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
/// </summary>
internal static class Philox
{
    /// <summary>The words of one counter.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Block(ulong seed, ulong high, ulong low)
    {
        uint x0 = (uint)low, x1 = (uint)(low >> 32), x2 = (uint)high, x3 = (uint)(high >> 32);
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (var round = 0; round < 10; round++)
        {
            var a = 0xD2511F53UL * x0;
            var b = 0xCD9E8D57UL * x2;
            (x0, x1, x2, x3) = ((uint)(b >> 32) ^ x1 ^ k0, (uint)b, (uint)(a >> 32) ^ x3 ^ k1, (uint)a);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return (x0, x1, x2, x3);
    }
}
