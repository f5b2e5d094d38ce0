using System.Runtime.InteropServices;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Transforms against torchvision (tests/fixtures/transforms.py), against exact values, and by their statistics.</summary>
public class TransformTests
{
    private const int Height = 17;
    private const int Width = 23;

    private static readonly Dictionary<string, (int[] Shape, float[] Values)> Fixture = ReadFixture();

    private static readonly ImageArray Picture = new([.. Fixture["image"].Values.Select(value => (byte)value)], 3, Height, Width);

    public static TheoryData<string> Names => [.. Fixture.Keys.Where(name => !name.EndsWith("labels", StringComparison.Ordinal) && !name.StartsWith("blur", StringComparison.Ordinal) && name != "image")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Torchvision_gives_the_same(string name)
    {
        var (shape, expected) = Fixture[name];
        var words = name.Split('_');
        var number = double.TryParse(words[^1], out var last) ? last : 0;
        var border = Border.Black;
        var images = Picture;
        ImageTransform transform;
        switch (words[0])
        {
            case "brightness":
                transform = ImageTransform.Brightness(number, number);
                break;
            case "contrast":
                transform = ImageTransform.Contrast(number, number);
                break;
            case "grey":
                images = new ImageArray(Picture[0][..(Height * Width)].ToArray(), 1, Height, Width);
                transform = ImageTransform.Contrast(number, number);
                break;
            case "saturation":
                transform = ImageTransform.Saturation(number, number);
                break;
            case "hue":
                transform = ImageTransform.Hue(number, number);
                break;
            case "rotate":
                transform = ImageTransform.Rotation(number, number);
                break;
            case "zoom":
                transform = ImageTransform.Zoom(number, number);
                break;
            case "pad":
                border = words[1] switch { "edge" => Border.Edge, "reflect" => Border.Mirror, _ => Border.Black };
                transform = ImageTransform.RandomCrop(Height + 10, Width + 10, padding: 5);
                break;
            case "ten":
                transform = ImageTransform.TenCrop((int)number, 9, 12);
                break;
            case "center":
                transform = ImageTransform.CenterCrop(shape[1], shape[2]);
                break;
            case "hflip":
                transform = ImageTransform.HorizontalFlip(1);
                break;
            case "vflip":
                transform = ImageTransform.VerticalFlip(1);
                break;
            default:
                transform = words.Length == 2 ? ImageTransform.Resize((int)number) : ImageTransform.Resize(shape[1], shape[2]);
                break;
        }

        var found = Run(images, shape, border, transform);
        var worst = expected.Zip(found, (e, f) => Math.Abs(e - f)).Max();
        Assert.True(worst < 1e-5, $"{name} differs by {worst}");
    }

    [Theory]
    [InlineData(31)]
    [InlineData(-77)]
    [InlineData(90)]
    [InlineData(180)]
    public void Maps_of_labels_turn_with_their_pictures(int angle)
    {
        var labels = Fixture["labels"].Values;
        var maps = new LabelMaps(new ImageArray([.. labels.Select(label => (byte)label)], 1, Height, Width), [0, 1, 2, 3], outside: LabelMaps.Ignored);
        var dataset = new ImageDataset(Picture, maps, new ImageDatasetOptions { Transforms = [ImageTransform.Rotation(angle, angle)] });
        using var batch = new Batch(Segmenter(3, Height, Width, Height, Width), 1);
        dataset.Fill([0], batch);
        Assert.Equal(Fixture[$"rotate_{angle}_labels"].Values.Select(label => label == 9 ? 255 : (int)label), batch.Target<int>().ToArray());
        Assert.Equal(Run(Picture, [3, Height, Width], Border.Black, ImageTransform.Rotation(angle, angle)), batch.Input<float>().ToArray());
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.5)]
    public unsafe void Fields_are_smoothed_as_torchvision_blurs(double sigma)
    {
        var radius = (int)Math.Ceiling(3 * sigma);
        var bell = Enumerable.Range(-radius, (2 * radius) + 1).Select(i => Math.Exp(-i * i / (2 * sigma * sigma))).ToArray();
        var plane = Fixture["image"].Values.Take(Height * Width).Select(value => value / 255).ToArray();
        fixed (float* p = plane) Smoothing.Run(p, Height, Width, [.. bell.Select(weight => (float)(weight / bell.Sum()))], ImageWorkspace.Current);
        Assert.True(plane.Zip(Fixture[$"blur_{sigma:0.0}"].Values, (a, b) => Math.Abs(a - b)).Max() < 1e-6);
    }

