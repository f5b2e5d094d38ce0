namespace DeepGen.Generators.Emit.Gpu;

/// <summary>
/// The kernel of a matrix product, whatever its operands are: a group of threads computes a tile of the result, a few terms at a time, which it brings to shared memory; each thread keeps
/// its sums in variables of their own, because the GPU's compilers put arrays that are indexed in a loop into memory.
/// </summary>
internal sealed class GpuTile
{
    /// <summary>Terms that are brought to shared memory at a time.</summary>
    private const int Terms = 8;

    private readonly int rows;
    private readonly int columns;
    private readonly int down;
    private readonly int across;

    private GpuTile(int rows, int columns)
    {
        this.rows = rows;
        this.columns = columns;
        down = Along(rows);
        across = Along(columns);
    }

    public string Name => $"Tile{rows}x{columns}";

    public int Rows => rows;

    public int Columns => columns;

    public int Threads => down * across;

    /// <summary>The sides that a tile may have.</summary>
    public static IReadOnlyList<int> Sides { get; } = new[] { 128, 64, 32, 16 };

    /// <summary>The tile for a result of these extents: as large as they fill well, because a large one reads its operands less often.</summary>
    /// <param name="sides">The sides to choose among.</param>
    public static GpuTile Of(long rows, long columns, IReadOnlyList<int> sides) => new(Side(rows, sides), Side(columns, sides));

    /// <summary>Threads along a side.</summary>
    private static int Along(int side) => side switch { 128 => 16, 64 or 32 => 8, 16 => 4, _ => 2 };

    private static int Side(long extent, IReadOnlyList<int> sides) => sides.OrderBy(side => Waste(extent, side)).First();

    /// <summary>What a side costs: the part of the tiles that lies outside, and reading an operand anew for every tile.</summary>
    private static double Waste(long extent, int side) => (Math.Ceiling((double)extent / side) * side / extent) * (1 + (16.0 / side));

    public string Write()
    {
        var (ownRows, ownColumns, threads) = (rows / down, columns / across, Threads);
        var code = new CodeWriter();
        code.Line($"/// <summary>A product in tiles of {rows} × {columns}: {threads} threads, {ownRows} × {ownColumns} sums in the registers of each.</summary>");
        code.Open($"public static class {Name}");
        code.Open("public static void Run<P>(P product, int rows, int columns, int terms, int slices) where P : struct, Gpu::IProduct");
        code.Line($"var left = Il::SharedMemory.Allocate<float>({Terms * rows});");
        code.Line($"var right = Il::SharedMemory.Allocate<float>({Terms * columns});");
        code.Line($"var stage = Il::SharedMemory.Allocate<float>({down * columns});");
        code.Line("var thread = Il::Group.IdxX;");
        code.Line($"var down = thread / {across};");
        code.Line($"var across = thread % {across};");
        code.Line($"var firstRow = Il::Grid.IdxY * {rows};");
        code.Line($"var firstColumn = Il::Grid.IdxX * {columns};");
        code.Line("var each = Il::Grid.IdxZ / slices;");
        code.Line("var slice = Il::Grid.IdxZ % slices;");
        code.Line("var depth = Gpu::Slices.Depth(terms, slices);");
        code.Line("var begin = slice * depth;");
        code.Line("var end = begin + depth < terms ? begin + depth : terms;");
        for (var i = 0; i < ownRows; i++)
        {
            code.Line($"float {Joined(ownColumns, j => $"c{i}_{j} = 0f")};");
        }

        code.Line("// Every wait stands before what it protects: ILGPU 1.5.3 moves loads past the last wait of a loop.");
        code.Open($"for (var first = begin; first < end; first += {Terms})");
        code.Line("Il::Group.Barrier();");
        Bring(code, "left", rows, threads, "row", "product.LeftByTerms", "firstRow", "rows", (place, term) => $"product.Left(each, {place}, {term})");
        Bring(code, "right", columns, threads, "column", "product.RightByTerms", "firstColumn", "columns", (place, term) => $"product.Right(each, {term}, {place})");
        code.Line("Il::Group.Barrier();");
        code.Open($"for (var term = 0; term < {Terms}; term++)");
        code.Line($"float {Joined(ownRows, i => $"a{i} = left[(term * {rows}) + down{Plus(i * down)}]")};");
        code.Line($"float {Joined(ownColumns, j => $"b{j} = right[(term * {columns}) + across{Plus(j * across)}]")};");
        for (var i = 0; i < ownRows; i++)
        {
            code.Line(string.Join(" ", Enumerable.Range(0, ownColumns).Select(j => $"c{i}_{j} += a{i} * b{j};")));
        }

        code.Close();
        code.Close();
        code.Line("// Row by row through shared memory: the epilogue stands once for all columns, and neighbours store side by side.");
        for (var i = 0; i < ownRows; i++)
        {
            code.Line("Il::Group.Barrier();");
            code.Line(string.Join(" ", Enumerable.Range(0, ownColumns).Select(j => $"stage[(down * {columns}) + across{Plus(j * across)}] = c{i}_{j};")));
            code.Line("Il::Group.Barrier();");
            code.Open($"for (var at = thread; at < {down * columns}; at += {threads})");
            code.Line($"var row = firstRow + (at / {columns}){Plus(i * down)};");
            code.Line($"var column = firstColumn + (at % {columns});");
            code.Line("if (row < rows && column < columns) product.Store(each, slice, row, column, stage[at]);");
            code.Close();
        }

        code.Close();
        code.Close();
        return code.ToString();
    }

    /// <summary>A few terms of one operand, zeros beyond its ends; neighbouring threads read along the axis that is contiguous.</summary>
    private static void Bring(CodeWriter code, string to, int side, int threads, string place, string byTerms, string firstPlace, string places, Func<string, string, string> read)
    {
        code.Open($"for (var at = thread; at < {Terms * side}; at += {threads})");
        code.Line($"var term = {byTerms} ? at % {Terms} : at / {side};");
        code.Line($"var {place} = {byTerms} ? at / {Terms} : at % {side};");
        code.Line($"{to}[(term * {side}) + {place}] = {firstPlace} + {place} < {places} && first + term < end ? {read($"{firstPlace} + {place}", "first + term")} : 0f;");
        code.Close();
    }

    private static string Joined(int count, Func<int, string> item) => string.Join(", ", Enumerable.Range(0, count).Select(item));

    private static string Plus(int number) => number == 0 ? "" : " + " + Literals.Int(number);
}
