using DeepGen;

/// <summary>Small, with all that a training keeps besides weights: running statistics and random numbers by the step.</summary>
[Network, Input(2, 6, 6)]
[Conv2d(4, 3, padding: 1, bias: false), BatchNorm, Relu, Dropout(0.3f)]
[Flatten, Dense(3)]
[SoftmaxCrossEntropy]
public partial class Patterns;