    [Fact]
    public void Transforms_that_move_pixels_are_one_resampling()
    {
        // Eight rotations of 45 degrees resampled one by one would blur; composed they are the picture.
        var eighth = ImageTransform.Rotation(45, 45);
        var whole = Run(Picture, [3, Height, Width], Border.Black, [.. Enumerable.Repeat(eighth, 8)]);
        var expected = Fixture["image"].Values.Select(value => value / 255).ToArray();
        Assert.True(expected.Zip(whole, (e, f) => Math.Abs(e - f)).Max() < 1e-4);

        // In the order given: mirrored and then turned is turned the other way and then mirrored.
        var flip = ImageTransform.HorizontalFlip(1);
        var first = Run(Picture, [3, Height, Width], Border.Black, flip, ImageTransform.Rotation(30, 30));
        var second = Run(Picture, [3, Height, Width], Border.Black, ImageTransform.Rotation(-30, -30), flip);
        Assert.True(first.Zip(second, (a, b) => Math.Abs(a - b)).Max() < 1e-5);
        Assert.NotEqual(first, Run(Picture, [3, Height, Width], Border.Black, ImageTransform.Rotation(30, 30), flip));

        // A crop behind a rotation is a part of the rotated picture.
        var turned = Run(Picture, [3, Height, Width], Border.Edge, ImageTransform.Rotation(30, 30));
        var cropped = Run(Picture, [3, 11, 13], Border.Edge, ImageTransform.Rotation(30, 30), ImageTransform.CenterCrop(11, 13));
        for (var c = 0; c < 3; c++)
            for (var y = 0; y < 11; y++)
                for (var x = 0; x < 13; x++)
                    Assert.Equal(turned[(((c * Height) + y + 3) * Width) + x + 5], cropped[(((c * 11) + y) * 13) + x], 1e-5f);
    }

    [Theory]
    [InlineData(Border.Black)]
    [InlineData(Border.Edge)]
    [InlineData(Border.Mirror)]
    public void Copies_and_interpolations_agree(Border border)
    {
        // The same by whole pixels, and by a zoom of 1 that is not seen to be one.
        var shift = ImageTransform.RandomCrop(Height + 60, Width + 60, padding: 30);
        var exact = Run(Picture, [3, Height + 60, Width + 60], border, shift, ImageTransform.VerticalFlip(1));
        var close = Run(Picture, [3, Height + 60, Width + 60], border, ImageTransform.Rotation(1e-9, 1e-9), shift, ImageTransform.VerticalFlip(1));
        Assert.True(exact.Zip(close, (a, b) => Math.Abs(a - b)).Max() < 1e-4);
        var one = new ImageArray([7], 1, 1, 1);
        Assert.All(Run(one, [1, 3, 3], border, ImageTransform.RandomCrop(3, 3, padding: 1)).Index(), entry => Assert.Equal(entry.Index == 4 || border != Border.Black ? 7 / 255f : 0, entry.Item));
    }

