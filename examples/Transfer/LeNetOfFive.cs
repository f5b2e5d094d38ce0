using DeepGen;

/// <summary>LeNet-5 for five classes. All layers but the last are the features; the last has a name, so that it can be told from them.</summary>
[Network, Input(1, 28, 28)]
[Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
[Conv2d(16, 5), Tanh, AvgPool2d(2)]
[Flatten, Dense(120), Tanh, Dense(84), Tanh]
[Dense(5, name: "head")]
[SoftmaxCrossEntropy]
public partial class LeNetOfFive;
