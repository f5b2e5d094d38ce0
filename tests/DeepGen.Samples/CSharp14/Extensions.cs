using DeepGen;

namespace Samples;

/// <summary>Extension blocks of C# 14, which the tests' Roslyn 4.14 cannot read: built by the SDK's compiler alone.</summary>
[Network]
public partial class CSharp14
{
    static Tensor Forward([Input(4)] Tensor x) => x.Doubled.Narrow(3).Narrow();
}

internal static class TensorExtensionBlock
{
    extension(Tensor x)
    {
        public Tensor Doubled => x.Dense(2 * x.Features);

        public Tensor Narrow(int by = 1)
        {
            ReadOnlySpan<int> widths = new[] { x.Features - by };
            return x.Dense(widths[0]).Relu();
        }
    }
}
