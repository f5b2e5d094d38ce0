using ILGPU;

namespace DeepGen.Ilgpu;

/// <summary>Moves one parameter by an optimizer's rule, which is the host's.</summary>
internal readonly struct UpdateBody<R>(
    R rule,
    ArrayView<float> parameters,
    ArrayView<float> gradients,
    ArrayView<float> first,
    ArrayView<float> second,
    ArrayView<float> third,
    int kept,
    float scale,
    float limit) : IMap
    where R : unmanaged, IUpdateRule
{
    public void At(int index)
    {
        var zero = Scalar.Broadcast(0f);
        var a = (kept & 1) != 0 ? Scalar.Load(first, index) : zero;
        var b = (kept & 2) != 0 ? Scalar.Load(second, index) : zero;
        var c = (kept & 4) != 0 ? Scalar.Load(third, index) : zero;
        var most = Scalar.Broadcast(limit);
        var gradient = Scalar.Max(-most, Scalar.Min(most, Scalar.Broadcast(scale) * Scalar.Load(gradients, index)));
        Scalar.Store(parameters, index, rule.Next(Scalar.Load(parameters, index), gradient, ref a, ref b, ref c));
        if ((kept & 1) != 0) Scalar.Store(first, index, a);
        if ((kept & 2) != 0) Scalar.Store(second, index, b);
        if ((kept & 4) != 0) Scalar.Store(third, index, c);
    }
}
