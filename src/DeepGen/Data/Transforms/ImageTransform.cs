namespace DeepGen;

/// <summary>Changes the pixels of a picture: 0 black to 1, plane after plane, row after row.</summary>
/// <param name="pixels">The values; they are changed in place.</param>
/// <param name="channels">The planes.</param>
/// <param name="height">The rows of a plane.</param>
/// <param name="width">The columns of a plane.</param>
/// <param name="random">Its random numbers.</param>
public delegate void PixelFunction(Span<float> pixels, int channels, int height, int width, ref CounterRandom random);

/// <summary>
/// What an <see cref="ImageDataset"/> does to a picture before the network sees it, at random or always. Those that move pixels (flips, crops, rotation, zoom, translation, shear, elastic distortion) are composed when they
/// follow one another, so that a picture is resampled once, bilinearly, or copied where only whole pixels move. Maps of labels move with their pictures, to the nearest pixel. Names and meanings are
/// torchvision's where it has them.
/// </summary>
public abstract class ImageTransform
{
    private protected ImageTransform()
    {
    }

    /// <summary>What messages call it.</summary>
    internal virtual string Name => GetType().Name;

    /// <summary>Whether the picture has another size afterwards.</summary>
    internal virtual bool ChangesSize => false;

    /// <summary>Whether it needs red, green and blue.</summary>
    internal virtual bool NeedsColor => false;

    /// <summary>Mirrors left and right.</summary>
    /// <param name="probability">How often, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not in [0, 1].</exception>
    public static ImageTransform HorizontalFlip(double probability = 0.5) => new Flip(horizontal: true).WithProbability(probability);

    /// <summary>Mirrors top and bottom.</summary>
    /// <param name="probability">How often, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not in [0, 1].</exception>
    public static ImageTransform VerticalFlip(double probability = 0.5) => new Flip(horizontal: false).WithProbability(probability);

    /// <summary>A part at a random place.</summary>
    /// <param name="height">The rows of the part.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="padding">Pixels that the picture gets first on every side.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the padding below 0.</exception>
    public static ImageTransform RandomCrop(int height, int width, int padding = 0) => new RandomCrop(height, width, padding);

    /// <summary>The part in the middle; a picture that is smaller gets a border.</summary>
    /// <param name="height">The rows of the part.</param>
    /// <param name="width">Its columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static ImageTransform CenterCrop(int height, int width) => new FixedCrop(height, width, FixedCrop.Center, mirrored: false);

    /// <summary>One of the ten crops of a picture: upper left, upper right, lower left, lower right, middle, and the same of the mirrored picture. See <see cref="ImageDataset.TenCrop"/>.</summary>
    /// <param name="number">Which, 0 to 9.</param>
    /// <param name="height">The rows of the part.</param>
    /// <param name="width">Its columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the number not in [0, 9].</exception>
    public static ImageTransform TenCrop(int number, int height, int width)
    {
        if (number is < 0 or > 9) throw new ArgumentOutOfRangeException(nameof(number), number, "There are ten crops, 0 to 9.");
        return new FixedCrop(height, width, number % 5, mirrored: number >= 5);
    }

    /// <summary>A part of random area, proportions and place, brought to one size. C. Szegedy et al. 2015, section 6. It interpolates and does not average: make large pictures smaller by <see cref="Resize(int, int)"/> first.</summary>
    /// <param name="height">The rows afterwards.</param>
    /// <param name="width">The columns afterwards.</param>
    /// <param name="minArea">The least share of the picture's area.</param>
    /// <param name="maxArea">The greatest share, at most 1.</param>
    /// <param name="maxAspect">The greatest ratio of width to height or of height to width; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static ImageTransform RandomResizedCrop(int height, int width, double minArea = 0.08, double maxArea = 1, double maxAspect = 4.0 / 3) => new RandomResizedCrop(height, width, minArea, maxArea, maxAspect);

    /// <summary>Rotation about the middle, up to an angle in both directions.</summary>
    /// <param name="degrees">The largest angle; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The angle is negative or no number.</exception>
    public static ImageTransform Rotation(double degrees) => Rotation(-AtLeast(degrees, 0, nameof(degrees)), degrees);

    /// <summary>Rotation about the middle by an angle in a range.</summary>
    /// <param name="minDegrees">The smallest angle, counterclockwise.</param>
    /// <param name="maxDegrees">The largest.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is none.</exception>
    public static ImageTransform Rotation(double minDegrees, double maxDegrees) => new Rotation(new Interval(minDegrees, maxDegrees, nameof(maxDegrees)));

    /// <summary>Enlarges or reduces about the middle; the size of the picture stays.</summary>
    /// <param name="min">The smallest factor, above 0; above 1 things become larger.</param>
    /// <param name="max">The largest factor. Both directions are as likely on a logarithmic scale.</param>
    /// <param name="maxAspect">By how much one direction may be stretched more than the other; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static ImageTransform Zoom(double min, double max, double maxAspect = 1) =>
        new Zoom(new Interval(Above(min, 0, nameof(min)), max, nameof(max)), AtLeast(maxAspect, 1, nameof(maxAspect)));

