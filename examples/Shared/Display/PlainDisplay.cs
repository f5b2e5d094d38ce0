namespace DeepGen.Examples.Display;

/// <summary>One line for each epoch, for files and pipes.</summary>
public sealed class PlainDisplay(TextWriter output, DisplayColumns columns) : TrainingDisplay
{
    private bool _headed;

    /// <inheritdoc/>
    public override void Report(TrainingProgress value)
    {
        if (value.Completed is not { } epoch)
            return;
        if (!_headed)
            output.WriteLine(EpochText.Header(epoch, value.Epochs, columns));
        _headed = true;
        output.WriteLine(EpochText.Finished(epoch, value, columns));
        output.Flush();
    }
}
