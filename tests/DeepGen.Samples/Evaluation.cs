using DeepGen;

namespace Samples;

/// <summary>Everything that is evaluated at build time, each as the width of a layer.</summary>
[Network]
public partial class Evaluation
{
    private enum Kind
    {
        Narrow = 2,
        Wide = 7,
    }

    private const int Base = 3;
    private static readonly int[] Widths = [2, 3, 5];
    private static readonly (int A, string B)[] Pairs = [(1, "x"), (2, "yy")];

    private static int Doubled => 2 * Base;

    static Tensor Forward([Input(8)] Tensor x)
    {
        x = x.Dense(Arithmetic()).Dense(Loops()).Dense(Sequences()).Dense(Patterns(Kind.Wide)).Dense(Texts()).Dense(Functions()).Dense(Nullables(null) + Nullables(4));
        x = Optional(x, width: 5);
        x = x.Rank == 1 ? x.Widen(by: 2).Widen() : x.Flatten();
        return x.Features is > 4 and not 6 ? x.Dense(x.Extent(0)) : x;
    }

    private static int Arithmetic()
    {
        long big = 1L << 40;
        var f = 2.5f;
        double d = f * 3;
        var n = (int)(big >> 38) + (int)d + (int)MathF.Sqrt(49) + Math.Max(3, Base) % 2;
        n += 3;
        n <<= 1;
        n ^= 5;
        return n++ + --n - (n & 1) + (checked((byte)200) > 100 ? 1 : 0);
    }

    private static int Loops()
    {
        var sum = 0;
        for (int i = 0, j = 6; i < j; i++, j--)
        {
            if (i == 1)
            {
                continue;
            }

            sum += i * j;
        }

        while (true)
        {
            sum -= 2;
            if (sum < 7)
            {
                break;
            }
        }

        do
        {
            sum++;
        }
        while (sum < 9);
        foreach (var (a, b) in Pairs)
        {
            sum += a * b.Length;
        }

        return sum;
    }

    private static int Sequences()
    {
        ReadOnlySpan<int> span = [1, .. Widths, 4];
        int[] array = { 4, 5, 6 };
        array[1] += array[^1];
        var list = new List<(int A, int B)> { (1, 2) };
        list.Add((3, 4));
        IReadOnlyList<int> view = array;
        (var first, (var second, _)) = (array[0], list[1]);
        return span.Length + span[1..3].Length + array[1] + list.Count + view.Count + first + second + new int[2].Length;
    }

    private static int Patterns(Kind kind)
    {
        var width = kind switch
        {
            Kind.Narrow => 1,
            Kind.Wide when Base > 2 => 4,
            _ => throw new InvalidOperationException("no such kind"),
        };
        switch (width)
        {
            case < 0:
                return 1;
            case 4 or 5:
                width += Doubled;
                break;
            default:
                width = 2;
                break;
        }

        return (width, kind) switch { ( > 9, Kind.Wide) => width, (var w, _) => w + 1 };
    }

    private static int Texts()
    {
        var name = $"{nameof(Evaluation)}-{Base:D2}-{Kind.Wide}";
        name += 'c' + "x";
        return name.Length - (name is "no" ? 1 : 4);
    }

    private static int Functions()
    {
        Func<int, int> twice = static v => 2 * v;
        var seen = 0;
        int Count(int n)
        {
            seen++;
            return n <= 1 ? seen : Count(n - 1);
        }

        return twice(Count(3)) + (Try(3, out var doubled) ? doubled : 0) + Sum(1, 2, 3) + Identity((1, 2)).Item2;
    }

    private static bool Try(int n, out int doubled)
    {
        doubled = 2 * n;
        return n > 2;
    }

    private static int Sum(params ReadOnlySpan<int> values)
    {
        var sum = 0;
        foreach (var v in values)
        {
            sum += v;
        }

        return sum;
    }

    private static T Identity<T>(T value) => value;

    private static int Nullables(int? n) => n is null ? 3 : n.Value + (n ?? 1);

    [Block]
    private static Tensor Optional(Tensor x, Tensor? skip = null, int width = 4, string? name = null) => skip is null ? x.Dense(width) : x.Dense(width) + skip;
}

internal static class TensorExtensions
{
    public static Tensor Widen(this Tensor x, int by = 1) => x.Dense(x.Features + by).Relu();
}