    [Fact]
    public void Translations_and_shears_move_by_what_they_say()
    {
        // The picture is its own column; what comes out is where it came from.
        var columns = Ramp(40, 60, vertical: false);
        var rows = Ramp(40, 60, vertical: true);
        var (lefts, tops) = (new HashSet<double>(), new HashSet<double>());
        var dataset = new ImageDataset(Both(columns, rows), new ImageDatasetOptions { Transforms = [ImageTransform.Translation(0.1, 0.2)], Border = Border.Mirror });
        foreach (var sample in Samples(dataset, [2, 40, 60], 300))
        {
            double x = (sample[(20 * 60) + 30] * 255) - 30, y = (sample[2400 + (20 * 60) + 30] * 255) - 20;
            Assert.Equal(Math.Round(x), x, 1e-3);
            Assert.InRange(Math.Round(x), -6, 6);
            Assert.InRange(Math.Round(y), -8, 8);
            lefts.Add(Math.Round(x));
            tops.Add(Math.Round(y));
        }

        Assert.Equal((13, 17), (lefts.Count, tops.Count));
        var most = 0.0;
        foreach (var sample in Samples(new ImageDataset(columns, new ImageDatasetOptions { Transforms = [ImageTransform.Shear(20)], Border = Border.Edge }), [1, 40, 60], 100))
        {
            // Rows 10 above and below the middle go to opposite sides.
            double above = (sample[(9 * 60) + 30] * 255) - 30, below = (sample[(30 * 60) + 30] * 255) - 30;
            Assert.Equal(above, -below, 1e-3);
            Assert.InRange(Math.Abs(below), 0, 10.5 * Math.Tan(Math.PI / 9) + 1e-3);
            most = Math.Max(most, below);
        }

        Assert.InRange(most, 3, 4);
    }

    [Fact]
    public void An_elastic_distortion_is_smooth_and_as_strong_as_it_says()
    {
        var both = Both(Ramp(64, 64, vertical: false), Ramp(64, 64, vertical: true));
        var dataset = new ImageDataset(both, new ImageDatasetOptions { Transforms = [ImageTransform.Elastic(34, 4)], Border = Border.Edge });
        double sum = 0, squares = 0, roughness = 0;
        var count = 0;
        foreach (var sample in Samples(dataset, [2, 64, 64], 100))
        {
            for (var y = 20; y < 44; y++)
            {
                for (var x = 20; x < 44; x++)
                {
                    double dx = (sample[(y * 64) + x] * 255) - x, next = (sample[(y * 64) + x + 1] * 255) - x - 1;
                    sum += dx;
                    squares += dx * dx;
                    roughness += (next - dx) * (next - dx);
                    count++;
                }
            }
        }

        // Uniform numbers have the variance 1/3; the sum of the squared weights of a Gaussian in two dimensions is 1/(4πσ²); neighbours are correlated by exp(−1/(4σ²)).
        var variance = 34 * 34 / 3.0 / (4 * Math.PI * 16);
        Assert.InRange(sum / count, -0.25, 0.25);
        Assert.InRange(squares / count, 0.85 * variance, 1.15 * variance);
        Assert.InRange(roughness / count, 0.85 * 2 * variance * (1 - Math.Exp(-1 / 64.0)), 1.15 * 2 * variance * (1 - Math.Exp(-1 / 64.0)));
    }

    [Fact]
    public void A_grid_of_displacements_is_met_at_its_points()
    {
        var both = Both(Ramp(101, 101, vertical: false), Ramp(101, 101, vertical: true));
        var dataset = new ImageDataset(both, new ImageDatasetOptions { Transforms = [ImageTransform.ElasticGrid(3, 5)], Border = Border.Edge });
        double squares = 0, between = 0;
        var count = 0;
        foreach (var sample in Samples(dataset, [2, 101, 101], 400))
        {
            double dx = (sample[(50 * 101) + 50] * 255) - 50, dy = (sample[10201 + (50 * 101) + 50] * 255) - 50;
            squares += (dx * dx) + (dy * dy);
            count += 2;

            // Half-way between points cubic convolution weighs the four around it −1/16, 9/16, 9/16, −1/16; beyond the grid the edge goes on.
            var quarter = (sample[(50 * 101) + 25] * 255) - 25;
            between += quarter * quarter;
            if (count > 20) continue;
            for (var x = 30; x < 71; x++)
            {
                double second = sample[(50 * 101) + x + 1] - (2 * sample[(50 * 101) + x]) + sample[(50 * 101) + x - 1];
                Assert.InRange(Math.Abs(second * 255), 0, 0.1);
            }
        }

        Assert.InRange(squares / count, 22, 28);
        var expected = 25 * ((0.5 * 0.5) + (9 / 16.0 * 9 / 16.0) + (1 / 256.0));
        Assert.InRange(between / count * 2, 0.85 * expected, 1.15 * expected);
    }

