namespace DeepGen;

/// <summary>
/// The loss of a training step is NaN or infinite. It is thrown before gradients and weights are touched, and running
/// statistics are put back, so the weights are those of the step before and can be saved.
/// </summary>
public sealed class NonFiniteException : ArithmeticException
{
    internal NonFiniteException(string message, long step, string? layer, double loss) : base(message) => (Step, Layer, Loss) = (step, layer, loss);

    /// <summary>The number of the training step, counted from 1.</summary>
    public long Step { get; }

    /// <summary>The first input, layer or parameter with a value that is not finite; null when all are finite and the loss alone is not.</summary>
    public string? Layer { get; }

    /// <summary>The loss: NaN or an infinity.</summary>
    public double Loss { get; }
}
