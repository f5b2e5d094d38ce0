namespace DeepGen;

/// <summary>A package that brings devices beside the host's processor.</summary>
internal abstract class DeviceProvider
{
    /// <summary>Its devices, those that cannot be used with the reason.</summary>
    public abstract IReadOnlyList<DeviceInfo> List();

    /// <summary>Makes what runs a network on one of the devices.</summary>
    /// <param name="device">The name of an available one.</param>
    /// <param name="definition">What the generator knows about the network.</param>
    /// <param name="weights">Its weights on the host.</param>
    /// <param name="options">The options that it is created with.</param>
    public abstract Executor Create(string device, NetworkDefinition definition, Weights weights, NetworkOptions options);
}