    [Fact]
    public void Fields_compose_with_maps_in_any_order()
    {
        // A field in front of a flip is the flipped result; a field behind two half turns likewise, sampled where the turns leave it.
        var elastic = ImageTransform.Elastic(20, 3);
        var plain = Run(Picture, [3, Height, Width], Border.Mirror, elastic);
        var flipped = Run(Picture, [3, Height, Width], Border.Mirror, elastic, ImageTransform.HorizontalFlip(1));
        for (var i = 0; i < plain.Length; i++) Assert.Equal(plain[i], flipped[(i / Width * Width) + Width - 1 - (i % Width)], 1e-4f);
        var twice = Run(Picture, [3, Height, Width], Border.Mirror, elastic, ImageTransform.Rotation(180, 180), ImageTransform.Rotation(180, 180));
        Assert.True(plain.Zip(twice, (a, b) => Math.Abs(a - b)).Max() < 1e-4);
        var cropped = Run(Picture, [3, 9, 9], Border.Mirror, elastic, ImageTransform.CenterCrop(9, 9));
        Assert.Equal(plain[(4 * Width) + 7], cropped[0], 1e-5f);
    }

    [Fact]
    public void Random_crops_are_everywhere_equally_often()
    {
        var counts = new int[5, 5];
        var corner = Both(Ramp(10, 12, vertical: false), Ramp(10, 12, vertical: true));
        foreach (var sample in Samples(new ImageDataset(corner, new ImageDatasetOptions { Transforms = [ImageTransform.RandomCrop(6, 8)] }), [2, 6, 8], 2500))
            counts[(int)Math.Round(sample[48] * 255), (int)Math.Round(sample[0] * 255)]++;
        Assert.InRange(counts.Cast<int>().Sum(count => (count - 100.0) * (count - 100) / 100), 8, 50);
    }

    [Fact]
    public void Probabilities_are_kept()
    {
        var ramp = Ramp(4, 8, vertical: false);
        foreach (var (transform, probability) in new[] { (ImageTransform.HorizontalFlip(), 0.5), (ImageTransform.HorizontalFlip(0.2), 0.2), (ImageTransform.Brightness(2, 2).WithProbability(0.3), 0.3), (ImageTransform.Rotation(9).WithProbability(0), 0) })
        {
            var changed = Samples(new ImageDataset(ramp, new ImageDatasetOptions { Transforms = [transform] }), [1, 4, 8], 2000).Count(sample => sample[7] != 7 / 255f);
            Assert.InRange(changed / 2000.0, probability - 0.04, probability + 0.04);
        }
    }

