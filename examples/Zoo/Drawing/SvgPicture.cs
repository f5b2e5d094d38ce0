using System.Globalization;
using System.Xml.Linq;

namespace DeepGen.Zoo.Drawing;

/// <summary>Writes a layout as one SVG file that needs nothing beside itself.</summary>
internal sealed class SvgPicture
{
    private const double BoxHeight = 34, Gap = 24, Margin = 20, Top = 56, LaneWidth = 14, GroupStep = 15, CharacterWidth = 6.1;

    private const string Style = """
        text { font: 11px ui-monospace, Consolas, monospace; fill: #222; }
        .title { font-weight: bold; }
        .heading { font: bold 18px system-ui, sans-serif; }
        .group { fill: #4a6fa5; fill-opacity: 0.05; stroke: #8aa4c8; }
        .label { font-size: 10px; fill: #4a6fa5; }
        .box { stroke: #666; rx: 5px; }
        .output { stroke: #111; stroke-width: 2.5; }
        .leaf { fill: #eee; } .weighted { fill: #cfe2ff; } .plain { fill: #fff; } .joining { fill: #ffe8b3; } .loss { fill: #ffd6d6; }
        .edge { fill: none; stroke: #555; stroke-width: 1.2; }
        """;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly GraphLayout layout;
    private readonly double[] left;
    private readonly double[] width;
    private readonly int depth;

    private SvgPicture(GraphLayout layout)
    {
        this.layout = layout;
        depth = layout.Boxes.Select(b => b.Scope.Length).DefaultIfEmpty(0).Max();
        var columns = 1 + layout.Boxes.Select(b => b.Column).Concat(layout.Edges.Select(e => e.Lane)).DefaultIfEmpty(0).Max();
        width = Enumerable.Range(0, columns).Select(c => layout.Boxes.Where(b => b.Column == c).Select(BoxWidth).DefaultIfEmpty(LaneWidth).Max()).ToArray();
        left = new double[columns];
        var x = Margin;
        for (var c = 0; c < columns; c++)
        {
            // Groups are framed, with their name at the left; a column of lines alone needs less.
            x += width[c] > LaneWidth ? depth * GroupStep : 0;
            left[c] = x;
            x += width[c] + Margin;
        }
    }

    public static string Of(string name, GraphLayout layout) => new SvgPicture(layout).Write(name);

    private string Write(string name)
    {
        var rows = layout.Boxes.Select(b => b.Row).DefaultIfEmpty(0).Max() + 1;
        double fullWidth = Math.Max(left[^1] + width[^1] + Margin + (depth * 4), 200), fullHeight = Y(rows) + Margin;
        var svg = new XElement(
            Svg + "svg",
            new XAttribute("width", Number(fullWidth)),
            new XAttribute("height", Number(fullHeight)),
            new XAttribute("viewBox", $"0 0 {Number(fullWidth)} {Number(fullHeight)}"),
            new XElement(Svg + "title", name),
            new XElement(Svg + "style", Style),
            new XElement(
                Svg + "marker",
                new XAttribute("id", "arrow"),
                new XAttribute("viewBox", "0 0 8 8"),
                new XAttribute("refX", 7),
                new XAttribute("refY", 4),
                new XAttribute("markerWidth", 6),
                new XAttribute("markerHeight", 6),
                new XAttribute("orient", "auto"),
                new XElement(Svg + "path", new XAttribute("d", "M0 0L8 4L0 8z"), new XAttribute("fill", "#555"))),
            new XElement(Svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("fill", "white")),
            Text("heading", Margin, 30, name),
            Groups(),
            layout.Edges.Select(Line),
            layout.Boxes.Select(BoxOf));
        return new XDocument(new XDeclaration("1.0", "utf-8", null), svg).ToString() + "\n";
    }

