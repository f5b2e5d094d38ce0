using DeepGen.Examples.Report;

namespace DeepGen.Examples.Display;

/// <summary>One line for each epoch, for files and pipes.</summary>
public sealed class PlainDisplay(TextWriter output) : ITrainingDisplay
{
    private bool _headed;

    /// <inheritdoc/>
    public T Show<T>(Func<ITrainingDisplay, T> work) => work(this);

    /// <inheritdoc/>
    public void At(in Position position)
    {
    }

    /// <inheritdoc/>
    public void Finished(EpochRecord epoch, int epochs, bool best, TimeSpan left)
    {
        if (!_headed)
            output.WriteLine(EpochText.Header(epochs));
        _headed = true;
        output.WriteLine(EpochText.Finished(epoch, epochs, best, left));
    }
}
