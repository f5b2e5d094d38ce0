namespace DeepGen;

/// <summary>
/// The loss of a training step, or the norm that its gradients are to be clipped by, is NaN or infinite. It is thrown before weights are
/// touched, and running statistics are put back, so the weights are those of the step before and can be saved.
/// </summary>
public sealed class NonFiniteException : ArithmeticException
{
    internal NonFiniteException(string message, long step, string? layer, double loss) : base(message) => (Step, Layer, Loss) = (step, layer, loss);

    /// <summary>The number of the training step, counted from 1.</summary>
    public long Step { get; }

    /// <summary>The first input, layer or parameter with a value, or a gradient, that is not finite; null when all are finite and the loss alone is not.</summary>
    public string? Layer { get; }

    /// <summary>The loss: NaN or an infinity; NaN also where a gradient is at fault.</summary>
    public double Loss { get; }
}
