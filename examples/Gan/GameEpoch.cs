using System.Globalization;

namespace DeepGen.Examples.Gan;

/// <summary>What an epoch of the game gave.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="DiscriminatorLoss">The mean cross-entropy of the discriminator's verdicts; the targets of real pictures are smoothed.</param>
/// <param name="GeneratorLoss">The mean of −ln σ(verdict) on generated pictures.</param>
/// <param name="RealAccuracy">The share of real pictures that the discriminator took for real, each before the step that learned from it.</param>
/// <param name="FakeAccuracy">The share of generated pictures that it took for generated, likewise.</param>
/// <param name="Seconds">The time it took.</param>
internal sealed record GameEpoch(int Epoch, double DiscriminatorLoss, double GeneratorLoss, double RealAccuracy, double FakeAccuracy, double Seconds)
{
    /// <summary>The numbers as one line of a checkpoint.</summary>
    public string Text => string.Join(' ', new[] { Epoch, DiscriminatorLoss, GeneratorLoss, RealAccuracy, FakeAccuracy, Seconds }.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>Reads such a line.</summary>
    public static GameEpoch Parse(string text)
    {
        var numbers = text.Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return new((int)numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    }
}
