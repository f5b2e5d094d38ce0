using DeepGen.Kernels;

namespace DeepGen;

/// <summary>The Euclidean norms of the gradients, parameter by parameter: the root of the mean square over a few steps of an epoch. Looking allocates nothing.</summary>
internal sealed class GradientNorms
{
    private const int LooksPerEpoch = 8;

    private readonly Parameter[] _parameters;
    private readonly double[] _last;
    private readonly double[] _sums;
    private int _looks;

    public GradientNorms(Network network)
    {
        _parameters = [.. network.Parameters.Where(parameter => parameter.IsTrainable)];
        (_last, _sums) = (new double[_parameters.Length], new double[_parameters.Length]);
    }

    /// <summary>Those that have a gradient.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>The norms of the step that was looked at last.</summary>
    public ReadOnlySpan<double> Last => _last;

    /// <summary>Whether any step of the epoch was looked at.</summary>
    public bool Any => _looks > 0;

    /// <summary>Looks at the gradients of a step, at evenly many steps of an epoch.</summary>
    /// <returns>Whether this is one of them.</returns>
    public bool Look(WatchedTraining training)
    {
        var (batch, batches) = ((long)training.Batch, (long)training.Batches);
        if (batch * LooksPerEpoch / batches == (batch - 1) * LooksPerEpoch / batches) return false;
        for (var i = 0; i < _parameters.Length; i++)
        {
            var squares = Squares(_parameters[i]);
            _last[i] = Math.Sqrt(squares);
            _sums[i] += squares;
        }

        _looks++;
        return true;
    }

    /// <summary>The norm of a parameter over the epoch.</summary>
    public double Of(int parameter) => Math.Sqrt(_sums[parameter] / _looks);

    /// <summary>Forgets the epoch.</summary>
    public void Clear()
    {
        Array.Clear(_sums);
        _looks = 0;
    }

    private static unsafe double Squares(Parameter parameter)
    {
        fixed (float* values = parameter.Gradient)
        {
            var squares = new Squares { Values = values };
            return Simd.SumDouble(in squares, parameter.Count);
        }
    }
}
