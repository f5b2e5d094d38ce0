namespace DeepGen;
/// <summary>x</summary>
public sealed unsafe class Sgd(float learningRate) : Optimizer(learningRate, 1)
{
    private protected override void Update(Kernels.Workers workers, float* parameters, float* gradients, nint offset, nint length, long updates) { }
}
