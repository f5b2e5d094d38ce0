namespace DeepGen.Examples.Display;

/// <summary>The words that both displays use; with names of at most 10 letters no line is wider than 80 columns.</summary>
internal static class EpochText
{
    /// <summary>The names of the columns of <see cref="Finished"/>.</summary>
    public static string Header(EpochResult epoch, int epochs, DisplayColumns columns)
    {
        var accuracy = epoch.TrainAccuracy is null ? "" : "  accuracy";
        var score = Score(epoch, columns) is null ? "" : ScoreName(columns).PadLeft(ScoreWidth(columns));
        return Invariant($"{"epoch".PadRight(NumberWidth(epochs))}     loss{accuracy}  validation: loss{score}{columns.Unit + "/s",13}     left");
    }

    /// <summary>The line of a finished epoch; a star stands after the best validation so far.</summary>
    public static string Finished(EpochResult epoch, in TrainingProgress value, DisplayColumns columns)
    {
        var accuracy = epoch.TrainAccuracy is { } known ? Invariant($"{known,10:0.0000}") : "";
        var loss = epoch.ValidationLoss is { } validation ? Invariant($"{validation:0.0000}") : "–";
        var score = Score(epoch, columns) is { } result ? Invariant($"{result:0.0000}").PadLeft(ScoreWidth(columns)) : "";
        return Invariant($"{Number(epoch.Epoch, value.Epochs)}{epoch.TrainLoss,9:0.0000}{accuracy}{loss,18}{score}{(epoch.IsBest ? '*' : ' ')}{epoch.SamplesPerSecond,12:N0}{Clock(value.TimeLeft),9}");
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

    private static double? Score(EpochResult epoch, DisplayColumns columns) => columns.Metric is null ? epoch.ValidationAccuracy : epoch.Metric;

    private static string ScoreName(DisplayColumns columns) => columns.Metric?.Name ?? "accuracy";

    private static int ScoreWidth(DisplayColumns columns) => Math.Max(10, ScoreName(columns).Length + 2);

    private static int NumberWidth(int epochs) => Math.Max(5, 2 * Invariant($"{epochs}").Length + 1);
}
