namespace DeepGen.Zoo.Networks;

/// <summary>C3D (Tran et al. 2015, Learning spatiotemporal features with 3D convolutional networks): sixteen frames, 3x3x3 filters.</summary>
[Network, SoftmaxCrossEntropy]
public partial class C3D
{
    static Tensor Forward([Input(3, 16, 112, 112)] Tensor video) => Body(video);

    internal static Tensor Body(Tensor x, int width = 64, int hidden = 4096, int classes = 487)
    {
        // The first pooling leaves time alone.
        x = Conv(x, width).MaxPool3d([1, 2, 2]);
        x = Conv(x, 2 * width).MaxPool3d(2);
        x = Conv(Conv(x, 4 * width), 4 * width).MaxPool3d(2);
        x = Conv(Conv(x, 8 * width), 8 * width).MaxPool3d(2);
        x = Conv(Conv(x, 8 * width), 8 * width).MaxPool3d([2, 2, 2], padding: [0, 1, 1]);
        x = x.Flatten().Dense(hidden).Relu().Dropout().Dense(hidden).Relu().Dropout();
        return x.Dense(classes);
    }

    static Tensor Conv(Tensor x, int channels) => x.Conv3d(channels, 3, padding: 1).Relu();
}

/// <summary><see cref="C3D"/>, small.</summary>
[Network, SoftmaxCrossEntropy]
public partial class C3DSmall
{
    static Tensor Forward([Input(3, 16, 16, 16)] Tensor video) => C3D.Body(video, width: 8, hidden: 512, classes: 10);
}
