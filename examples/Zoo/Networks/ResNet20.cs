namespace DeepGen.Zoo.Networks;

/// <summary>ResNet-20 for images of 32x32 (He et al. 2015, section 4.2), with projections as shortcuts where the shape changes.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet20
{
    static Tensor Forward([Input(3, 32, 32)] Tensor image) => Body(image);

    internal static Tensor Body(Tensor x)
    {
        x = x.Conv2d(16, 3, padding: 1, bias: false, name: "conv1").BatchNorm(name: "bn1").Relu();
        for (var stage = 0; stage < 3; stage++)
            for (var i = 0; i < 3; i++)
                x = ResNet.Basic(x, 16 << stage, stride: i == 0 && stage > 0 ? 2 : 1, $"layer{stage + 1}.{i}");
        return x.GlobalAvgPool2d().Dense(10, name: "fc");
    }
}

/// <summary><see cref="ResNet20"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class ResNet20Small
{
    static Tensor Forward([Input(3, 8, 8)] Tensor image) => ResNet20.Body(image);
}
