using System.Runtime.InteropServices;

namespace DeepGen.Benchmarks.Compare;

/// <summary>Something to do before the program ends because it is interrupted.</summary>
internal sealed class Interruption(Action action) : IDisposable
{
    private readonly PosixSignalRegistration[] _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, _ => action()))];

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
    }
}
