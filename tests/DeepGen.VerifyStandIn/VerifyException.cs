namespace VerifyXunit;

/// <summary>A text that is not its snapshot.</summary>
public sealed class VerifyException(string message) : Exception(message);
