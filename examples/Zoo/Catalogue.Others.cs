using DeepGen.Zoo.Networks;

namespace DeepGen.Zoo;

internal static partial class Catalogue
{
    private static ZooNetwork[] Others() =>
    [
        new("U-Net", UNet.Create, UNetSmall.Create) { Note = "width 64 → 2", Fill = Fills.Regions, Optimizer = Rate(1e-2f) },
        new("U-Net-padded", UNetPadded.Create, UNetPaddedSmall.Create) { Note = "width 64 → 8", Fill = Fills.Regions },
        new("FCN", Fcn.Create, FcnSmall.Create) { Note = "width 64 → 2, head 4096 → 128, 21 → 3 classes", Fill = Fills.Regions, Batch = 2, Optimizer = Rate(3e-3f) },
        new("SegNet", SegNet.Create, SegNetSmall.Create) { Note = "width 64 → 4, 11 → 3 classes", Fill = Fills.Regions, Optimizer = Rate(3e-3f) },
        new("Dilated-context", DilatedContext.Create, DilatedContextSmall.Create) { Note = "21 → 8 channels", Fill = Fills.Regions, Optimizer = Rate(1e-2f) },

        new("Autoencoder", Autoencoder.Create, AutoencoderSmall.Create) { Note = "1000-500-250-30 → 64-32-16-8", Fill = Fills.Pictures, Optimizer = Rate(1e-2f) },
        new("Sparse-autoencoder", SparseAutoencoder.Create, SparseAutoencoderSmall.Create) { Note = "code 1024 → 96", Fill = Fills.Pictures },
        new("Denoising-autoencoder", DenoisingAutoencoder.Create, DenoisingAutoencoderSmall.Create) { Note = "1000-500 → 80-40", Fill = Fills.Pictures },
        new("VAE", Vae.Create, VaeSmall.Create) { Note = "500-20 → 40-5", Fill = Fills.Pictures, Optimizer = Rate(1e-2f) },

        new("GAN-generator", GanGenerator.Create, GanGeneratorSmall.Create) { Note = "1200-1200 → 64-64", Game = AdversarialTraining.Gan, Batch = 16, Optimizer = Rate(3e-3f) },
        new("GAN-discriminator", GanDiscriminator.Create, GanDiscriminatorSmall.Create) { Note = "240 → 60 units", Fill = Fills.Verdicts, Batch = 16, Optimizer = Rate(3e-3f) },
        new("DCGAN-generator", DcganGenerator.Create, DcganGeneratorSmall.Create) { Note = "width 64 → 8", Game = AdversarialTraining.Dcgan },
        new("DCGAN-discriminator", DcganDiscriminator.Create, DcganDiscriminatorSmall.Create) { Note = "width 64 → 8", Fill = Fills.Verdicts },
        new("pix2pix-generator", Pix2pixGenerator.Create, Pix2pixGeneratorSmall.Create) { Note = "width 64 → 2", Game = AdversarialTraining.Pix2pix, Optimizer = Rate(4e-2f, beta1: 0.5f) },
        new("pix2pix-discriminator", Pix2pixDiscriminator.Create, Pix2pixDiscriminatorSmall.Create) { Note = "width 64 → 2", Fill = Fills.Verdicts },
        new("Style-transfer", ImageTransformNet.Create, ImageTransformNetSmall.Create) { Note = "width 32 → 2", Fill = Fills.Pictures, Optimizer = Rate(1e-2f) },

        new("Char-RNN", CharRnn.Create, CharRnnSmall.Create) { Note = "state 512 → 32, 96 → 12 letters", Fill = Fills.Letters, Optimizer = Rate(1e-2f) },
        new("Char-LSTM", CharLstm.Create, CharLstmSmall.Create) { Note = "state 512 → 32, 96 → 12 letters", Fill = Fills.Letters, Optimizer = Rate(1e-2f) },
        new("Char-GRU", CharGru.Create, CharGruSmall.Create) { Note = "state 512 → 32, 96 → 12 letters", Fill = Fills.Letters, Optimizer = Rate(1e-2f) },
        new("Image-caption", ImageCaption.Create, ImageCaptionSmall.Create) { Note = "width 64 → 4, state 512 → 32, 10000 → 20 words", Fill = Fills.Captions, Optimizer = Rate(1e-2f) },

        new("Multi-task", MultiTask.Create, MultiTaskSmall.Create) { Note = "width 16 → 8" },
        new("Siamese", Siamese.Create, SiameseSmall.Create) { Note = "width 15 → 3", Fill = Fills.Pairs },
    ];

    private static Func<Optimizer> Rate(float rate, float beta1 = 0.9f) => () => new Adam(rate, beta1);
}
