namespace DeepGen;

/// <summary>
/// A symbolic tensor: what <c>Forward</c> and <c>Loss</c> compute with. Those methods are evaluated by the compiler, not run; there is no instance of this class
/// at run time, and every member throws <see cref="InvalidOperationException"/> when it is executed all the same. The layers are methods of it,
/// written from the same catalogue as the attributes. Shapes are those of one sample; the batch is a run-time number.
/// </summary>
public sealed partial class Tensor
{
    private Tensor()
    {
    }

    /// <summary>Number of extents of one sample: 3 for a map (C, H, W), 1 for a vector, 0 for a single number.</summary>
    public int Rank => throw BuildTimeOnly();

    /// <summary>First extent of a map (C, H, W) or a volume (C, D, H, W).</summary>
    public int Channels => throw BuildTimeOnly();

    /// <summary>Last extent but one of a map (C, H, W) or a volume (C, D, H, W).</summary>
    public int Height => throw BuildTimeOnly();

    /// <summary>Last extent of a map (C, H, W) or a volume (C, D, H, W).</summary>
    public int Width => throw BuildTimeOnly();

    /// <summary>Last extent of a vector (F) or a sequence (T, F).</summary>
    public int Features => throw BuildTimeOnly();

    /// <summary>Extent of one axis of a sample.</summary>
    /// <param name="axis">From 0 to <see cref="Rank"/> − 1.</param>
    public int Extent(int axis) => throw BuildTimeOnly();

    /// <summary>A trainable tensor of your own; it has no batch axis.</summary>
    /// <param name="shape">Its extents.</param>
    /// <param name="initializer">How it starts.</param>
    /// <param name="name">Its name in <c>Parameters</c> and in files; <c>Parameter1</c>, <c>Parameter2</c> … when null.</param>
    public static Tensor Parameter(ReadOnlySpan<int> shape, Initializer initializer = Initializer.Auto, string? name = null) => throw BuildTimeOnly();

    /// <summary>Equal parts along one axis, in order: <c>var gates = x.Split(4);</c> and then <c>gates[0]</c>. Unequal ones are <see cref="Slice"/>s.</summary>
    /// <param name="parts">Their number; it must divide the extent.</param>
    /// <param name="axis">The axis of a sample; from the last where negative.</param>
    public Tensor[] Split(int parts, int axis = 0) => throw BuildTimeOnly();

    /// <summary>The middle of a map, as high and wide as another: <see cref="CenterCrop"/> with the height and width of <paramref name="other"/>.</summary>
    /// <param name="other">The map that the size is taken from.</param>
    /// <param name="name">Its name; CenterCrop1, CenterCrop2 … when null.</param>
    public Tensor CenterCropTo(Tensor other, string? name = null) => throw BuildTimeOnly();

    /// <summary>Sum; axes are aligned from the right and extents of 1 are repeated.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => throw BuildTimeOnly();

    /// <summary>Adds a number to every value.</summary>
    public static Tensor operator +(Tensor a, float b) => throw BuildTimeOnly();

    /// <summary>Adds a number to every value.</summary>
    public static Tensor operator +(float a, Tensor b) => throw BuildTimeOnly();

    /// <summary>Difference; axes are aligned from the right and extents of 1 are repeated.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => throw BuildTimeOnly();

    /// <summary>Takes a number from every value.</summary>
    public static Tensor operator -(Tensor a, float b) => throw BuildTimeOnly();

    /// <summary>A number less every value.</summary>
    public static Tensor operator -(float a, Tensor b) => throw BuildTimeOnly();

    /// <summary>Elementwise product; axes are aligned from the right and extents of 1 are repeated.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => throw BuildTimeOnly();

    /// <summary>Multiplies every value by a number.</summary>
    public static Tensor operator *(Tensor a, float b) => throw BuildTimeOnly();

    /// <summary>Multiplies every value by a number.</summary>
    public static Tensor operator *(float a, Tensor b) => throw BuildTimeOnly();

    /// <summary>Elementwise quotient; axes are aligned from the right and extents of 1 are repeated.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => throw BuildTimeOnly();

    /// <summary>Divides every value by a number.</summary>
    public static Tensor operator /(Tensor a, float b) => throw BuildTimeOnly();

    /// <summary>A number divided by every value.</summary>
    public static Tensor operator /(float a, Tensor b) => throw BuildTimeOnly();

    /// <summary>The negative of every value.</summary>
    public static Tensor operator -(Tensor a) => throw BuildTimeOnly();

    /// <summary>1 where a &gt; b, else 0; axes are aligned from the right and extents of 1 are repeated.</summary>
    public static Tensor operator >(Tensor a, Tensor b) => throw BuildTimeOnly();

    /// <summary>1 where a &lt; b, else 0; axes are aligned from the right and extents of 1 are repeated.</summary>
    public static Tensor operator <(Tensor a, Tensor b) => throw BuildTimeOnly();

    /// <summary>1 where a ≥ b, else 0; axes are aligned from the right and extents of 1 are repeated.</summary>
    public static Tensor operator >=(Tensor a, Tensor b) => throw BuildTimeOnly();

    /// <summary>1 where a ≤ b, else 0; axes are aligned from the right and extents of 1 are repeated.</summary>
    public static Tensor operator <=(Tensor a, Tensor b) => throw BuildTimeOnly();

    /// <summary>A number wherever a tensor is asked for: the same for every sample and position.</summary>
    public static implicit operator Tensor(float value) => throw BuildTimeOnly();

    /// <summary>A static float method of yours applied to the elements of two tensors; differentiated and fused at build time.</summary>
    /// <param name="function">A static method of two floats, of arithmetic, MathF and conditionals.</param>
    /// <param name="a">Its first argument.</param>
    /// <param name="b">Its second argument; axes are aligned from the right and extents of 1 are repeated.</param>
    /// <param name="name">Its name; Map1, Map2 … when null.</param>
    public static Tensor Map(Func<float, float, float> function, Tensor a, Tensor b, string? name = null) => throw BuildTimeOnly();

    /// <summary>A static float method of yours applied to the elements of three tensors; differentiated and fused at build time.</summary>
    /// <param name="function">A static method of three floats, of arithmetic, MathF and conditionals.</param>
    /// <param name="a">Its first argument.</param>
    /// <param name="b">Its second argument; axes are aligned from the right and extents of 1 are repeated.</param>
    /// <param name="c">Its third argument.</param>
    /// <param name="name">Its name; Map1, Map2 … when null.</param>
    public static Tensor Map(Func<float, float, float, float> function, Tensor a, Tensor b, Tensor c, string? name = null) => throw BuildTimeOnly();

    private static InvalidOperationException BuildTimeOnly() =>
        new("A Tensor is evaluated at build time and has no value at run time; call the network's Predict, Forward or Step instead.");
}