    /// <summary>A frame around the boxes of each block, outer ones first.</summary>
    private IEnumerable<XElement> Groups()
    {
        var members = layout.Boxes.SelectMany(b => b.Scope.Select((scope, level) => (Scope: scope, Level: level, Box: b)));
        foreach (var group in members.GroupBy(m => (m.Scope, m.Level)).OrderBy(g => g.Key.Level).ThenBy(g => g.Min(m => m.Box.Row)))
        {
            var boxes = group.Select(m => m.Box).ToArray();
            var inset = depth - group.Key.Level;
            double x = boxes.Min(b => left[b.Column]) - (inset * GroupStep), right = boxes.Max(b => left[b.Column] + width[b.Column]) + (inset * 4);
            double y = Y(boxes.Min(b => b.Row)) - Math.Min(Gap / 2, 2.0 * inset), bottom = Y(boxes.Max(b => b.Row)) + BoxHeight + Math.Min(Gap / 2, 2.0 * inset);
            var name = group.Key.Scope;
            yield return Rectangle("group", x, y, right - x, bottom - y, new XElement(Svg + "title", name));
            // Upright beside its boxes, where there is room for it.
            if (name.Length * CharacterWidth <= bottom - y)
            {
                var label = Text("label", 0, 0, name);
                label.SetAttributeValue("text-anchor", "middle");
                label.SetAttributeValue("transform", $"translate({Number(x + 11)} {Number((y + bottom) / 2)}) rotate(-90)");
                yield return label;
            }
        }
    }

    private XElement Line(Edge edge)
    {
        var (from, to) = (layout.Boxes[edge.From], layout.Boxes[edge.To]);
        double x0 = Centre(from.Column), y0 = Y(from.Row) + BoxHeight, x1 = Centre(to.Column), y1 = Y(to.Row);
        string path;
        if (to.Row == from.Row + 1)
        {
            path = $"M{Point(x0, y0)}{Curve(x0, y0, x1, y1)}";
        }
        else
        {
            double lane = Centre(edge.Lane), begin = Y(from.Row + 1), end = Y(to.Row - 1) + BoxHeight;
            path = $"M{Point(x0, y0)}{Curve(x0, y0, lane, begin)}L{Point(lane, end)}{Curve(lane, end, x1, y1)}";
        }

        return new XElement(Svg + "path", new XAttribute("class", "edge"), new XAttribute("d", path), new XAttribute("marker-end", "url(#arrow)"));
    }

    private XElement BoxOf(Box box)
    {
        double x = Centre(box.Column) - (BoxWidth(box) / 2), y = Y(box.Row);
        return new XElement(
            Svg + "g",
            Rectangle($"box {box.Kind.ToString().ToLowerInvariant()}{(box.IsOutput ? " output" : "")}", x, y, BoxWidth(box), BoxHeight),
            Text("title", x + 8, y + 14, box.Title),
            Text("detail", x + 8, y + 28, box.Detail));
    }

    private static double BoxWidth(Box box) => 18 + (CharacterWidth * 1.1 * Math.Max(box.Title.Length, box.Detail.Length));

    private static double Y(int row) => Top + (row * (BoxHeight + Gap));

    private double Centre(int column) => left[column] + (width[column] / 2);

    private static string Curve(double x0, double y0, double x1, double y1)
    {
        var middle = (y0 + y1) / 2;
        return x0 == x1 ? $"L{Point(x1, y1)}" : $"C{Point(x0, middle)} {Point(x1, middle)} {Point(x1, y1)}";
    }

    private static XElement Rectangle(string style, double x, double y, double width, double height, params object[] content) => new(
        Svg + "rect",
        new XAttribute("class", style),
        new XAttribute("x", Number(x)),
        new XAttribute("y", Number(y)),
        new XAttribute("width", Number(width)),
        new XAttribute("height", Number(height)),
        content);

    private static XElement Text(string style, double x, double y, string text) =>
        new(Svg + "text", new XAttribute("class", style), new XAttribute("x", Number(x)), new XAttribute("y", Number(y)), text);

    private static string Point(double x, double y) => $"{Number(x)} {Number(y)}";

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
