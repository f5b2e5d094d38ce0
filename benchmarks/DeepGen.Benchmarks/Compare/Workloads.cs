using DeepGen.Benchmarks.Compare.Networks;
using DeepGen.Zoo.Networks;

namespace DeepGen.Benchmarks.Compare;

/// <summary>All that is compared, in the order of the table.</summary>
internal static class Workloads
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        Predict("LeNet-5", 1, LeNet5.Create, "lenet5"),
        Predict("LeNet-5", 64, LeNet5.Create, "lenet5"),
        Predict("MLP", 1, Mlp.Create, "mlp") with { HasImages = false },
        Predict("MLP", 128, Mlp.Create, "mlp") with { HasImages = false },
        Predict("ResNet-18", 1, ResNet18.Create, "resnet18"),
        Predict("ResNet-18", 8, ResNet18.Create, "resnet18"),
        Predict("ResNet-50", 1, ResNet50.Create, "resnet50"),
        Predict("ResNet-50", 8, ResNet50.Create, "resnet50"),
        Predict("GoogLeNet", 1, GoogLeNet.Create, "googlenet"),
        Predict("GoogLeNet", 8, GoogLeNet.Create, "googlenet"),
        Predict("U-Net 572", 1, UNet.Create, "unet"),
        Predict("VGG-16", 1, Vgg16.Create, "vgg16"),

        Step("LeNet-5", 1, LeNet5.Create, "lenet5"),
        Step("LeNet-5", 64, LeNet5.Create, "lenet5") with { IsForMemory = true },
        Step("MLP", 128, Mlp.Create, "mlp") with { HasImages = false },
        Step("ResNet-20", 128, ResNet20.Create, "resnet20") with { IsForMemory = true },
        Step("ResNet-18", 8, ResNet18.Create, "resnet18") with { IsForMemory = true, IsScaling = true },
        Step("ResNet-50", 4, ResNet50.Create, "resnet50") with { IsForMemory = true, LearningRate = 1e-5f },
        Step("VGG-16", 4, Vgg16.Create, "vgg16") with { HasDropout = true, IsForMemory = true },
        Step("U-Net 572", 1, UNet.Create, "unet") with { HasDropout = true, IsForMemory = true },
        new("DCGAN training step", 64, WorkloadKind.Adversarial, (w, threads) => new DcganSide(w, threads), "dcgan_generator", "dcgan_discriminator") { IsForMemory = true },
        Step("LSTM 2x256, 64 steps", 32, LongLstm.Create, "lstm") with { HasImages = false, UsesAdam = true, IsForMemory = true },
        Step("text CNN", 50, TextCnn.Create, "textcnn") with { HasImages = false, UsesAdam = true, HasDropout = true, IsForMemory = true },

        Product(256, 256, 256),
        Product(1024, 1024, 1024),
        Product(64, 4096, 1024),
        Convolution(1, 64, 56),
        Convolution(8, 64, 56),
        Convolution(1, 128, 28),
        Convolution(8, 128, 28),
        Convolution(1, 256, 14),
        Convolution(8, 256, 14),
        Convolution(1, 512, 7),
        Convolution(8, 512, 7),
    ];

    private static Workload Predict(string network, int batch, Func<NetworkOptions?, Network> create, string module) =>
        new($"{network} predict", batch, WorkloadKind.Predict, (w, threads) => new NetworkSide(create, w, threads), module);

    private static Workload Step(string network, int batch, Func<NetworkOptions?, Network> create, string module) =>
        new($"{network} training step", batch, WorkloadKind.Step, (w, threads) => new NetworkSide(create, w, threads), module);

    private static Workload Product(int m, int n, int k) =>
        new(m == n && n == k ? $"product {m}^3" : $"product {m}x{n}x{k}", 1, WorkloadKind.Kernel, (_, threads) => new ProductSide(m, n, k, threads), "product") { HasImages = false };

    private static Workload Convolution(int batch, int channels, int size) =>
        new($"convolution 3x3 {channels}@{size}x{size} batch {batch}", batch, WorkloadKind.Kernel, (_, threads) => new ConvolutionSide(batch, channels, size, threads), "convolution");
}
