namespace DeepGen.Zoo.Networks;

/// <summary>
/// One threshold unit (Rosenblatt 1958), learning from its score by the delta rule (Widrow and Hoff 1960). No line separates XOR (Minsky and Papert 1969):
/// the best that it can say to all four samples is ½, a loss of 0.25.
/// </summary>
[Network, Input(2), Dense(1), MeanSquaredError]
public partial class Perceptron;

/// <summary>A hidden layer learns XOR (Rumelhart, Hinton and Williams 1986).</summary>
[Network, Input(2), Dense(4), Tanh, Dense(1), BinaryCrossEntropyWithLogits]
public partial class XorMlp;
