using DeepGen;

namespace Samples;

[Network, Input(1, 28, 28)]
[Conv2d(6, 5, padding: 2), Tanh, AvgPool2d(2)]
[Conv2d(16, 5), Tanh, AvgPool2d(2)]
[Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
[SoftmaxCrossEntropy]
public partial class LeNet5;