    /// <summary>Moves by whole pixels.</summary>
    /// <param name="horizontal">The largest share of the width, at least 0.</param>
    /// <param name="vertical">The largest share of the height, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share is negative or no number.</exception>
    public static ImageTransform Translation(double horizontal, double vertical) => new Translation(AtLeast(horizontal, 0, nameof(horizontal)), AtLeast(vertical, 0, nameof(vertical)));

    /// <summary>Slants rows about the middle, up to an angle in both directions.</summary>
    /// <param name="degrees">The largest angle, at least 0 and below 90.</param>
    /// <exception cref="ArgumentOutOfRangeException">The angle is out of its range.</exception>
    public static ImageTransform Shear(double degrees) => new Shear(AtLeast(degrees, 0, nameof(degrees)) < 90 ? degrees : throw new ArgumentOutOfRangeException(nameof(degrees), degrees, "The angle must be below 90."));

    /// <summary>
    /// Elastic distortion: every pixel is moved by random numbers that were smoothed with a Gaussian. P. Simard, D. Steinkraus and J. Platt 2003, section 2, with 34 and 4 for MNIST.
    /// </summary>
    /// <param name="strength">α, what the smoothed numbers are multiplied by, in pixels; before, they are uniform from −1 to 1.</param>
    /// <param name="smoothness">σ of the Gaussian, in pixels; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static ImageTransform Elastic(double strength, double smoothness) => new Elastic(AtLeast(strength, 0, nameof(strength)), Above(smoothness, 0, nameof(smoothness)));

    /// <summary>
    /// Elastic distortion by a coarse grid of random displacements, with a bicubic surface between them. O. Ronneberger, P. Fischer and T. Brox 2015 (U-Net), section 3.1, with a grid of 3 and 10 pixels.
    /// </summary>
    /// <param name="grid">Points of the grid in each direction, the first and last on the edge of the picture; at least 2.</param>
    /// <param name="deviation">The deviation of a displacement, in pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static ImageTransform ElasticGrid(int grid, double deviation) => new ElasticGrid((int)AtLeast(grid, 2, nameof(grid)), AtLeast(deviation, 0, nameof(deviation)));

    /// <summary>Brings to another size, averaging where it becomes smaller: a triangle as wide as a pixel of the result, as Pillow's and torchvision's bilinear resize.</summary>
    /// <param name="height">The rows afterwards.</param>
    /// <param name="width">The columns afterwards.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static ImageTransform Resize(int height, int width) => new Resize(height, width);

    /// <summary>Brings the shorter side to a length, and keeps the proportions.</summary>
    /// <param name="shorterSide">The length.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public static ImageTransform Resize(int shorterSide) => new Resize(shorterSide, null);

    /// <summary>Multiplies the picture by a factor in [max(0, 1 − amount), 1 + amount].</summary>
    /// <exception cref="ArgumentOutOfRangeException">The amount is negative or no number.</exception>
    public static ImageTransform Brightness(double amount) => Brightness(Lowest(amount), 1 + amount);

    /// <summary>Multiplies the picture by a factor, and cuts to white.</summary>
    /// <param name="min">The smallest factor, at least 0.</param>
    /// <param name="max">The largest.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is none.</exception>
    public static ImageTransform Brightness(double min, double max) => new Brightness(Factors(min, max));

    /// <summary>Moves the picture to or from its mean grey, by a factor in [max(0, 1 − amount), 1 + amount].</summary>
    /// <exception cref="ArgumentOutOfRangeException">The amount is negative or no number.</exception>
    public static ImageTransform Contrast(double amount) => Contrast(Lowest(amount), 1 + amount);

    /// <summary>Multiplies the distances from the mean grey by a factor, and cuts to black and white.</summary>
    /// <param name="min">The smallest factor, at least 0.</param>
    /// <param name="max">The largest.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is none.</exception>
    public static ImageTransform Contrast(double min, double max) => new Contrast(Factors(min, max));

    /// <summary>Makes colours stronger or weaker by a factor in [max(0, 1 − amount), 1 + amount].</summary>
    /// <exception cref="ArgumentOutOfRangeException">The amount is negative or no number.</exception>
    public static ImageTransform Saturation(double amount) => Saturation(Lowest(amount), 1 + amount);

    /// <summary>Multiplies the distance of each pixel from its own grey by a factor, and cuts to black and white.</summary>
    /// <param name="min">The smallest factor, at least 0.</param>
    /// <param name="max">The largest.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is none.</exception>
    public static ImageTransform Saturation(double min, double max) => new Saturation(Factors(min, max));

    /// <summary>Turns the colours around the circle of hues, up to a share of it in both directions.</summary>
    /// <param name="amount">The largest share, 0 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of its range.</exception>
    public static ImageTransform Hue(double amount) => Hue(-AtLeast(amount, 0, nameof(amount)), amount);

