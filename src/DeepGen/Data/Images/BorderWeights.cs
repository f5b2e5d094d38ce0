namespace DeepGen;

/// <summary>
/// What the ground between things that almost touch counts more in a loss: w(x) = Weight · e^(−(d₁(x) + d₂(x))²/(2·Deviation²)), d₁ and d₂ the distances to the two nearest things, and 0 within things and where there is only one
/// (O. Ronneberger, P. Fischer and T. Brox 2015, equation 2, without its first term, which is the loss that it is added to).
/// </summary>
/// <remarks>
/// A thing is a set of pixels of other classes than 0 that are connected by their sides. It is computed from the map of labels after all transforms, so that it moves along; pixels that do not count
/// (<see cref="LabelMaps.Ignored"/>) are ground. Distances are those of Danielsson's propagation (1980), which in rare places are a fraction of a pixel too long; what would be below a 1,000th of the weight is 0.
/// </remarks>
/// <param name="Weight">The weight where both things touch; 10 in the paper. At least 0.</param>
/// <param name="Deviation">How fast it falls with the distance, in pixels; 5 in the paper. Above 0.</param>
public sealed record BorderWeights(double Weight = 10, double Deviation = 5)
{
    private const int None = -1;

    /// <summary>A place is its row above so many bits of its column.</summary>
    private const int PlaceBits = 15, PlaceMask = (1 << PlaceBits) - 1;

    internal BorderWeights Checked()
    {
        if (!(Weight >= 0) || !double.IsFinite(Weight)) throw new ArgumentOutOfRangeException(nameof(Weight), Weight, "BorderWeights.Weight must be at least 0.");
        return Deviation > 0 && double.IsFinite(Deviation) ? this : throw new ArgumentOutOfRangeException(nameof(Deviation), Deviation, "BorderWeights.Deviation must be above 0.");
    }

    /// <summary>The weights of a map [height, width]; the three spans are memory to work in, as long as the map.</summary>
    internal void Fill(ReadOnlySpan<int> labels, int height, int width, Span<float> weights, Span<int> things, Span<int> nearest, Span<int> second)
    {
        weights.Clear();
        if (Weight == 0) return;
        if (Math.Max(height, width) > 1 << PlaceBits) throw new ArgumentException($"BorderWeights take maps of up to {1 << PlaceBits} pixels a side, not [{height}, {width}].");
        Number(labels, height, width, things, nearest);
        for (var i = 0; i < labels.Length; i++) (nearest[i], second[i]) = (things[i] == None ? None : ((i / width) << PlaceBits) | (i % width), None);

        // Farther than this a thing adds less than a 1,000th of the weight.
        var reach = (long)Math.Ceiling(2 * Math.Log(1000) * Deviation * Deviation);
        for (var y = 0; y < height; y++) Sweep(things, nearest, second, height, width, y, -1, reach);
        for (var y = height - 1; y >= 0; y--) Sweep(things, nearest, second, height, width, y, 1, reach);
        for (var i = 0; i < labels.Length; i++)
        {
            if (second[i] == None || things[i] != None) continue;
            int y = i / width, x = i % width;
            var distance = Math.Sqrt(Squared(y, x, nearest[i])) + Math.Sqrt(Squared(y, x, second[i]));
            weights[i] = (float)(Weight * Math.Exp(-distance * distance / (2 * Deviation * Deviation)));
        }
    }

    /// <summary>Gives each thing a number.</summary>
    private static void Number(ReadOnlySpan<int> labels, int height, int width, Span<int> things, Span<int> stack)
    {
        things.Fill(None);
        var count = 0;
        for (var start = 0; start < labels.Length; start++)
        {
            if (labels[start] <= 0 || things[start] != None) continue;
            var depth = 0;
            stack[depth++] = start;
            things[start] = count;
            while (depth > 0)
            {
                var at = stack[--depth];
                int y = at / width, x = at % width;
                if (y > 0) Visit(at - width, labels, things, stack);
                if (y < height - 1) Visit(at + width, labels, things, stack);
                if (x > 0) Visit(at - 1, labels, things, stack);
                if (x < width - 1) Visit(at + 1, labels, things, stack);
            }

            count++;

            void Visit(int next, ReadOnlySpan<int> labels, Span<int> things, Span<int> stack)
            {
                if (labels[next] <= 0 || things[next] != None) return;
                things[next] = count;
                stack[depth++] = next;
            }
        }
    }

    /// <summary>A row learns from the row before it, and from itself in both directions.</summary>
    private static void Sweep(ReadOnlySpan<int> things, Span<int> nearest, Span<int> second, int height, int width, int y, int before, long reach)
    {
        var other = y + before;
        for (var x = 0; x < width; x++)
        {
            if (x > 0) Learn(things, nearest, second, width, y, x, (y * width) + x - 1, reach);
            if ((uint)other >= (uint)height) continue;
            for (var side = Math.Max(0, x - 1); side <= Math.Min(width - 1, x + 1); side++) Learn(things, nearest, second, width, y, x, (other * width) + side, reach);
        }

        for (var x = width - 2; x >= 0; x--) Learn(things, nearest, second, width, y, x, (y * width) + x + 1, reach);
    }

    /// <summary>A pixel hears of the things that its neighbour knows.</summary>
    private static void Learn(ReadOnlySpan<int> things, Span<int> nearest, Span<int> second, int width, int y, int x, int neighbour, long reach)
    {
        if (nearest[neighbour] != None) Hear(things, nearest, second, width, y, x, nearest[neighbour], reach);
        if (second[neighbour] != None) Hear(things, nearest, second, width, y, x, second[neighbour], reach);
    }

    private static void Hear(ReadOnlySpan<int> things, Span<int> nearest, Span<int> second, int width, int y, int x, int source, long reach)
    {
        var at = (y * width) + x;
        if (source == nearest[at] || source == second[at]) return;
        var distance = Squared(y, x, source);
        if (distance > reach) return;
        if (nearest[at] == None)
        {
            nearest[at] = source;
            return;
        }

        var closer = distance < Squared(y, x, nearest[at]);
        if (Thing(source, things) == Thing(nearest[at], things))
        {
            if (closer) nearest[at] = source;
        }
        else if (closer)
        {
            (nearest[at], second[at]) = (source, nearest[at]);
        }
        else if (second[at] == None || distance < Squared(y, x, second[at]))
        {
            second[at] = source;
        }

        int Thing(int place, ReadOnlySpan<int> things) => things[((place >> PlaceBits) * width) + (place & PlaceMask)];
    }

    /// <summary>The squared distance of a pixel from a place, which holds its row and its column.</summary>
    private static long Squared(int y, int x, int place)
    {
        long down = y - (place >> PlaceBits), right = x - (place & PlaceMask);
        return (down * down) + (right * right);
    }
}
