using System.Globalization;

namespace DeepGen.Generators.Graph;

/// <summary>A quotient of whole numbers in lowest terms, its denominator above 0: steps between windows, which are parts of one where maps are enlarged.</summary>
internal readonly record struct Fraction
{
    public Fraction(long numerator, long denominator = 1)
    {
        if (denominator < 0)
        {
            (numerator, denominator) = (-numerator, -denominator);
        }

        var common = Common(Math.Abs(numerator), denominator);
        (Numerator, Denominator) = (numerator / common, denominator / common);
    }

    public long Numerator { get; }

    public long Denominator { get; }

    public static implicit operator Fraction(long number) => new(number);

    public static Fraction operator +(Fraction a, Fraction b) => new(checked((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator)), checked(a.Denominator * b.Denominator));

    public static Fraction operator -(Fraction a, Fraction b) => a + (b * -1);

    public static Fraction operator *(Fraction a, Fraction b) => new(checked(a.Numerator * b.Numerator), checked(a.Denominator * b.Denominator));

    public static Fraction operator /(Fraction a, Fraction b) => new(checked(a.Numerator * b.Denominator), checked(a.Denominator * b.Numerator));

    public static Fraction Min(Fraction a, Fraction b) => (a - b).Numerator < 0 ? a : b;

    public static Fraction Max(Fraction a, Fraction b) => (a - b).Numerator < 0 ? b : a;

    /// <summary>The smallest whole number that is not below it.</summary>
    public long Ceiling => Numerator >= 0 ? (Numerator + Denominator - 1) / Denominator : -(-Numerator / Denominator);

    /// <summary>The largest whole number that is not above it.</summary>
    public long Floor => -new Fraction(-Numerator, Denominator).Ceiling;

    public override string ToString() => Numerator.ToString(CultureInfo.InvariantCulture) + (Denominator == 1 ? "" : "/" + Denominator.ToString(CultureInfo.InvariantCulture));

    private static long Common(long a, long b) => a == 0 ? b : Common(b % a, a);
}
