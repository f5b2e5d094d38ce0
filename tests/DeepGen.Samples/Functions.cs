using DeepGen;

namespace Samples;

/// <summary>Functions given to Map: methods, lambdas with constants around them, conditions, early returns, loops.</summary>
[Network, MeanSquaredError]
public partial class Functions
{
    static Tensor Forward([Input(12)] Tensor x)
    {
        x = x.Dense(8).Map(Mish).Dense(8).Map(HardSwish).Dense(8).Map(Gelu);
        for (var i = 0; i < 2; i++)
        {
            var slope = 0.1f * (i + 1);
            x = x.Dense(8).Map(v => v > 0 ? v : slope * v);
        }

        return x.Map(Elu).Dense(8).Map(Series).Dense(3).Map(MathF.Tanh, name: "last");
    }

    static float Mish(float x) => x * MathF.Tanh(MathF.Log(1 + MathF.Exp(x)));

    static float HardSwish(float x) => x switch { < -3 => 0, > 3 => x, _ => x * (x + 3) / 6 };

    static float Gelu(float x)
    {
        const float C = 0.044715f;
        return 0.5f * x * (1 + MathF.Tanh(MathF.Sqrt(2 / MathF.PI) * (x + C * MathF.Pow(x, 3))));
    }

    static float Elu(float x)
    {
        if (x >= 0)
        {
            return x;
        }

        var e = MathF.Exp(x);
        return e - 1;
    }

    static float Series(float x)
    {
        float sum = 0, power = 1;
        for (var i = 1; i <= 4; i++)
        {
            sum += power / i;
            power *= 0.1f * x;
        }

        return Math.Clamp(sum, -10, 10);
    }
}
