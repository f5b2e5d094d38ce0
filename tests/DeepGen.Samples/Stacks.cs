using DeepGen;

namespace Samples.Stacks;

/// <summary>Every op of the attribute form.</summary>
[Network, Input(3, 24, 24)]
[Conv2d(channels: 8, kernel: 3, stride: 2, padding: Padding.Same, dilation: 1, groups: 1, bias: false, name: "stem")]
[BatchNorm(momentum: 0.2f, epsilon: 1e-4f), Relu]
[Conv2d(8, 3, padding: 2, dilation: 2, groups: 4), LeakyRelu(0.2f), MaxPool2d(3, stride: 2, padding: 1)]
[Conv2d(16, 3), Sigmoid, AvgPool2d(2, countPadding: false), Reshape(-1, 4), Flatten, Dropout(0.25f)]
[Dense(12, bias: false), BatchNorm, Tanh, Dense(6), Softmax(name: "probabilities")]
[MeanSquaredError]
public sealed partial class EveryLayer;

/// <summary>No loss: forward and backward alone.</summary>
[Network, Input(2, 9, 7), Conv2d(4, (2 * 2) - 1), GlobalAvgPool2d]
partial class WithoutLoss;

/// <summary>A stack with a loss method, in two declarations: only the stack must stand on one.</summary>
[Network, Input(5), Dense(4)]
public partial class WithLossMethod
{
    static Tensor Loss(Tensor y, [Target(4)] Tensor t) => y.MeanSquaredError(t);
}

public partial class WithLossMethod : IDisposable
{
    /// <summary>An overload beside the generated one.</summary>
    public void Predict(float[] x, float[] y) => Predict(x.AsSpan(), y.AsSpan());
}
