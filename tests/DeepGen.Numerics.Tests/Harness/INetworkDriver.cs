namespace DeepGen.Numerics.Tests.Harness;

/// <summary>
/// A compiled network behind arrays. The compilation under test implements it for every network with calls of the generated typed members, whose
/// spans reflection cannot pass; so those members and their signatures are tested too.
/// </summary>
public interface INetworkDriver : IDisposable
{
    Network Network { get; }

    /// <param name="x">float[] or int[] per input.</param>
    void Predict(Array[] x, float[][] y);

    float Step(Array[] x, Array[] targets, Optimizer optimizer);

    float Evaluate(Array[] x, Array[] targets, float[][] y);

    void Forward(Array[] x, float[][] y);

    /// <param name="dx">One per float input; null where the gradient is not wanted.</param>
    /// <param name="parameters">A network without float inputs has no such choice.</param>
    void Backward(float[][] dy, float[]?[] dx, bool parameters = true);
}
