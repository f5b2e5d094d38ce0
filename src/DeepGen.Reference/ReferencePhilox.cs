namespace DeepGen.Reference;

/// <summary>
/// Philox 4×32-10 after Salmon et al. 2011, written from the paper and apart from the runtime's: key = seed, counter = (element, sample, step, purpose).
/// </summary>
internal static class ReferencePhilox
{
    public static float Uniform(ulong seed, uint purpose, uint step, uint sample, uint element)
    {
        uint[] counter = [element, sample, step, purpose];
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (var round = 0; round < 10; round++)
        {
            ulong a = 0xD2511F53UL * counter[0], b = 0xCD9E8D57UL * counter[2];
            counter = [(uint)(b >> 32) ^ counter[1] ^ k0, (uint)b, (uint)(a >> 32) ^ counter[3] ^ k1, (uint)a];
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return (counter[0] >> 8) / 16777216f;
    }
}
