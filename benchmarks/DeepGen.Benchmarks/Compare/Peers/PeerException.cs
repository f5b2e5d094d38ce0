namespace DeepGen.Benchmarks.Compare;

/// <summary>The other side failed at what it was asked.</summary>
internal sealed class PeerException(string message) : Exception(message);
