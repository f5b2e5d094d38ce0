using System.Diagnostics;
using Spectre.Console;

namespace DeepGen.Examples.Display;

/// <summary>A line for each finished epoch, and below them one that moves.</summary>
public sealed class LiveDisplay(IAnsiConsole console, DisplayColumns columns) : TrainingDisplay
{
    private const int BarWidth = 12;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(80);

    private LiveDisplayContext? _live;
    private long _drawn;
    private bool _headed;

    /// <inheritdoc/>
    public override T Run<T>(Func<IProgress<TrainingProgress>, T> work) =>
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
    public override void Report(TrainingProgress value)
    {
        if (value.Completed is { } epoch)
            Finished(epoch, value);
        else if (Stopwatch.GetElapsedTime(_drawn) >= Pause)
            Draw(value);
    }

    private void Finished(EpochResult epoch, in TrainingProgress value)
    {
        if (!_headed)
            console.MarkupLine($"[grey]{Markup.Escape(EpochText.Header(epoch, value.Epochs, columns))}[/]");
        _headed = true;
        var text = Markup.Escape(EpochText.Finished(epoch, value, columns));
        // Written above the moving line, which Spectre draws again below it.
        console.MarkupLine(epoch.IsBest ? $"[green]{text}[/]" : text);
        if (epoch.Epoch < value.Epochs)
            Draw(value);
    }

    /// <summary>Draws the moving line; its bar is the share of the whole run.</summary>
    private void Draw(in TrainingProgress value)
    {
        _drawn = Stopwatch.GetTimestamp();
        var share = Math.Clamp((double)value.Batch / value.Batches, 0, 1);
        var filled = (int)Math.Round((value.Epoch - 1 + share) / value.Epochs * BarWidth);
        var accuracy = value.Accuracy is { } known ? EpochText.Invariant($"  accuracy [bold]{known:0.0000}[/]") : "";
        _live?.UpdateTarget(new Markup(EpochText.Invariant(
            $"[bold]{EpochText.Number(value.Epoch, value.Epochs)}[/]  [blue]{new string('━', filled)}[/][grey37]{new string('━', BarWidth - filled)}[/]  loss [bold]{value.Loss:0.0000}[/]{accuracy}  {value.SamplesPerSecond:N0} {Markup.Escape(columns.Unit)}/s  {EpochText.Clock(value.TimeLeft)} left")));
    }
}