    [Fact]
    public void Zooms_and_resized_crops_stay_in_their_ranges()
    {
        var both = Both(Ramp(100, 120, vertical: false), Ramp(100, 120, vertical: true));
        foreach (var sample in Samples(new ImageDataset(both, new ImageDatasetOptions { Transforms = [ImageTransform.Zoom(0.8, 1.25, maxAspect: 1.2)], Border = Border.Edge }), [2, 100, 120], 200))
        {
            double dx = (sample[(50 * 120) + 61] - sample[(50 * 120) + 60]) * 255, dy = (sample[12000 + (50 * 120) + 60] - sample[12000 + (49 * 120) + 60]) * 255;
            Assert.InRange(1 / Math.Sqrt(dx * dy), 0.799, 1.251);
            Assert.InRange(dx / dy, 1 / 1.201, 1.201);
        }

        var areas = new List<double>();
        foreach (var sample in Samples(new ImageDataset(both, new ImageDatasetOptions { Transforms = [ImageTransform.RandomResizedCrop(20, 20, minArea: 0.2, maxArea: 0.5)] }), [2, 20, 20], 200))
        {
            double width = (sample[(10 * 20) + 11] - sample[(10 * 20) + 10]) * 255 * 20, height = (sample[400 + (11 * 20) + 10] - sample[400 + (10 * 20) + 10]) * 255 * 20;
            areas.Add(width * height / 12000);
            Assert.InRange(width / height, 0.73, 1.37);

            // The whole part lies in the picture.
            Assert.InRange((sample[0] * 255) - (width / 40) + 0.5, -0.01, 120.01 - width);
        }

        Assert.InRange(areas.Min(), 0.19, 0.22);
        Assert.InRange(areas.Max(), 0.48, 0.51);
        var wide = new ImageArray(new byte[10 * 1000], 1, 10, 1000);
        Assert.Equal(100, Run(wide, [1, 10, 10], Border.Black, ImageTransform.RandomResizedCrop(10, 10, 1, 1)).Length);
    }

    [Fact]
    public void Noise_is_normal_and_independent()
    {
        var grey = new ImageArray([.. Enumerable.Repeat((byte)51, 3 * 33 * 31)], 3, 33, 31);
        var values = Samples(new ImageDataset(grey, new ImageDatasetOptions { Transforms = [ImageTransform.Noise(0.1)] }), [3, 33, 31], 20).SelectMany(sample => sample.Select(value => (value - 0.2) / 0.1)).ToArray();
        var mean = values.Average();
        Assert.InRange(mean, -0.02, 0.02);
        Assert.InRange(values.Average(value => value * value), 0.98, 1.02);
        Assert.InRange(values.Average(value => value * value * value * value), 2.85, 3.15);
        Assert.InRange(values.Count(value => Math.Abs(value) > 1.959964) / (double)values.Length, 0.045, 0.055);
        foreach (var lag in new[] { 1, 8, 31, 1535 })
            Assert.InRange(values.Skip(lag).Zip(values, (a, b) => a * b).Average(), -0.02, 0.02);
    }

    [Fact]
    public void Erasing_writes_a_rectangle()
    {
        var white = new ImageArray([.. Enumerable.Repeat((byte)255, 2 * 40 * 50)], 2, 40, 50);
        foreach (var sample in Samples(new ImageDataset(white, new ImageDatasetOptions { Transforms = [ImageTransform.Erasing(1, 0.1, 0.3, 2)] }), [2, 40, 50], 100))
        {
            var erased = Enumerable.Range(0, 2000).Where(i => sample[i] == 0).Select(i => (Y: i / 50, X: i % 50)).ToArray();
            int height = erased.Max(p => p.Y) - erased.Min(p => p.Y) + 1, width = erased.Max(p => p.X) - erased.Min(p => p.X) + 1;
            Assert.Equal(erased.Length, height * width);
            Assert.InRange(erased.Length, 180, 640);
            Assert.InRange((double)width / height, 0.46, 2.2);
            Assert.Equal(sample[..2000], sample[2000..]);
        }

        var random = Samples(new ImageDataset(white, new ImageDatasetOptions { Transforms = [ImageTransform.Erasing(1, 0.3, 0.3, 1, value: null)] }), [2, 40, 50], 1).Single();
        Assert.InRange(random.Where(value => value != 1).Average(), 0.45, 0.55);
        var half = Samples(new ImageDataset(white, new ImageDatasetOptions { Transforms = [ImageTransform.Erasing()] }), [2, 40, 50], 400).Count(sample => sample.Contains(0));
        Assert.InRange(half, 160, 240);
    }

