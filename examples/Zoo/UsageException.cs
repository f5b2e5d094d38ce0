namespace DeepGen.Zoo;

/// <summary>A command that cannot be followed; the message is one sentence for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
