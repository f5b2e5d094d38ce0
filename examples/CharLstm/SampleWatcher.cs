namespace DeepGen.Examples.CharLstm;

/// <summary>Adds to the report what the network writes after each epoch.</summary>
internal sealed class SampleWatcher(TrainingReport report, Writer writer, Settings settings) : ITrainingWatcher
{
    /// <summary>Letters of a sample: enough to see whether words, lines and speeches are there.</summary>
    private const int Length = 300;

    void ITrainingWatcher.OnEpoch(WatchedTraining training, EpochResult epoch)
    {
        writer.Follow(training.Network);
        var text = writer.Write(settings.Prime, Length, settings.Temperature, settings.Seed);
        report.AddText("What it writes", text, FormattableString.Invariant($"after epoch {epoch.Epoch}: {epoch.ValidationLoss:0.000} nats per letter"));
    }
}
