namespace DeepGen;

/// <summary>
/// A state that is carried from batch to batch: what the network gives as an output for a row of one batch, it gets as an input with the same row of the next (truncated backpropagation
/// through time; R. Williams and J. Peng 1990). At the start of an epoch the input is 0.
/// </summary>
/// <param name="Output">The name of the output.</param>
/// <param name="Input">The name of the input, of float values and of the output's shape. The dataset leaves it alone.</param>
public sealed record CarriedState(string Output, string Input);
