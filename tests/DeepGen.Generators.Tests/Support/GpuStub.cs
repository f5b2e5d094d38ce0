// What the emitted GPU side and the kernels of DeepGen.Ilgpu use of ILGPU, so that their text is compiled where the package is missing. Nothing of it runs; this file is no part of the tests' assembly.
namespace ILGPU
{
    public readonly struct ArrayView<T> where T : unmanaged
    {
        public ref T this[int index] => throw null!;
        public ref T this[long index] => throw null!;
        public long Length => throw null!;
        public ArrayView<T> SubView(long index) => throw null!;
        public ArrayView<T> SubView(long index, long length) => throw null!;
        public ArrayView<TOther> Cast<TOther>() where TOther : unmanaged => throw null!;
    }

    public static class Group
    {
        public static int IdxX => throw null!;
        public static int DimX => throw null!;
        public static void Barrier() => throw null!;
    }

    public static class Grid
    {
        public static int IdxX => throw null!;
        public static int IdxY => throw null!;
        public static int IdxZ => throw null!;
        public static Index3D GlobalIndex => throw null!;
    }

    public readonly struct Index3D
    {
        public Index3D(int x, int y, int z) => throw null!;
        public int X => throw null!;
    }

    public static class SharedMemory
    {
        public static ArrayView<T> Allocate<T>(int length) where T : unmanaged => throw null!;
    }

    public static class Interop
    {
        public static uint FloatAsInt(float value) => throw null!;
        public static float IntAsFloat(uint value) => throw null!;
    }
}

namespace ILGPU.Runtime
{
    public sealed class AcceleratorStream;

    public readonly struct KernelConfig
    {
        public KernelConfig(int grid, int group) => throw null!;
        public KernelConfig(ILGPU.Index3D grid, ILGPU.Index3D group) => throw null!;
    }
}

namespace DeepGen.Ilgpu
{
    using ILGPU;
    using ILGPU.Runtime;

    public sealed class GpuDevice
    {
        internal int GroupSize => throw null!;
        internal int RowGroupSize => throw null!;
        internal System.Action<AcceleratorStream, KernelConfig, T> Load<T>(System.Action<T> kernel) => throw null!;
        internal System.Action<AcceleratorStream, KernelConfig, T, T1> Load<T, T1>(System.Action<T, T1> kernel) => throw null!;
        internal System.Action<AcceleratorStream, KernelConfig, T, int, int, int, int> Load<T>(System.Action<T, int, int, int, int> kernel) => throw null!;
        internal ArrayView<T> Constant<T>(System.ReadOnlySpan<T> values) where T : unmanaged => throw null!;
    }

    internal static class Rounded
    {
        public static float Multiply(float a, float b) => throw null!;
        public static float MultiplyAdd(float a, float b, float c) => throw null!;
    }

    public sealed class IlgpuDevices
    {
        public static void Register() => throw null!;
    }

    internal sealed class GpuExecutor
    {
        internal Staging Inputs => throw null!;
        internal Staging Targets => throw null!;
        internal Staging Outputs => throw null!;
        internal Staging InputGradients => throw null!;
        internal static unsafe void Read(AcceleratorStream stream, void* from, ArrayView<float> to, long floats) => throw null!;
        internal static unsafe void Write(AcceleratorStream stream, ArrayView<float> from, void* to, long floats) => throw null!;
        internal float Mean(GpuFrame f, ArrayView<float> losses) => throw null!;

        internal sealed class Staging
        {
            public ArrayView<float> Of(int index, long batch) => throw null!;
        }
    }
}
