namespace DeepGen;

/// <summary>The values of one input, or of one target, of all samples of an <see cref="InMemoryDataset"/>.</summary>
public abstract class SampleColumn
{
    private SampleColumn(int values, int size, string what)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (values % size != 0) throw new ArgumentException($"The {what} have {values} values, which is no multiple of the sample size {size}.");
        (Size, Count) = (size, values / size);
    }

    /// <summary>The number of samples.</summary>
    public int Count { get; }

    /// <summary>The number of values of one sample.</summary>
    public int Size { get; }

    /// <summary>The type of the values that a network reads.</summary>
    internal abstract Element Element { get; }

    /// <summary>The type, for messages.</summary>
    internal string Type => Element == Element.Float32 ? "float" : "int";

    /// <summary>Float values.</summary>
    /// <param name="values">Sample after sample; they are not copied.</param>
    /// <param name="size">The number of values of one sample.</param>
    /// <exception cref="ArgumentException">The number of values is no multiple of the size.</exception>
    public static SampleColumn Floats(float[] values, int size) => new FloatColumn(NotNull(values), size);

    /// <summary>Indices: classes, words, lengths.</summary>
    /// <param name="values">Sample after sample; they are not copied.</param>
    /// <param name="size">The number of values of one sample.</param>
    /// <exception cref="ArgumentException">The number of values is no multiple of the size.</exception>
    public static SampleColumn Indices(int[] values, int size = 1) => new IndexColumn(NotNull(values), size, sample => $"the dataset's sample {sample}");

    /// <summary>Bytes, such as pixels, that are read as floats (p / 255 − mean) / deviation.</summary>
    /// <param name="values">Sample after sample; they are not copied.</param>
    /// <param name="size">The number of values of one sample.</param>
    /// <param name="mean">What is subtracted, on the scale 0 to 1.</param>
    /// <param name="deviation">What is divided by; above 0.</param>
    /// <exception cref="ArgumentException">The number of values is no multiple of the size, or the deviation not above 0.</exception>
    public static SampleColumn Bytes(byte[] values, int size, float mean = 0, float deviation = 1) => new ByteColumn(NotNull(values), size, mean, deviation);

    /// <summary>Indices whose samples have names for messages.</summary>
    internal static SampleColumn Indices(int[] values, Func<int, string> name) => new IndexColumn(values, 1, name);

    /// <summary>Checks that indices are those of classes.</summary>
    internal virtual void Check(ReadOnlySpan<int> samples, TensorDefinition tensor, string role, string call)
    {
    }

    /// <summary>Writes samples into an input or a target of a batch.</summary>
    internal abstract void Fill(ReadOnlySpan<int> indices, Batch batch, bool target, int tensor);

    private static T[] NotNull<T>(T[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values;
    }

    private static Span<T> Values<T>(Batch batch, bool target, int tensor) where T : unmanaged => target ? batch.Target<T>(tensor) : batch.Input<T>(tensor);

    private sealed class FloatColumn(float[] values, int size) : SampleColumn(values.Length, size, "samples")
    {
        internal override Element Element => Element.Float32;

        internal override void Fill(ReadOnlySpan<int> indices, Batch batch, bool target, int tensor)
        {
            var to = Values<float>(batch, target, tensor);
            for (var i = 0; i < indices.Length; i++) values.AsSpan(indices[i] * Size, Size).CopyTo(to[(i * Size)..]);
        }
    }

    private sealed class IndexColumn(int[] values, int size, Func<int, string> name) : SampleColumn(values.Length, size, "indices")
    {
        internal override Element Element => Element.Int32;

        internal override void Check(ReadOnlySpan<int> samples, TensorDefinition tensor, string role, string call)
        {
            if (tensor.Classes == 0) return;
            foreach (var sample in samples)
                for (var i = 0; i < Size; i++)
                    if (!tensor.Takes(values[(sample * Size) + i]))
                        throw Network.BadIndex(call, role, tensor, values[(sample * Size) + i], name(sample), i);
        }

        internal override void Fill(ReadOnlySpan<int> indices, Batch batch, bool target, int tensor)
        {
            var to = Values<int>(batch, target, tensor);
            for (var i = 0; i < indices.Length; i++) values.AsSpan(indices[i] * Size, Size).CopyTo(to[(i * Size)..]);
        }
    }

    private sealed class ByteColumn : SampleColumn
    {
        private readonly byte[] _values;
        private readonly float[] _floats = new float[256];

        public ByteColumn(byte[] values, int size, float mean, float deviation) : base(values.Length, size, "samples")
        {
            if (!(deviation > 0)) throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "The deviation must be above 0.");
            _values = values;
            for (var i = 0; i < 256; i++) _floats[i] = (float)(((i / 255.0) - mean) / deviation);
        }

        internal override Element Element => Element.Float32;

        internal override void Fill(ReadOnlySpan<int> indices, Batch batch, bool target, int tensor)
        {
            var to = Values<float>(batch, target, tensor);
            ReadOnlySpan<float> floats = _floats;
            for (var i = 0; i < indices.Length; i++)
            {
                var bytes = _values.AsSpan(indices[i] * Size, Size);
                var sample = to.Slice(i * Size, Size);
                for (var j = 0; j < sample.Length; j++) sample[j] = floats[bytes[j]];
            }
        }
    }
}
