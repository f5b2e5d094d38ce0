namespace DeepGen.Benchmarks.Compare.Networks;

/// <summary>Two LSTM layers of 256 units over 64 steps of 256 features, and a classifier on the last state.</summary>
[Network, Input(64, 256), Lstm(256, layers: 2), Dense(10), SoftmaxCrossEntropy]
public partial class LongLstm;
