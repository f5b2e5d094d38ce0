namespace DeepGen.Benchmarks.Compare;

/// <summary>What one run of a workload is.</summary>
internal enum WorkloadKind
{
    /// <summary>Inference.</summary>
    Predict,

    /// <summary>Forward, loss, backward and update.</summary>
    Step,

    /// <summary>A step of a discriminator and one of a generator.</summary>
    Adversarial,

    /// <summary>One kernel.</summary>
    Kernel,
}
