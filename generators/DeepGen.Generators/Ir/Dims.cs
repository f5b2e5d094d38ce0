using DeepGen.Generators.Graph;

namespace DeepGen.Generators.Ir;

/// <summary>One extent of a primitive's result: a number, or a run-time symbol (the batch) times a number.</summary>
internal readonly record struct Dim(string? Symbol, int Size)
{
    public static Dim Batch => new("n", 1);

    public bool IsSymbol => Symbol is not null;

    public bool IsOne => Symbol is null && Size == 1;

    public static implicit operator Dim(int size) => new(null, size);

    /// <summary>The product of neighbouring extents, as one.</summary>
    public static Dim operator *(Dim a, Dim b) => new(a.Symbol ?? b.Symbol, checked(a.Size * b.Size));

    public override string ToString()
    {
        var size = Size.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Symbol is null ? size : Size == 1 ? Symbol : Symbol + "·" + size;
    }
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

    /// <summary>All extents but the last, as one: the rows of a matrix.</summary>
    public Dim Rows => dims.Take(Rank - 1).Aggregate((Dim)1, (a, d) => a * d);

    public Dim Last => dims[Rank - 1];

    public Dim[] ToArray() => dims.ToArray();

    public bool Equals(Dims other) => dims.Equals(other.dims);

    public override bool Equals(object? obj) => obj is Dims d && Equals(d);

    public override int GetHashCode() => dims.GetHashCode();

    public static bool operator ==(Dims a, Dims b) => a.Equals(b);

    public static bool operator !=(Dims a, Dims b) => !a.Equals(b);

    public override string ToString() => "[" + string.Join(", ", dims) + "]";
}
