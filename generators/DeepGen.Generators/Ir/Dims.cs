using DeepGen.Generators.Graph;

namespace DeepGen.Generators.Ir;

/// <summary>One extent of a primitive's result: a number, or a run-time symbol (the batch) times a number.</summary>
internal readonly record struct Dim(string? Symbol, int Size)
{
    public static Dim Batch => new("n", 1);

    /// <summary>The rows of a sequence in memory: the samples of step 0, then those of step 1, …</summary>
    public static Dim Rows(int steps) => new("n", steps);

    public bool IsSymbol => Symbol is not null;

    public bool IsOne => Symbol is null && Size == 1;

    public static implicit operator Dim(int size) => new(null, size);

    public override string ToString() => Symbol is null || Size != 1 ? Size.ToString(System.Globalization.CultureInfo.InvariantCulture) + (Symbol is null ? "" : "·" + Symbol) : Symbol;
}

/// <summary>The extents of a primitive's result, batch first where there is one.</summary>
internal readonly struct Dims : IEquatable<Dims>
{
    private readonly EquatableArray<Dim> dims;

    public Dims(IEnumerable<Dim> dims) => this.dims = new EquatableArray<Dim>(dims);

    public static Dims Scalar => new(Array.Empty<Dim>());

    public int Rank => dims.Count;

    public Dim this[int i] => dims[i];

    public bool HasBatch => dims.Count > 0 && dims[0].IsSymbol;

    /// <summary>Elements for each value of the symbol: the product of the numeric extents.</summary>
    public long Elements
    {
        get
        {
            long n = 1;
            foreach (var d in dims)
            {
                n *= d.Size;
            }

            return n;
        }
    }

    public static Dims Of(Shape shape, bool perSample)
    {
        var list = new List<Dim>();
        if (perSample)
        {
            list.Add(Dim.Batch);
        }

        list.AddRange(shape.ToArray().Select(e => (Dim)e));
        return new Dims(list);
    }

    public Dim[] ToArray() => dims.ToArray();

    /// <summary>The same extents with another first one.</summary>
    public Dims WithFirst(Dim first) => new(new[] { first }.Concat(dims.Skip(1)));

    public bool Equals(Dims other) => dims.Equals(other.dims);

    public override bool Equals(object? obj) => obj is Dims d && Equals(d);

    public override int GetHashCode() => dims.GetHashCode();

    public static bool operator ==(Dims a, Dims b) => a.Equals(b);

    public static bool operator !=(Dims a, Dims b) => !a.Equals(b);

    public override string ToString() => "[" + string.Join(", ", dims) + "]";
}
