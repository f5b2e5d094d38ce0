using System.Globalization;

namespace DeepGen.Generators.Graph;

/// <summary>The extents of one sample, in the order of the literature: (C, H, W), (T, F), (F); rank 0 is a scalar.</summary>
internal readonly struct Shape : IEquatable<Shape>
{
    private readonly EquatableArray<int> extents;

    public Shape(params int[] extents) => this.extents = EquatableArray<int>.Own(extents);

    public Shape(IEnumerable<int> extents) => this.extents = new EquatableArray<int>(extents);

    public static Shape Scalar => new(Array.Empty<int>());

    public int Rank => extents.Count;

    public int this[int axis] => extents[axis];

    public long Elements
    {
        get
        {
            long n = 1;
            foreach (var e in extents)
            {
                n *= e;
            }

            return n;
        }
    }

    public int[] ToArray() => extents.ToArray();

    public bool Equals(Shape other) => extents.Equals(other.extents);

    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    public override int GetHashCode() => extents.GetHashCode();

    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <summary><c>[16, 5, 5]</c>, as messages write it.</summary>
    public override string ToString() => "[" + string.Join(", ", extents.Select(e => e.ToString(CultureInfo.InvariantCulture))) + "]";

    /// <summary><c>[16,5,5]</c>, as traces and tables write it.</summary>
    public string ToCompactString() => "[" + string.Join(",", extents.Select(e => e.ToString(CultureInfo.InvariantCulture))) + "]";
}
