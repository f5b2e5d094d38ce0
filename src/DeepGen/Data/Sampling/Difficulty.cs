namespace DeepGen;

/// <summary>How difficult samples are, for <see cref="Sampler.Curriculum"/>.</summary>
public static class Difficulty
{
    /// <summary>
    /// The loss of each sample under a network that was trained before: another one ("transfer scoring") or the same ("self-taught"); G. Hacohen and D. Weinshall 2019, section 2.2.
    /// </summary>
    /// <param name="network">A network with a loss; it is not changed.</param>
    /// <param name="dataset">The samples.</param>
    /// <param name="cancellationToken">Ends it between two samples.</param>
    /// <returns>The losses in the order of the dataset.</returns>
    /// <exception cref="ArgumentException">The dataset does not fit the network, or a loss is NaN.</exception>
    /// <exception cref="InvalidOperationException">The network has no loss.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static double[] ByLoss(Network network, IDataset dataset, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(dataset);
        if (!network.Definition.HasLoss)
            throw new InvalidOperationException($"Difficulty.ByLoss: {network.Definition.Name} has no loss; declare one, for instance [SoftmaxCrossEntropy].");
        var losses = new double[dataset.Count];
        using var loader = new DataLoader(network, dataset, new DataLoaderOptions { BatchSize = 1, Sampler = Sampler.Sequential });
        loader.Begin(1);
        for (var i = 0; loader.Next() is { } batch; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            losses[i] = network.Evaluate(batch);
            if (double.IsNaN(losses[i])) throw new ArgumentException($"Difficulty.ByLoss: the loss of sample {i} is NaN.", nameof(dataset));
        }

        return losses;
    }
}
