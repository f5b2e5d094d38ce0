namespace DeepGen.Numerics.Tests.Fixtures;

/// <summary>The numbers that the fixtures do not store; the scripts that write them have the same function.</summary>
internal static class Noise
{
    /// <summary>Numbers in [shift − scale, shift + scale) from an integer hash.</summary>
    public static float[] Of(int seed, int count, float scale = 1, float shift = 0)
    {
        var result = new float[count];
        for (var i = 0; i < count; i++)
        {
            var h = unchecked(((uint)i * 0x9E3779B9) + ((uint)seed * 0x85EBCA6B));
            h ^= h >> 16;
            h = unchecked(h * 0x7FEB352D);
            h ^= h >> 15;
            h = unchecked(h * 0x846CA68B);
            h ^= h >> 16;
            result[i] = (float)(shift + (scale * ((2 * ((h >> 8) / 16777216.0)) - 1)));
        }

        return result;
    }
}
