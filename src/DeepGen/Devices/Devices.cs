namespace DeepGen;

/// <summary>The devices that networks can run on: the host's processor, and those of the packages that a program refers to.</summary>
public static class Devices
{
    /// <summary>The name of the host's processor, which is always there.</summary>
    public const string Cpu = "cpu";

    private static readonly Lock Sync = new();
    private static DeviceProvider[] _providers = [];

    /// <summary>All devices, the host's processor first; those that cannot be used with the reason.</summary>
    public static IReadOnlyList<DeviceInfo> List() =>
        [new DeviceInfo(Cpu, $"the host's processor, {Shapes.Count(Environment.ProcessorCount, "thread")}"), .. _providers.SelectMany(provider => provider.List())];

    /// <summary>Makes the devices of a package known; a second time does nothing.</summary>
    /// <param name="provider">The package's provider.</param>
    internal static void Register(DeviceProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        lock (Sync)
        {
            if (!_providers.Any(known => known.GetType() == provider.GetType())) _providers = [.. _providers, provider];
        }
    }

    /// <summary>The provider of a device.</summary>
    /// <exception cref="InvalidOperationException">There is no such device, or it cannot be used; the message says what was found and why.</exception>
    internal static DeviceProvider ProviderOf(string name)
    {
        foreach (var provider in _providers)
            foreach (var device in provider.List())
                if (device.Name == name)
                    return device.IsAvailable ? provider : throw new InvalidOperationException($"Device '{name}' ({device.Description}) cannot be used: {device.Reason}. Found: {Names()}.");
        throw new InvalidOperationException(
            $"There is no device '{name}'. Found: {Names()}.{(_providers.Length == 0 ? " GPUs need a reference to the package DeepGen.Ilgpu in the project that declares the network." : "")}");
    }

    private static string Names() => string.Join(", ", List().Select(device => device.IsAvailable ? device.Name : $"{device.Name} (not available)"));
}
