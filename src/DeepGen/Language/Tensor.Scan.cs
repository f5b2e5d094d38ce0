namespace DeepGen;

/// <content>Recurrence with a cell of your own.</content>
public sealed partial class Tensor
{
    /// <summary>Calls a cell at every step of a sequence (T, …). The cell is evaluated once: the weights it makes are the same at every step, and nothing is unrolled.</summary>
    /// <param name="cell">A static method of yours, or a lambda: from a step and the state before it to the state after it.</param>
    /// <param name="state">The state before the first step: <see cref="Zeros"/>, a parameter, another tensor.</param>
    /// <param name="reverse">From the last step to the first.</param>
    /// <param name="name">The first part of its parameters' names; null for none.</param>
    /// <returns>The states after every step, (T, …), and the one after the last.</returns>
    public (Tensor Sequence, Tensor State) Scan(Func<Tensor, Tensor, Tensor> cell, Tensor state, bool reverse = false, string? name = null) => throw BuildTimeOnly();

    /// <summary>Calls a cell at every step of a sequence (T, …). The cell is evaluated once: the weights it makes are the same at every step, and nothing is unrolled.</summary>
    /// <param name="cell">A static method of yours, or a lambda: from a step and the state before it to the state after it and the output of the step.</param>
    /// <param name="state">The state before the first step: <see cref="Zeros"/>, a parameter, another tensor.</param>
    /// <param name="reverse">From the last step to the first.</param>
    /// <param name="name">The first part of its parameters' names; null for none.</param>
    /// <returns>The outputs of all steps, (T, …), and the state after the last.</returns>
    public (Tensor Sequence, Tensor State) Scan(Func<Tensor, Tensor, (Tensor State, Tensor Output)> cell, Tensor state, bool reverse = false, string? name = null) => throw BuildTimeOnly();

    /// <summary>Calls a cell with two states at every step of a sequence (T, …). The cell is evaluated once: the weights it makes are the same at every step, and nothing is unrolled.</summary>
    /// <param name="cell">A static method of yours, or a lambda: from a step and the states before it to the states after it.</param>
    /// <param name="state1">The first state before the first step.</param>
    /// <param name="state2">The second state before the first step.</param>
    /// <param name="reverse">From the last step to the first.</param>
    /// <param name="name">The first part of its parameters' names; null for none.</param>
    /// <returns>The first states after every step, (T, …), and both after the last.</returns>
    public (Tensor Sequence, Tensor State1, Tensor State2) Scan(Func<Tensor, Tensor, Tensor, (Tensor State1, Tensor State2)> cell, Tensor state1, Tensor state2, bool reverse = false, string? name = null) => throw BuildTimeOnly();

    /// <summary>Calls a cell with two states at every step of a sequence (T, …). The cell is evaluated once: the weights it makes are the same at every step, and nothing is unrolled.</summary>
    /// <param name="cell">A static method of yours, or a lambda: from a step and the states before it to the states after it and the output of the step.</param>
    /// <param name="state1">The first state before the first step.</param>
    /// <param name="state2">The second state before the first step.</param>
    /// <param name="reverse">From the last step to the first.</param>
    /// <param name="name">The first part of its parameters' names; null for none.</param>
    /// <returns>The outputs of all steps, (T, …), and both states after the last.</returns>
    public (Tensor Sequence, Tensor State1, Tensor State2) Scan(Func<Tensor, Tensor, Tensor, (Tensor State1, Tensor State2, Tensor Output)> cell, Tensor state1, Tensor state2, bool reverse = false, string? name = null) => throw BuildTimeOnly();

    /// <summary>A tensor of zeros, the same for every sample: a first state.</summary>
    /// <param name="shape">Its extents.</param>
    public static Tensor Zeros(params ReadOnlySpan<int> shape) => throw BuildTimeOnly();
}
