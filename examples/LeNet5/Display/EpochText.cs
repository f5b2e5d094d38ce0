using DeepGen.Examples.Report;

namespace DeepGen.Examples.Display;

/// <summary>The words that both displays use; no line is wider than 80 columns.</summary>
internal static class EpochText
{
    /// <summary>The names of the columns of <see cref="Finished"/>.</summary>
    public static string Header(int epochs) =>
        Invariant($"{"epoch".PadRight(NumberWidth(epochs))}     loss  accuracy  validation: loss  accuracy     images/s     left");

    /// <summary>The line of a finished epoch; a star stands after the best validation so far.</summary>
    public static string Finished(EpochRecord epoch, int epochs, bool best, TimeSpan left)
    {
        var validation = double.IsNaN(epoch.ValidationLoss) ? new string(' ', 25) + "–" : Invariant($"{epoch.ValidationLoss,16:0.0000}{epoch.ValidationAccuracy,10:0.0000}");
        return Invariant($"{Number(epoch.Epoch, epochs)}{epoch.TrainLoss,9:0.0000}{epoch.TrainAccuracy,10:0.0000}  {validation}{(best ? '*' : ' ')}{epoch.ImagesPerSecond,12:N0}{Clock(left),9}");
    }

    /// <summary>"3/15", as wide for every epoch.</summary>
    public static string Number(int epoch, int epochs) => Invariant($"{epoch}/{epochs}").PadLeft(NumberWidth(epochs));

    /// <summary>Minutes and seconds, hours where there are any: 0:07, 12:30, 1:02:03.</summary>
    public static string Clock(TimeSpan time)
    {
        // Rounded up: 0:00 is said only at the end.
        var seconds = (long)Math.Ceiling(Math.Max(0, time.TotalSeconds));
        return seconds < 3600 ? Invariant($"{seconds / 60}:{seconds % 60:00}") : Invariant($"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}");
    }

    public static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static int NumberWidth(int epochs) => Math.Max(5, 2 * Invariant($"{epochs}").Length + 1);
}