    /// <summary>Turns the colours around the circle of hues.</summary>
    /// <param name="min">The smallest share of the circle, at least −0.5.</param>
    /// <param name="max">The largest, at most 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is none.</exception>
    public static ImageTransform Hue(double min, double max) =>
        min >= -0.5 && max <= 0.5 ? new Hue(new Interval(min, max, nameof(max))) : throw new ArgumentOutOfRangeException(nameof(max), max, "Shares of the circle of hues are -0.5 to 0.5.");

    /// <summary>Adds one random colour to the whole picture, along the principal components of the training set's colours. A. Krizhevsky, I. Sutskever and G. Hinton 2012, section 4.1.</summary>
    /// <param name="components">The components, from <see cref="ColorComponents.Fit"/>.</param>
    /// <param name="deviation">The deviation of the numbers by which the components' variances are multiplied.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is negative or no number.</exception>
    public static ImageTransform ColorShift(ColorComponents components, double deviation = 0.1)
    {
        ArgumentNullException.ThrowIfNull(components);
        return new ColorShift(components, AtLeast(deviation, 0, nameof(deviation)));
    }

    /// <summary>Adds to every value a normal number of its own; nothing is cut.</summary>
    /// <param name="deviation">Its deviation, on the scale of 0 black to 1 white.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is negative or no number.</exception>
    public static ImageTransform Noise(double deviation) => new Noise((float)AtLeast(deviation, 0, nameof(deviation)));

    /// <summary>Overwrites a rectangle at a random place. Z. Zhong et al. 2020. Maps of labels keep what is there.</summary>
    /// <param name="probability">How often, 0 to 1.</param>
    /// <param name="minArea">The least share of the picture's area.</param>
    /// <param name="maxArea">The greatest share, at most 1.</param>
    /// <param name="maxAspect">The greatest ratio of width to height or of height to width; at least 1.</param>
    /// <param name="value">What is written, 0 black to 1 white; random numbers when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static ImageTransform Erasing(double probability = 0.5, double minArea = 0.02, double maxArea = 1.0 / 3, double maxAspect = 10.0 / 3, float? value = 0) =>
        new Erasing(minArea, maxArea, maxAspect, value).WithProbability(probability);

    /// <summary>A function of your own of the pixels. It must not keep the span, and should not allocate.</summary>
    public static ImageTransform From(PixelFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new CustomTransform(function);
    }

    /// <summary>This transform, applied now and then.</summary>
    /// <param name="probability">How often, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not in [0, 1].</exception>
    /// <exception cref="InvalidOperationException">It changes the size of the picture.</exception>
    public ImageTransform WithProbability(double probability)
    {
        if (!(probability is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability is 0 to 1.");
        if (ChangesSize) throw new InvalidOperationException($"{Name} changes the size of the picture, so it cannot be left out now and then.");
        return this is GeometricTransform geometric ? new SometimesGeometric(geometric, probability) : new SometimesPixels((PixelTransform)this, probability);
    }

    /// <summary>The size of a picture afterwards.</summary>
    /// <exception cref="ArgumentException">The picture is too small for it; the message begins with what is wrong.</exception>
    internal virtual (int Height, int Width) SizeAfter(int height, int width) => (height, width);

    private protected static double AtLeast(double value, double least, string name) =>
        value >= least && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"It must be at least {least}.");

    private protected static double Above(double value, double limit, string name) =>
        value > limit && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"It must be above {limit}.");

    private static double Lowest(double amount) => Math.Max(0, 1 - AtLeast(amount, 0, nameof(amount)));

    private static Interval Factors(double min, double max) => new(AtLeast(min, 0, nameof(min)), max, nameof(max));

    /// <summary>Numbers from one to another.</summary>
    internal readonly struct Interval
    {
        private readonly double _min;
        private readonly double _max;

        public Interval(double min, double max, string name)
        {
            if (!(max >= min) || !double.IsFinite(min) || !double.IsFinite(max)) throw new ArgumentOutOfRangeException(name, max, $"The range goes from {min} to {max}.");
            (_min, _max) = (min, max);
        }

        public double Draw(ref CounterRandom random) => random.Uniform(_min, _max);

        public double DrawLogarithmic(ref CounterRandom random) => _min == _max ? _min : Math.Exp(random.Uniform(Math.Log(_min), Math.Log(_max)));
    }
}

/// <summary>A transform that moves pixels.</summary>
internal abstract class GeometricTransform : ImageTransform
{
    /// <summary>Adds what it does to what was done before.</summary>
    public abstract void Compose(ImageWorkspace workspace, Geometry geometry, ref CounterRandom random);
}

/// <summary>A transform that changes values, or makes a picture of another size at once.</summary>
internal abstract class PixelTransform : ImageTransform
{
    public abstract void Apply(ImageWorkspace workspace, ref CounterRandom random);
}
