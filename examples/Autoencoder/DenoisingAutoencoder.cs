using DeepGen;

/// <summary>
/// A denoising autoencoder (P. Vincent et al. 2008, 2010): it is given a corrupted picture, and learns to give the clean one. The code in the middle is 32 maps of 7 × 7.
/// </summary>
[Network, Input(1, 28, 28)]
[Conv2d(16, 3, padding: 1), Relu, MaxPool2d(2)]
[Conv2d(32, 3, padding: 1), Relu, MaxPool2d(2)]
[ConvTranspose2d(32, 2, stride: 2), Relu]
[ConvTranspose2d(16, 2, stride: 2), Relu]
[Conv2d(1, 3, padding: 1)]
[MeanSquaredError]
public partial class DenoisingAutoencoder;
