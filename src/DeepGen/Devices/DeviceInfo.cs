namespace DeepGen;

/// <summary>A device that networks can run on, or the reason why they cannot.</summary>
/// <param name="Name">What <see cref="NetworkOptions.Device"/> calls it: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>opencl</c>, <c>ilgpu-cpu</c>.</param>
/// <param name="Description">What it is, for people to read.</param>
/// <param name="Reason">Why it cannot be used: a library that was not found, a capability that is missing. Null where it can.</param>
public sealed record DeviceInfo(string Name, string Description, string? Reason = null)
{
    /// <summary>Whether a network can run on it.</summary>
    public bool IsAvailable => Reason == null;

    /// <inheritdoc/>
    public override string ToString() => IsAvailable ? $"{Name}: {Description}" : $"{Name}: {Description}; not available: {Reason}";
}
