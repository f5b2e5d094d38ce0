using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>
/// The random numbers of one transform of one sample in one epoch: a function of those and of the seed (Philox 4×32-10), so that a sample looks the same on whichever thread, in whichever batch, and after a
/// resumption.
/// </summary>
public struct CounterRandom
{
    /// <summary>Keeps these numbers apart from those of other purposes under the same seed.</summary>
    private const uint Purpose = 0x41554700;

    /// <summary>Numbers of eight blocks: two of each word.</summary>
    private const int Group = 64;

    private const float Unit16 = 1f / 65536;

    private const double Unit32 = 1.0 / 4294967296;

    private readonly uint _sample;
    private readonly uint _epoch;
    private readonly uint _purpose;
    private readonly uint _seedLow;
    private readonly uint _seedHigh;
    private uint _block;
    private uint _fills;
    private int _left;
    private uint _second;
    private uint _third;
    private uint _fourth;

    /// <summary>The numbers of one place in a chain of transforms.</summary>
    /// <param name="seed">The key.</param>
    /// <param name="place">Which transform.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="occurrence">How often the epoch had the sample before.</param>
    public CounterRandom(ulong seed, int place, int epoch, int sample, int occurrence)
    {
        (_seedLow, _seedHigh) = ((uint)seed, (uint)(seed >> 32));
        (_epoch, _sample) = ((uint)epoch, (uint)sample);
        _purpose = (Purpose + (uint)place) ^ ((uint)occurrence * 0x85EB_CA77u);
    }

    /// <summary>32 random bits.</summary>
    public uint NextBits()
    {
        if (_left == 0)
        {
            (var first, _second, _third, _fourth) = Philox.Block(_block++, _sample, _epoch, _purpose, _seedLow, _seedHigh);
            _left = 3;
            return first;
        }

        return _left-- switch { 3 => _second, 2 => _third, _ => _fourth };
    }

    /// <summary>Uniform in [low, high).</summary>
    public double Uniform(double low, double high) => low + ((high - low) * (NextBits() * Unit32));

    /// <summary>True with a probability.</summary>
    public bool Chance(double probability) => NextBits() * Unit32 < probability;

    /// <summary>Uniform among 0 … count − 1.</summary>
    public int Below(int count) => (int)((ulong)NextBits() * (uint)count >> 32);

    /// <summary>Normal with mean 0 and deviation 1. G. Box and M. Muller 1958.</summary>
    public double Normal()
    {
        var radius = Math.Sqrt(-2 * Math.Log((NextBits() + 1.0) * Unit32));
        return radius * Math.Cos(NextBits() * (2 * Math.PI * Unit32));
    }

    /// <summary>Fills with numbers uniform in [0, 1), 16 bits each, which is more than pixels have; many at once.</summary>
    public void Fill(Span<float> values)
    {
        // Apart from the single numbers, and from the fills before.
        var purpose = _purpose ^ (++_fills * 0x9E37_79B1u);
        Span<float> last = stackalloc float[Group];
        for (var start = 0; start < values.Length; start += Group)
        {
            var rest = values[start..];
            var group = rest.Length >= Group ? rest : last;
            if (Avx2.IsSupported) FillVectors((uint)(start / 8), purpose, ref group[0]);
            else FillScalars((uint)(start / 8), purpose, group);
            if (rest.Length < Group) last[..rest.Length].CopyTo(rest);
        }
    }

    /// <summary>Of eight blocks the lower halves of all first words, then the upper halves, then those of the second words, and so on.</summary>
    private readonly void FillScalars(uint block, uint purpose, Span<float> values)
    {
        for (var i = 0; i < 8; i++)
        {
            var words = Philox.Block(block + (uint)i, _sample, _epoch, purpose, _seedLow, _seedHigh);
            (values[i], values[i + 8]) = ((ushort)words.X0 * Unit16, (words.X0 >> 16) * Unit16);
            (values[i + 16], values[i + 24]) = ((ushort)words.X1 * Unit16, (words.X1 >> 16) * Unit16);
            (values[i + 32], values[i + 40]) = ((ushort)words.X2 * Unit16, (words.X2 >> 16) * Unit16);
            (values[i + 48], values[i + 56]) = ((ushort)words.X3 * Unit16, (words.X3 >> 16) * Unit16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void FillVectors(uint block, uint purpose, ref float values)
    {
        var c0 = Vector256.Create(block) + Vector256<uint>.Indices;
        var c1 = Vector256.Create(_sample);
        var c2 = Vector256.Create(_epoch);
        var c3 = Vector256.Create(purpose);
        var (k0, k1) = (_seedLow, _seedHigh);
        for (var round = 0; round < Philox.Rounds; round++)
        {
            F256.Multiply(c0, Philox.M0, out var high0, out var low0);
            F256.Multiply(c2, Philox.M1, out var high1, out var low1);
            c0 = high1 ^ c1 ^ Vector256.Create(k0);
            c1 = low1;
            c2 = high0 ^ c3 ^ Vector256.Create(k1);
            c3 = low0;
            k0 += Philox.W0;
            k1 += Philox.W1;
        }

        Store(c0, ref values, 0);
        Store(c1, ref values, 16);
        Store(c2, ref values, 32);
        Store(c3, ref values, 48);
    }

    private static void Store(Vector256<uint> words, ref float values, nuint at)
    {
        (Vector256.ConvertToSingle((words & Vector256.Create(0xFFFFu)).AsInt32()) * Vector256.Create(Unit16)).StoreUnsafe(ref values, at);
        (Vector256.ConvertToSingle((words >> 16).AsInt32()) * Vector256.Create(Unit16)).StoreUnsafe(ref values, at + 8);
    }
}
