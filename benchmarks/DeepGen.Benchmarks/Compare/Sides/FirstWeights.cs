namespace DeepGen.Benchmarks.Compare;

/// <summary>What the parameters and running statistics of a network were.</summary>
internal sealed class FirstWeights(Network network)
{
    private readonly float[][] _values = [.. network.Parameters.Select(parameter => parameter.Values.ToArray())];

    public void Restore()
    {
        for (var i = 0; i < _values.Length; i++)
            _values[i].CopyTo(network.Parameters[i].Span);
    }
}
