using DeepGen;

/// <summary>LeNet-5 for five classes. Its two convolutions are the features that are transferred; its dense layers say what the features mean, and are learned anew.</summary>
[Network, Input(1, 28, 28)]
[Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
[Conv2d(16, 5), Tanh, AvgPool2d(2)]
[Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(5)]
[SoftmaxCrossEntropy]
public partial class LeNetOfFive;