    [Fact]
    public void Colours_shift_along_their_components()
    {
        // Colours on a line: the first component is its direction, the others have no variance.
        var random = new Random(1);
        var pixels = new byte[3 * 100];
        for (var i = 0; i < 100; i++)
        {
            var t = random.Next(-20, 21);
            (pixels[i], pixels[100 + i], pixels[200 + i]) = ((byte)(100 + (2 * t)), (byte)(120 + t), (byte)(90 - (2 * t)));
        }

        var images = new ImageArray(pixels, 3, 10, 10);
        var components = ColorComponents.Fit(images);
        var (red, green, blue) = components.Directions[0];
        Assert.Equal(2 / 3.0, Math.Abs(red), 1e-9);
        Assert.Equal(red, 2 * green, 1e-9);
        Assert.Equal(red, -blue, 1e-9);
        var values = Enumerable.Range(0, 100).Select(i => pixels[100 + i] / 255.0).ToArray();
        var variance = values.Average(value => (value - values.Average()) * (value - values.Average()));
        Assert.Equal(9 * variance, components.Variances[0], 1e-9);
        Assert.All(components.Variances.Skip(1), small => Assert.InRange(small, 0, 1e-12));

        var shifts = new List<double>();
        foreach (var sample in Samples(new ImageDataset(images, new ImageDatasetOptions { Transforms = [ImageTransform.ColorShift(components, 2)] }), [3, 10, 10], 1000))
        {
            double shift = sample[100] - (pixels[100] / 255.0);
            shifts.Add(shift);
            for (var i = 0; i < 100; i++)
            {
                Assert.Equal(2 * shift, sample[i] - (pixels[i] / 255.0), 1e-6);
                Assert.Equal(-2 * shift, sample[200 + i] - (pixels[200 + i] / 255.0), 1e-6);
            }
        }

        var deviation = 2 * components.Variances[0] * Math.Abs(green);
        Assert.InRange(shifts.Average() / deviation, -0.1, 0.1);
        Assert.InRange(Math.Sqrt(shifts.Average(shift => shift * shift)) / deviation, 0.95, 1.05);
        Assert.Throws<InvalidDataException>(() => ColorComponents.Fit(Ramp(2, 2, vertical: true)));
    }

    [Fact]
    public void A_general_covariance_is_diagonalized()
    {
        var random = new Random(2);
        var pixels = new byte[3 * 400];
        for (var i = 0; i < 400; i++)
        {
            int a = random.Next(60), b = random.Next(30), c = random.Next(10);
            (pixels[i], pixels[400 + i], pixels[800 + i]) = ((byte)(100 + a + c), (byte)(100 + a - b), (byte)(100 + (a / 2) + b + c));
        }

        var components = ColorComponents.Fit(new ImageArray(pixels, 3, 20, 20));
        for (var k = 0; k < 3; k++)
        {
            var (r, g, b) = components.Directions[k];
            Assert.Equal(1, (r * r) + (g * g) + (b * b), 1e-9);
            var along = Enumerable.Range(0, 400).Select(i => ((r * pixels[i]) + (g * pixels[400 + i]) + (b * pixels[800 + i])) / 255).ToArray();
            Assert.Equal(along.Average(value => (value - along.Average()) * (value - along.Average())), components.Variances[k], 1e-9);
            if (k > 0) Assert.True(components.Variances[k] <= components.Variances[k - 1]);
        }
    }

    [Fact]
    public void A_transform_of_ones_own_has_random_numbers_of_its_own()
    {
        var seen = new List<float>();
        var transform = ImageTransform.From((Span<float> pixels, int channels, int height, int width, ref CounterRandom random) =>
        {
            Assert.Equal((3, Height, Width, 3 * Height * Width), (channels, height, width, pixels.Length));
            seen.Add((float)random.Uniform(0, 1));
            pixels.Fill(seen[^1]);
        });
        var result = Run(Picture, [3, Height, Width], Border.Black, transform, transform);
        Assert.Equal(2, seen.Distinct().Count());
        Assert.All(result, value => Assert.Equal(seen[1], value));
    }

