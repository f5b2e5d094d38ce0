using DeepGen.Examples.Report;

namespace DeepGen.Examples.Display;

/// <summary>Where a training run stands within an epoch.</summary>
/// <param name="Epoch">The running epoch, counted from 1.</param>
/// <param name="Epochs">The epochs of the run.</param>
/// <param name="Share">The share of the epoch's images that is done, 0 to 1.</param>
/// <param name="Loss">The mean loss of the epoch so far.</param>
/// <param name="Accuracy">The accuracy of the epoch so far, on the images as they were trained.</param>
/// <param name="ImagesPerSecond">The speed of training in the epoch so far.</param>
/// <param name="Left">An estimate of the time to the end of the run.</param>
public readonly record struct Position(int Epoch, int Epochs, double Share, double Loss, double Accuracy, double ImagesPerSecond, TimeSpan Left);

/// <summary>Shows a training run while it runs.</summary>
public interface ITrainingDisplay
{
    /// <summary>Runs the work; what it reports meanwhile is shown.</summary>
    T Show<T>(Func<ITrainingDisplay, T> work);

    /// <summary>Shows where the run stands. May be called after every step: a display draws no more often than one can see.</summary>
    void At(in Position position);

    /// <summary>Shows what an epoch gave.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="epochs">The epochs of the run.</param>
    /// <param name="best">Whether its weights are the best so far.</param>
    /// <param name="left">An estimate of the time to the end of the run.</param>
    void Finished(EpochRecord epoch, int epochs, bool best, TimeSpan left);

    /// <summary>A live display on a terminal, plain lines anywhere else.</summary>
    static ITrainingDisplay ForConsole() =>
        Console.IsOutputRedirected || !Spectre.Console.AnsiConsole.Profile.Capabilities.Ansi ? new PlainDisplay(Console.Out) : new LiveDisplay(Spectre.Console.AnsiConsole.Console);
}
