using DeepGen.Generators.Graph;

namespace DeepGen.Zoo.Drawing;

/// <summary>Where everything stands: rows by the longest path from an input, columns so that no two boxes and no box and line share a place.</summary>
internal sealed class GraphLayout
{
    /// <summary>What takes a place: a box, or the lines from one box, which may share theirs.</summary>
    private readonly Dictionary<(int Row, int Column), int> taken = [];

    private GraphLayout(List<Box> boxes) => Boxes = boxes;

    public IReadOnlyList<Box> Boxes { get; }

    public IReadOnlyList<Edge> Edges { get; private set; } = [];

    public static GraphLayout Of(NetworkGraph graph)
    {
        var layout = new GraphLayout(Drawing.Boxes.Of(graph));
        layout.PlaceRows();
        layout.PlaceColumns();
        layout.Edges = layout.PlaceEdges();
        return layout;
    }

    private void PlaceRows()
    {
        var readers = Boxes.SelectMany(b => b.Inputs.Select(i => (i, b))).ToLookup(p => p.i, p => p.b);
        foreach (var box in Boxes)
            box.Row = box.Inputs.Select(i => Boxes[i].Row + 1).DefaultIfEmpty(0).Max();
        // What reads nothing, such as a target, stands above the first that reads it.
        for (var i = Boxes.Count - 1; i >= 0; i--)
        {
            if (Boxes[i].Inputs.Length == 0)
                Boxes[i].Row = readers[i].Select(r => r.Row - 1).DefaultIfEmpty(0).Min();
        }
    }

    /// <summary>Each box below the leftmost that it reads, or in the next column where that place is taken.</summary>
    private void PlaceColumns()
    {
        foreach (var row in Boxes.Select((box, i) => (Box: box, Id: i)).GroupBy(b => b.Box.Row).OrderBy(g => g.Key))
        {
            foreach (var (box, id) in row.OrderBy(b => b.Box.Inputs.Select(i => Boxes[i].Column).DefaultIfEmpty(int.MaxValue).Min()).ThenBy(b => b.Id))
            {
                box.Column = box.Inputs.Select(i => Boxes[i].Column).DefaultIfEmpty(0).Min();
                while (!taken.TryAdd((box.Row, box.Column), id))
                    box.Column++;
            }
        }
    }

    /// <summary>Short lines first, so that they run nearest to the boxes and the long ones outside.</summary>
    private List<Edge> PlaceEdges()
    {
        var edges = new List<Edge>();
        var all = Boxes.SelectMany((box, to) => box.Inputs.Select(from => (From: from, To: to)));
        foreach (var (from, to) in all.OrderBy(e => Boxes[e.To].Row - Boxes[e.From].Row).ThenBy(e => e.To).ThenBy(e => e.From))
        {
            var (source, reader) = (Boxes[from], Boxes[to]);
            var rows = Enumerable.Range(source.Row + 1, reader.Row - source.Row - 1).ToArray();
            // The box's own number is its row's; lines of a box are counted beyond all boxes.
            var owner = Boxes.Count + from;
            bool IsFree(int lane) => rows.All(r => !taken.TryGetValue((r, lane), out var there) || there == owner);
            var lane = new[] { source.Column, reader.Column }.Concat(Enumerable.Range(Math.Min(source.Column, reader.Column), Boxes.Count + taken.Count + 2)).First(IsFree);
            foreach (var row in rows)
                taken[(row, lane)] = owner;
            edges.Add(new Edge(from, to, lane));
        }

        return edges;
    }
}
