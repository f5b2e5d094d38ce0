namespace DeepGen.Reference;

/// <summary>
/// Conv1d, Conv2d, Conv3d and depthwise ones; and the transposed, where windows stand in the input and what they see in the output. Both are sums of products
/// y[o,…]·x[c,…]·weight[o,c,…], transposed [c,o,…]. The elements under a window are gathered into a row, which is then met by the weight's rows one after the other.
/// </summary>
internal sealed class ReferenceConv(bool isTransposed = false) : ReferenceOp
{
    /// <summary>Windows that share one walk over the weight, which may be larger than the caches.</summary>
    private const int Together = 16;

    public override void Forward(Call c)
    {
        for (var i = 0; c.Parameters.Length > 1 && i < c.Y.Data.Length; i++)
        {
            c.Y.Data[i] = c.Parameters[1].Data[Channel(c, i)];
        }

        var shape = new Products(c, isTransposed);
        if (isTransposed)
        {
            shape.Spread(c.X.Data, c.Parameters[0].Data, c.Y.Data);
        }
        else
        {
            shape.Collect(c.Y.Data, c.Parameters[0].Data, c.X.Data);
        }
    }

    public override void Backward(Call c)
    {
        for (var i = 0; c.Parameters.Length > 1 && i < c.Y.Data.Length; i++)
        {
            c.Parameters[1].Gradient[Channel(c, i)] += c.Y.Gradient[i];
        }

        var shape = new Products(c, isTransposed);
        if (isTransposed)
        {
            shape.Collect(c.X.Gradient, c.Parameters[0].Data, c.Y.Gradient);
            shape.Weigh(c.X.Data, c.Parameters[0].Gradient, c.Y.Gradient);
        }
        else
        {
            shape.Spread(c.Y.Gradient, c.Parameters[0].Data, c.X.Gradient);
            shape.Weigh(c.Y.Gradient, c.Parameters[0].Gradient, c.X.Data);
        }
    }

    private static int Channel(Call c, int i) => i % c.Y.Size / (c.Y.Size / c.Y.Shape[0]);

    /// <summary>
    /// All products of a·w·b: a[f, p] is an element of the tensor whose places are the windows, b[s, …] one of those that window p sees, and w[f, s, tap] the weight between.
    /// Each method adds to one of the three what the other two give.
    /// </summary>
    private sealed class Products
    {
        private readonly int samples;
        private readonly Value a;
        private readonly Value b;
        private readonly ReferenceWindow window;
        private readonly int groups;
        private readonly int firsts;
        private readonly int seconds;
        private readonly int[] sources;

        public Products(Call c, bool isTransposed)
        {
            (a, b) = isTransposed ? (c.X, c.Y) : (c.Y, c.X);
            samples = c.Y.Samples;
            window = new ReferenceWindow(c, b.Shape[1..], a.Shape[1..], isTransposed);
            var weight = c.Parameters[0].Shape;
            // Of the weight's first extent, those that belong to one group; its second has one group's alone.
            groups = b.Shape[0] / weight[1];
            firsts = weight[0] / groups;
            seconds = weight[1];
            sources = Enumerable.Range(0, window.Windows * window.Taps).Select(i => window.Source(i / window.Taps, i % window.Taps)).ToArray();
        }

        private int Row => seconds * window.Taps;

        public void Collect(double[] to, double[] w, double[] from) => EachMap(a, (n, group, rows) =>
        {
            for (var p = 0; p < window.Windows; p += Together)
            {
                var count = Math.Min(Together, window.Windows - p);
                Gather(from.AsSpan(b.Start(n) + (group * seconds * window.Positions)), p, count, rows);
                for (var f = group * firsts; f < (group + 1) * firsts; f++)
                {
                    for (var i = 0; i < count; i++)
                    {
                        to[a.Start(n) + (f * window.Windows) + p + i] += Lines.Dot(w.AsSpan(f * Row, Row), rows.AsSpan(i * Row, Row));
                    }
                }
            }
        });

        public void Spread(double[] from, double[] w, double[] to) => EachMap(b, (n, group, rows) =>
        {
            for (var p = 0; p < window.Windows; p += Together)
            {
                var count = Math.Min(Together, window.Windows - p);
                Array.Clear(rows);
                for (var f = group * firsts; f < (group + 1) * firsts; f++)
                {
                    for (var i = 0; i < count; i++)
                    {
                        Lines.AddScaled(rows.AsSpan(i * Row, Row), from[a.Start(n) + (f * window.Windows) + p + i], w.AsSpan(f * Row, Row));
                    }
                }

                Scatter(rows, p, count, to.AsSpan(b.Start(n) + (group * seconds * window.Positions)));
            }
        });

        public void Weigh(double[] fromA, double[] to, double[] fromB)
        {
            // Each job has rows of the weight for itself, and gathers again what it meets them with.
            var parts = groups >= Environment.ProcessorCount ? 1 : Math.Min(firsts, Environment.ProcessorCount);
            Parallel.For(0, groups * parts, job =>
            {
                int group = job / parts, part = job % parts;
                var rows = new double[Together * Row];
                for (var n = 0; n < samples; n++)
                {
                    for (var p = 0; p < window.Windows; p += Together)
                    {
                        var count = Math.Min(Together, window.Windows - p);
                        Gather(fromB.AsSpan(b.Start(n) + (group * seconds * window.Positions)), p, count, rows);
                        for (var f = (group * firsts) + (firsts * part / parts); f < (group * firsts) + (firsts * (part + 1) / parts); f++)
                        {
                            for (var i = 0; i < count; i++)
                            {
                                Lines.AddScaled(to.AsSpan(f * Row, Row), fromA[a.Start(n) + (f * window.Windows) + p + i], rows.AsSpan(i * Row, Row));
                            }
                        }
                    }
                }
            });
        }

        /// <summary>Calls body(sample, group, room for rows) at once for all that add to different elements of a tensor: where it is the same for every sample, all samples add to the same ones.</summary>
        private void EachMap(Value to, Action<int, int, double[]> body) => Parallel.For(0, to.PerSample ? samples * groups : groups, job =>
        {
            var rows = new double[Together * Row];
            for (var n = to.PerSample ? job / groups : 0; n < (to.PerSample ? (job / groups) + 1 : samples); n++)
            {
                body(n, job % groups, rows);
            }
        });

        /// <summary>What windows see, a row for each: in the order of the weight, zero outside the map.</summary>
        private void Gather(ReadOnlySpan<double> map, int p, int count, double[] rows)
        {
            for (int i = 0, at = 0; i < count; i++)
            {
                for (var s = 0; s < seconds; s++)
                {
                    for (var tap = 0; tap < window.Taps; tap++, at++)
                    {
                        var source = sources[((p + i) * window.Taps) + tap];
                        rows[at] = source < 0 ? 0 : map[(s * window.Positions) + source];
                    }
                }
            }
        }

        private void Scatter(double[] rows, int p, int count, Span<double> map)
        {
            for (int i = 0, at = 0; i < count; i++)
            {
                for (var s = 0; s < seconds; s++)
                {
                    for (var tap = 0; tap < window.Taps; tap++, at++)
                    {
                        var source = sources[((p + i) * window.Taps) + tap];
                        if (source >= 0)
                        {
                            map[(s * window.Positions) + source] += rows[at];
                        }
                    }
                }
            }
        }
    }
}
