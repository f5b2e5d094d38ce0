using System.Diagnostics;
using DeepGen.Examples.Report;
using Spectre.Console;

namespace DeepGen.Examples.Display;

/// <summary>A line for each finished epoch, and below them one that moves.</summary>
public sealed class LiveDisplay(IAnsiConsole console) : ITrainingDisplay
{
    private const int BarWidth = 12;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(80);

    private LiveDisplayContext? _live;
    private long _drawn;
    private bool _headed;

    /// <inheritdoc/>
    public T Show<T>(Func<ITrainingDisplay, T> work) =>
        console.Live(new Markup("[grey]starting[/]")).AutoClear(true).Start(live =>
        {
            _live = live;
            try
            {
                return work(this);
            }
            finally
            {
                _live = null;
            }
        });

    /// <inheritdoc/>
    public void At(in Position position)
    {
        if (Stopwatch.GetElapsedTime(_drawn) >= Pause)
            Draw(position);
    }

    /// <inheritdoc/>
    public void Finished(EpochRecord epoch, int epochs, bool best, TimeSpan left)
    {
        if (!_headed)
            console.MarkupLine($"[grey]{EpochText.Header(epochs)}[/]");
        _headed = true;
        var text = Markup.Escape(EpochText.Finished(epoch, epochs, best, left));
        // Written above the moving line, which Spectre draws again below it.
        console.MarkupLine(best ? $"[green]{text}[/]" : text);
        if (epoch.Epoch < epochs)
            Draw(new Position(epoch.Epoch, epochs, 1, epoch.TrainLoss, epoch.TrainAccuracy, epoch.ImagesPerSecond, left));
    }

    /// <summary>Draws the moving line; its bar is the share of the whole run.</summary>
    private void Draw(in Position position)
    {
        _drawn = Stopwatch.GetTimestamp();
        var filled = (int)Math.Round((position.Epoch - 1 + Math.Clamp(position.Share, 0, 1)) / position.Epochs * BarWidth);
        _live?.UpdateTarget(new Markup(EpochText.Invariant(
            $"[bold]{EpochText.Number(position.Epoch, position.Epochs)}[/]  [blue]{new string('━', filled)}[/][grey37]{new string('━', BarWidth - filled)}[/]  loss [bold]{position.Loss:0.0000}[/]  accuracy [bold]{position.Accuracy:0.0000}[/]  {position.ImagesPerSecond:N0} images/s  {EpochText.Clock(position.Left)} left")));
    }
}
