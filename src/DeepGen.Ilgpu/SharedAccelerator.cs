using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace DeepGen.Ilgpu;

/// <summary>
/// A device that is open, for all networks on it, because opening one takes longer than creating a network. It is closed with the last network; and after a kernel failed to compile it is
/// not given to further networks, since ILGPU's context cannot be used any more.
/// </summary>
internal sealed class SharedAccelerator
{
    private static readonly Lock Sync = new();
    private static readonly Dictionary<string, SharedAccelerator> Open = [];
    private readonly string _name;
    private readonly Context _context;
    private int _users;

    private SharedAccelerator(string name)
    {
        _name = name;
        _context = Context.Create(builder => Configure(builder.Optimize(OptimizationLevel.O2), name));
        try
        {
            Rounded.Register(_context);
            Accelerator = name == IlgpuProvider.Simulation ? _context.CreateCPUAccelerator(0) : _context.Devices[IlgpuProvider.Number(name)].CreateAccelerator(_context);
        }
        catch
        {
            _context.Dispose();
            throw;
        }
    }

    public Accelerator Accelerator { get; }

    /// <summary>The device, opened where no network has it open.</summary>
    public static SharedAccelerator Rent(string name)
    {
        lock (Sync)
        {
            if (!Open.TryGetValue(name, out var device)) Open.Add(name, device = new SharedAccelerator(name));
            device._users++;
            return device;
        }
    }

    public void Return()
    {
        lock (Sync)
        {
            if (--_users > 0) return;
            Forget();
            Accelerator.Dispose();
            _context.Dispose();
        }
    }

    /// <summary>Gives it to no further network.</summary>
    public void Forget()
    {
        lock (Sync)
        {
            if (Open.TryGetValue(_name, out var device) && device == this) Open.Remove(_name);
        }
    }

    private static void Configure(Context.Builder builder, string device)
    {
        if (device == IlgpuProvider.Simulation) builder.CPU(CPUDeviceKind.Nvidia);
        else if (device.StartsWith("cuda", StringComparison.Ordinal)) builder.Cuda();
        else builder.OpenCL();
    }
}
