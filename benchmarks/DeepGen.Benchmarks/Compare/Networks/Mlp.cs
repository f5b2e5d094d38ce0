namespace DeepGen.Benchmarks.Compare.Networks;

/// <summary>A perceptron of three layers for MNIST.</summary>
[Network, Input(784), Dense(512), Relu, Dense(256), Relu, Dense(10), SoftmaxCrossEntropy]
public partial class Mlp;
