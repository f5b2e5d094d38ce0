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

    /// <summary>The product of neighbouring extents, as one.</summary>
    public static Dim operator *(Dim a, Dim b) => new(a.Symbol ?? b.Symbol, checked(a.Size * b.Size));

    public override string ToString()
    {
        var size = Size.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Symbol is null ? size : Size == 1 ? Symbol : Symbol + "·" + size;
    }
}

/// <summary>The extents of a primitive's result, batch first where there is one. What passes ask again and again (hash, elements, strides) is kept with them.</summary>
internal readonly struct Dims : IEquatable<Dims>
{
    private static readonly Facts None = new(Array.Empty<Dim>());

    private readonly Facts? facts;

    public Dims(IEnumerable<Dim> dims) => facts = new Facts(dims.ToArray());

    private Facts Known => facts ?? None;

    public static Dims Scalar => default;

    public int Rank => Known.Extents.Length;

    public Dim this[int i] => Known.Extents[i];

    public bool HasBatch => Rank > 0 && this[0].IsSymbol;

    /// <summary>Elements for each value of the symbol: the product of the numeric extents.</summary>
    public long Elements => Known.Elements;

    /// <summary>Row-major strides; extents of one have stride 0, so that they broadcast. Shared: not to be written to.</summary>
    public long[] Strides => Known.Strides;

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
    public Dim Rows => Known.Extents.Take(Rank - 1).Aggregate((Dim)1, (a, d) => a * d);

    /// <summary>The same extents with another first one.</summary>
    public Dims WithFirst(Dim first) => new(new[] { first }.Concat(Known.Extents.Skip(1)));

    public Dim Last => Known.Extents[Rank - 1];

    public Dim[] ToArray() => (Dim[])Known.Extents.Clone();

    public bool Equals(Dims other)
    {
        Facts a = Known, b = other.Known;
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        if (a.Hash != b.Hash || a.Extents.Length != b.Extents.Length)
        {
            return false;
        }

        for (var i = 0; i < a.Extents.Length; i++)
        {
            if (a.Extents[i].Size != b.Extents[i].Size || a.Extents[i].Symbol != b.Extents[i].Symbol)
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is Dims d && Equals(d);

    public override int GetHashCode() => Known.Hash;

    public static bool operator ==(Dims a, Dims b) => a.Equals(b);

    public static bool operator !=(Dims a, Dims b) => !a.Equals(b);

    public override string ToString() => "[" + string.Join(", ", Known.Extents) + "]";

    private sealed class Facts
    {
        public Facts(Dim[] extents)
        {
            Extents = extents;
            Strides = new long[extents.Length];
            long step = 1;
            for (var i = extents.Length - 1; i >= 0; i--)
            {
                Strides[i] = extents[i].IsOne ? 0 : step;
                step *= extents[i].Size;
                Hash = unchecked((Hash * 31) + (extents[i].IsSymbol ? -1 : extents[i].Size));
            }

            Elements = step;
        }

        public Dim[] Extents { get; }

        public long[] Strides { get; }

        public long Elements { get; }

        public int Hash { get; }
    }
}
