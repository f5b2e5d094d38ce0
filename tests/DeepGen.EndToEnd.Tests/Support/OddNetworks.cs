namespace DeepGen.EndToEnd.Tests.Support;

/// <summary>Networks whose names and surroundings could collide with what is generated.</summary>
internal static class OddNetworks
{
    /// <summary>The global namespace, internal, with a System.Numerics.Tensors in sight.</summary>
    public const string Global = """
        using System.Numerics.Tensors;
        using DeepGen;

        [Network]
        internal sealed partial class Inner
        {
            static Tensor Forward([Input(4)] Tensor x) => x.Dense(3).Map(Swish);

            static float Swish(float x) => x / (1f + MathF.Exp(-x));
        }

        internal static class Arithmetic
        {
            public static float Sum(ReadOnlySpan<float> values) => TensorPrimitives.Sum(values);
        }
        """;

    /// <summary>A namespace that has types of the names DeepGen uses, and networks of the names that generated code uses.</summary>
    public const string Names = """
        using DeepGen;

        namespace Odd
        {
            internal enum Batch { None }
            internal enum Network { None }
            internal enum MatMul { None }
            internal enum Convolution { None }
            internal enum Simd { None }
            internal enum Tensor { None }
            internal enum Workers { None }
            internal enum Optimizer { None }
            internal enum NetworkOptions { None }
            internal enum Kernels { None }
            internal enum Runtime { None }
            internal enum Clr { None }
            internal enum System { None }

            [Network, Input(2, 6, 6)]
            [Conv2d(3, 3), Relu, MaxPool2d(2), Flatten, Dropout(0.5f), Dense(4), SoftmaxCrossEntropy]
            internal sealed partial class Stack;
        }

        namespace Odd.DeepGen
        {
            [global::DeepGen.Network, Input(4), Dense(3), Softmax]
            internal sealed partial class InNamespaceDeepGen;
        }

        namespace Odd.Names
        {
            [Network, Input(4), Dense(3), Tanh]
            internal sealed partial class Kernels;

            [Network, Input(4), Dense(3), Tanh]
            internal sealed partial class Runtime;

            [Network, Input(4), Dense(3), Tanh]
            internal sealed partial class Definition;

            [Network, Input(4), Dense(3), Tanh]
            internal sealed partial class @event;

            [Network, Input(4), Dense(3), MeanSquaredError]
            internal sealed partial class Größe;
        }
        """;

    /// <summary>Members and blocks called as layers are, and inputs called as keywords and as locals of generated code are.</summary>
    public const string Members = """
        using DeepGen;

        namespace Strange;

        [Network]
        internal sealed partial class Blocks
        {
            public const int Pool = 2;

            static Tensor Forward([Input(2, 8, 8)] Tensor x) => Relu(Conv(Conv(x, 4), 4)).MaxPool2d(Pool).Flatten().Dense(3);

            [Block]
            static Tensor Conv(Tensor x, int channels) => x.Conv2d(channels, 3, padding: Padding.Same).BatchNorm();

            [Block]
            static Tensor Relu(Tensor x) => x.Relu();
        }

        [Network]
        internal sealed partial class Keywords
        {
            static (Tensor @out, Tensor @base) Forward([Input(4)] Tensor @in, [Input(4)] Tensor @class)
            {
                var sum = @in.Dense(3) + @class.Dense(3);
                return (sum.Tanh(), sum.Dense(2));
            }

            static Tensor Loss(Tensor @out, Tensor @base, [Target(3)] Tensor @new, [Target(type: Element.Int32)] Tensor @params) =>
                @out.MeanSquaredError(@new) + 0.5f * @base.SoftmaxCrossEntropy(@params);
        }

        [Network, MeanSquaredError]
        internal sealed partial class Locals
        {
            static Tensor Forward([Input(4)] Tensor optimizer, [Input(4)] Tensor batch, [Input(4)] Tensor f, [Input(4)] Tensor n, [Input(4)] Tensor inputs, [Input(4)] Tensor outputs, [Input(4)] Tensor targets) =>
                (optimizer + batch + f + n + inputs + outputs + targets).Dense(4);
        }

        [Network]
        internal sealed partial class Echo
        {
            static Tensor Forward([Input(4)] Tensor x) => x.Dense(4);

            static Tensor Loss(Tensor y, [Target(4)] Tensor x) => y.MeanSquaredError(x);
        }

        [Network]
        internal sealed partial class Refine
        {
            static (Tensor x, Tensor in_0) Forward([Input(4)] Tensor x, [Input(4)] Tensor n_)
            {
                var y = (x + n_).Dense(4);
                return (y.Tanh(), y.Relu());
            }
        }
        """;

    public const string Program = """
        using DeepGen;
        using Strange;

        using var net = Keywords.Create(new NetworkOptions { MaxBatch = 2, Seed = 3 });
        float[] a = [1, 2, 3, 4], b = [4, 3, 2, 1], target = [0.5f, 0.25f, -0.5f];
        int[] label = [1];
        using var sgd = new Holder(new Sgd(0.1f));
        var first = net.Step(a, b, target, label, sgd.Optimizer);
        var last = first;
        for (var i = 0; i < 50; i++) last = net.Step(a, b, target, label, sgd.Optimizer);
        Console.WriteLine(last < 0.5f * first && Arithmetic.Sum(a) == 10);

        internal sealed class Holder(Optimizer optimizer) : IDisposable
        {
            public Optimizer Optimizer => optimizer;

            public void Dispose() => (optimizer as IDisposable)?.Dispose();
        }
        """;

    /// <summary>A project that wants the other Tensor.</summary>
    public const string OtherTensor = """
        global using Tensor = System.Numerics.Tensors.Tensor;

        var sum = Tensor.Create(new float[] { 1, 2 }, [2]);
        Console.WriteLine(sum.Rank);
        """;
}
