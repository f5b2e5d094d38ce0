namespace DeepGen.Examples;

/// <summary>Options that cannot be followed; the message is one sentence for the user.</summary>
public sealed class UsageException(string message) : Exception(message);
