using Spectre.Console;

namespace DeepGen.Examples.Display;

/// <summary>Shows a training run while it runs: a live display on a terminal, plain lines anywhere else.</summary>
public abstract class TrainingDisplay : IProgress<TrainingProgress>
{
    /// <summary>Runs the work; what it reports meanwhile is shown.</summary>
    /// <param name="columns">What is shown.</param>
    /// <param name="work">The work; it hands the progress to the trainer.</param>
    public static T Show<T>(DisplayColumns columns, Func<IProgress<TrainingProgress>, T> work)
    {
        TrainingDisplay display = Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi
            ? new PlainDisplay(Console.Out, columns)
            : new LiveDisplay(AnsiConsole.Console, columns);
        return display.Run(work);
    }

    /// <summary>The line behind a training: how long it took, and which weights it left.</summary>
    public static string Ended(FitResult fit) =>
        EpochText.Invariant($"{(fit.Cancelled ? "stopped after" : "trained")} {fit.History.Count} epochs in {fit.Elapsed.TotalSeconds:0.0} s; kept the weights of epoch {fit.BestEpoch}");

    /// <inheritdoc/>
    public abstract void Report(TrainingProgress value);

    /// <summary>Runs the work within the display.</summary>
    public virtual T Run<T>(Func<IProgress<TrainingProgress>, T> work) => work(this);
}
