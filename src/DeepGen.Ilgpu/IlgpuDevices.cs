using System.ComponentModel;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace DeepGen.Ilgpu;

/// <summary>What generated code calls when a program starts.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class IlgpuDevices
{
    /// <summary>Makes the devices known.</summary>
    public static void Register() => Devices.Register(new IlgpuProvider());
}

/// <summary>The devices that ILGPU finds: CUDA, OpenCL, and its own simulation on the host's processor, which is for tests.</summary>
internal sealed class IlgpuProvider : DeviceProvider
{
    internal const string Simulation = "ilgpu-cpu";

    /// <inheritdoc/>
    public override IReadOnlyList<DeviceInfo> List()
    {
        var result = new List<DeviceInfo>();
        Add("cuda", "NVIDIA GPU", builder => builder.Cuda());
        Add("opencl", "OpenCL device", builder => builder.OpenCL());
        result.Add(new DeviceInfo(Simulation, "ILGPU's simulation of a GPU on the host's processor, for tests: slow"));
        return result;

        void Add(string name, string kind, Action<Context.Builder> with)
        {
            try
            {
                using var context = Context.Create(with);
                for (var i = 0; i < context.Devices.Length; i++) result.Add(new DeviceInfo(Name(name, i), context.Devices[i].Name));
                if (context.Devices.Length == 0) result.Add(new DeviceInfo(name, kind, $"ILGPU found none: no driver (library {(name == "cuda" ? "cuda" : "OpenCL")}), or no device with the capabilities that it needs"));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                result.Add(new DeviceInfo(name, kind, e.Message));
            }
        }
    }

    /// <inheritdoc/>
    public override Executor Create(string device, NetworkDefinition definition, Weights weights, NetworkOptions options)
    {
        if (definition.OnDevice == null)
            throw new InvalidOperationException($"{definition.Name} was compiled without its GPU side; refer to the package DeepGen.Ilgpu in the project that declares it.");
        var shared = SharedAccelerator.Rent(device);
        var opened = new GpuDevice(shared);
        try
        {
            return new GpuExecutor(opened, definition, weights, options);
        }
        catch
        {
            shared.Forget();
            opened.Dispose();
            throw;
        }
    }

    internal static string Name(string name, int number) => number == 0 ? name : $"{name}:{number}";

    internal static int Number(string device) => device.IndexOf(':') is >= 0 and var at ? int.Parse(device.AsSpan(at + 1), System.Globalization.CultureInfo.InvariantCulture) : 0;
}
