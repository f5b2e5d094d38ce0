namespace DeepGen.Benchmarks.Compare;

/// <summary>Our side of a workload, with its weights and its samples.</summary>
internal interface ISide : IDisposable
{
    /// <summary>Numbers that are trained.</summary>
    long Parameters { get; }

    /// <summary>Writes weights and samples for the other side.</summary>
    void Export(Exchange files);

    /// <summary>All that the first weights give in inference mode.</summary>
    float[] Outputs();

    /// <summary>One prediction or training step.</summary>
    /// <returns>The loss before a training step.</returns>
    float Run();

    /// <summary>Back to the first weights, with a new optimizer.</summary>
    void Restart();
}