    [Fact]
    public void Wrong_transforms_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.HorizontalFlip(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.RandomCrop(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.RandomCrop(1, 1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.TenCrop(10, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.Rotation(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.Rotation(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.Zoom(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.Zoom(1, 1, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.Shear(90));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.Elastic(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.ElasticGrid(1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.Brightness(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.Contrast(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.Hue(0.6));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.Noise(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.Erasing(1, 0.5, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.RandomResizedCrop(1, 1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransform.Resize(0));
        Assert.Throws<InvalidOperationException>(() => ImageTransform.RandomCrop(1, 1).WithProbability(0.5));
        Assert.Contains(
            "'image 0': RandomCrop takes 20x20 pixels (height, width), and the picture has 17x23; resize it first",
            Assert.Throws<ArgumentException>(() => new ImageDataset(Picture, new ImageDatasetOptions { Transforms = [ImageTransform.RandomCrop(20, 20)] })).Message);
        Assert.Contains("TenCrop takes 18x2", Assert.Throws<ArgumentException>(() => ImageDataset.TenCrop(new LabelledImages(Picture, [0]), 18, 2)).Message);
        Assert.Contains(
            "Hue takes pictures of 3 channels, and this has 1",
            Assert.Throws<ArgumentException>(() => new ImageDataset(Ramp(2, 2, vertical: true), new ImageDatasetOptions { Transforms = [ImageTransform.Hue(0.1).WithProbability(0.5)] })).Message);
    }

    private static float[] Run(ImageArray images, int[] shape, Border border, params ImageTransform[] transforms)
    {
        var dataset = new ImageDataset(images, new ImageDatasetOptions { Transforms = transforms, Border = border });
        using var batch = new Batch(Definition(shape), 1);
        dataset.Fill([0], batch);
        return batch.Input<float>().ToArray();
    }

    /// <summary>The first sample in many epochs.</summary>
    private static IEnumerable<float[]> Samples(IDataset dataset, int[] shape, int epochs)
    {
        using var batch = new Batch(Definition(shape), 1);
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            batch.Epoch = epoch;
            dataset.Fill([0], batch);
            yield return batch.Input<float>().ToArray();
        }
    }

    /// <summary>Every pixel is the number of its column, or of its row.</summary>
    private static ImageArray Ramp(int height, int width, bool vertical) =>
        new([.. Enumerable.Range(0, height * width).Select(i => (byte)(vertical ? i / width : i % width))], 1, height, width);

    private static ImageArray Both(ImageArray first, ImageArray second) => new([.. first[0], .. second[0]], 2, first.Height, first.Width);

    private static NetworkDefinition Definition(int[] shape) => Linear.Static with { Inputs = [new("image", shape)], Targets = [] };

    private static NetworkDefinition Segmenter(int channels, int height, int width, int outHeight, int outWidth) =>
        Linear.Static with { Inputs = [new("image", [channels, height, width])], Targets = [new("map", [outHeight, outWidth], Element.Int32, 4, 255)] };

    private static Dictionary<string, (int[], float[])> ReadFixture()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "transforms.safetensors");
        using var stream = File.OpenRead(path);
        var (entries, start, _) = SafetensorsHeader.Read(stream, path);
        var bytes = File.ReadAllBytes(path);
        return entries.ToDictionary(e => e.Name, e =>
        {
            var data = bytes.AsSpan((int)(start + e.Begin), (int)(e.End - e.Begin));
            var values = e.Type == "I32" ? Array.ConvertAll(MemoryMarshal.Cast<byte, int>(data).ToArray(), value => (float)value) : MemoryMarshal.Cast<byte, float>(data).ToArray();
            return (Array.ConvertAll(e.Shape.ToArray(), extent => (int)extent), values);
        });
    }
}
