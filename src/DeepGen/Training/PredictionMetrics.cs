namespace DeepGen;

/// <summary>
/// How predictions compare with their targets, counted exactly over any number of samples: for classes of samples, pixels or steps, and for values that are yes or no each for itself (labels of which
/// several may hold, masks). Counts are whole numbers and sums are double, so the order and the size of the parts that were added do not matter.
/// </summary>
/// <remarks>
/// <para>With TP the true positives of a class, FP the false positives and FN the false negatives: precision TP/(TP + FP), recall TP/(TP + FN), F1 2TP/(2TP + FP + FN), IoU (Jaccard index, intersection over
/// union) TP/(TP + FP + FN). C. van Rijsbergen 1979, Information retrieval; P. Jaccard 1912.</para>
/// <para>A class that is neither among the targets nor predicted has none of these: they are NaN, and averages over classes leave it out. A class that is one of the two only has 0 where the denominator is 0: what
/// scikit-learn's <c>precision_recall_fscore_support</c> and <c>jaccard_score</c> give by default (<c>zero_division</c>), which for classes average over those that occur, too.</para>
/// <para>A binary head has one class for each index of its first axis, "yes": [L] has L, [1, H, W] one. Where there is no axis, one.</para>
/// </remarks>
public sealed class PredictionMetrics
{
    /// <summary>Above so many classes there is no matrix, which would be larger than 8 MB.</summary>
    private const int LargestMatrix = 1024;

    private readonly long[] _matrix;
    private readonly long[] _ranks;
    private readonly Counts _total;
    private readonly Counts _image;
    private readonly int? _ignoredLabel;
    private readonly double[] _imageIoU;
    private readonly long[] _images;
    private double _nats;
    private long _withNats;

    // For each place of a sample: its label, the label's score, the highest score so far, whose it is, how many score more than the label, and the sum of e^(x − highest).
    private int[] _label = [];
    private float[] _own = [];
    private float[] _highest = [];
    private int[] _predicted = [];
    private int[] _rank = [];
    private double[] _sum = [];

    /// <summary>Nothing counted yet.</summary>
    /// <param name="kind">What the values of the output mean.</param>
    /// <param name="classes">The number of classes: the length of the output's first axis.</param>
    /// <param name="name">What it is called; a network's output has its name.</param>
    /// <param name="ignoredLabel">A class index of which places do not count; indices that are no class never do.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class, or only one and it is not yes or no.</exception>
    public PredictionMetrics(HeadKind kind, int classes, string name = "output", int? ignoredLabel = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Kind = kind;
        if (!IsBinary && classes < 2) throw new ArgumentOutOfRangeException(nameof(classes), classes, $"{kind} tells classes apart, so there must be at least two; one value for yes or no is BinaryLogits or BinaryProbabilities.");
        Classes = classes;
        Name = name;
        _ignoredLabel = ignoredLabel;
        _matrix = IsBinary || classes > LargestMatrix ? [] : new long[classes * classes];
        _ranks = IsBinary ? [] : new long[classes];
        (_total, _image) = (new Counts(classes), new Counts(classes));
        _imageIoU = new double[classes];
        _images = new long[classes];
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>What the values of the output mean.</summary>
    public HeadKind Kind { get; }

    /// <summary>The number of classes; for a binary head that of the values of one place, each of which is yes or no.</summary>
    public int Classes { get; }

    /// <summary>Whether every value is yes or no for itself.</summary>
    public bool IsBinary => Kind is HeadKind.BinaryLogits or HeadKind.BinaryProbabilities;

    /// <summary>Whether there is a confusion matrix: not for a binary head, nor above 1,024 classes.</summary>
    public bool HasMatrix => _matrix.Length > 0;

    /// <summary>The number of predictions: one for each sample, or for each pixel or step of each sample; for a binary head one for each value. Targets that are ignored do not count.</summary>
    public long Predictions { get; private set; }

    /// <summary>The number of them that were right.</summary>
    public long Correct { get; private set; }

    /// <summary>The share of predictions that were right, for maps the pixel accuracy; NaN before the first.</summary>
    public double Accuracy => (double)Correct / Predictions;

    /// <summary>The mean over predictions of −ln p, p the probability given to what is right (of probabilities as targets, their cross-entropy); NaN before the first, and for <see cref="HeadKind.ClassScores"/>.</summary>
    public double Nats => _nats / _withNats;

    /// <summary>e to the power of <see cref="Nats"/>: the number of equally likely classes that would be as uncertain. F. Jelinek et al. 1977.</summary>
    public double Perplexity => Math.Exp(Nats);

    /// <summary>The mean of the classes' precisions.</summary>
    public double MacroPrecision => Mean(Precision);

    /// <summary>The mean of the classes' recalls; for maps the mean pixel accuracy of J. Long et al. 2015.</summary>
    public double MacroRecall => Mean(Recall);

    /// <summary>The mean of the classes' F1.</summary>
    public double MacroF1 => Mean(F1);

    /// <summary>The precision of all classes' predictions together. Where each place has one class, this, the recall and F1 are the accuracy.</summary>
    public double MicroPrecision => Ratio(_total.Both.Sum(), _total.Predicted.Sum(), Predictions > 0);

    /// <summary>The recall of all classes together.</summary>
    public double MicroRecall => Ratio(_total.Both.Sum(), _total.Actual.Sum(), Predictions > 0);

    /// <summary>The F1 of all classes together.</summary>
    public double MicroF1 => Ratio(2 * _total.Both.Sum(), _total.Actual.Sum() + _total.Predicted.Sum(), Predictions > 0);

    /// <summary>The mean of the classes' IoU over the whole set. M. Everingham et al. 2010 (PASCAL VOC); J. Long et al. 2015.</summary>
    public double MeanIoU => Mean(IoU);

    /// <summary>The mean of the classes' <see cref="ImageIoU"/>. For a mask of one kind of thing: the mean over the images of the IoU of that kind.</summary>
    public double MeanImageIoU => Mean(ImageIoU);

    /// <summary>An entry of the confusion matrix: how often places of one class were taken for another.</summary>
    /// <param name="actual">The class of the target.</param>
    /// <param name="predicted">The class with the highest output, of equal ones the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    /// <exception cref="InvalidOperationException">It is a binary head, or has more than 1,024 classes.</exception>
    public long this[int actual, int predicted]
    {
        get
        {
            Check(actual, nameof(actual));
            Check(predicted, nameof(predicted));
            if (IsBinary) throw new InvalidOperationException($"'{Name}' has no confusion matrix of classes: its values are yes or no each for itself. See TruePositives, FalsePositives and FalseNegatives.");
            if (_matrix.Length == 0) throw new InvalidOperationException($"'{Name}' has {Classes} classes; a confusion matrix is kept for at most {LargestMatrix}. What is counted for each class is there.");
            return _matrix[(actual * Classes) + predicted];
        }
    }

    /// <summary>How often a class was predicted rightly.</summary>
    public long TruePositives(int label) => _total.Both[Check(label)];

    /// <summary>How often a class was predicted where there was another.</summary>
    public long FalsePositives(int label) => _total.Predicted[Check(label)] - _total.Both[label];

    /// <summary>How often another class was predicted where there was this one.</summary>
    public long FalseNegatives(int label) => _total.Actual[Check(label)] - _total.Both[label];

    /// <summary>How often a class is among the targets.</summary>
    public long Support(int label) => _total.Actual[Check(label)];

    /// <summary>The share of a class's predictions that were right.</summary>
    public double Precision(int label) => Ratio(_total.Both[Check(label)], _total.Predicted[label], _total.Occurs(label));

    /// <summary>The share of a class's places that were found.</summary>
    public double Recall(int label) => Ratio(_total.Both[Check(label)], _total.Actual[label], _total.Occurs(label));

    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1(int label) => Ratio(2 * _total.Both[Check(label)], _total.Actual[label] + _total.Predicted[label], _total.Occurs(label));

    /// <summary>Intersection over union of the places of a class and those it was predicted at, over the whole set.</summary>
    public double IoU(int label) => Ratio(_total.Both[Check(label)], _total.Union(label), _total.Occurs(label));

    /// <summary>The mean over images of a class's IoU in each; images that neither have the class nor were said to are left out. NaN where there is none, and where outputs are no maps.</summary>
    public double ImageIoU(int label) => _imageIoU[Check(label)] / _images[label];

    /// <summary>The share of predictions whose right class was not among those of the k highest outputs (of equal outputs, the first classes). A. Krizhevsky et al. 2012, with k of 1 and 5.</summary>
    /// <param name="k">From 1 on.</param>
    /// <exception cref="InvalidOperationException">It is a binary head.</exception>
    public double TopKError(int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (IsBinary) throw new InvalidOperationException($"'{Name}' has no top-k error: its values are yes or no each for itself.");
        long among = 0;
        for (var rank = 0; rank < Math.Min(k, Classes); rank++) among += _ranks[rank];
        return (double)(Predictions - among) / Predictions;
    }

    /// <summary>Adds samples with class indices; for a binary head with 0 and 1.</summary>
    /// <param name="outputs">For each sample the values of all classes, class by class.</param>
    /// <param name="labels">One for each place of each sample; an index that is no class is left out.</param>
    /// <param name="samples">The number of samples; what IoU is taken of by image.</param>
    /// <exception cref="ArgumentException">The lengths do not fit one another.</exception>
    public void Add(ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, int samples = 1) => Add(outputs, labels, samples, nats: true);

    /// <summary>Adds samples with targets laid out as the output: probabilities of the classes, of which the highest is what is right; or for a binary head yes from 0.5 on.</summary>
    /// <param name="outputs">For each sample the values of all classes, class by class.</param>
    /// <param name="targets">As many.</param>
    /// <param name="samples">The number of samples; what IoU is taken of by image.</param>
    /// <exception cref="ArgumentException">The lengths do not fit one another.</exception>
    public void Add(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int samples = 1) => Add(outputs, targets, samples, nats: true);

    /// <summary>All that is counted, to go on from: a double by its bits.</summary>
    internal long[] State
    {
        get =>
        [
            Predictions, Correct, BitConverter.DoubleToInt64Bits(_nats), _withNats,
            .. _matrix, .. _ranks, .. _total.Predicted, .. _total.Actual, .. _total.Both, .. _images, .. _imageIoU.Select(BitConverter.DoubleToInt64Bits),
        ];
        set
        {
            (Predictions, Correct, _nats, _withNats) = (value[0], value[1], BitConverter.Int64BitsToDouble(value[2]), value[3]);
            var at = 4;
            foreach (var counts in (ReadOnlySpan<long[]>)[_matrix, _ranks, _total.Predicted, _total.Actual, _total.Both, _images])
            {
                Array.Copy(value, at, counts, 0, counts.Length);
                at += counts.Length;
            }

            for (var c = 0; c < Classes; c++) _imageIoU[c] = BitConverter.Int64BitsToDouble(value[at + c]);
        }
    }

    /// <summary>Forgets all samples.</summary>
    public void Clear()
    {
        Array.Clear(_matrix);
        Array.Clear(_ranks);
        Array.Clear(_imageIoU);
        Array.Clear(_images);
        _total.Clear();
        (Predictions, Correct, _nats, _withNats) = (0, 0, 0, 0);
    }

    /// <summary>As the public one; without <paramref name="nats"/> probabilities are not looked at, which cost an exponential for each class: a training does without.</summary>
    internal void Add(ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, int samples, bool nats)
    {
        var size = SampleSize(outputs.Length, samples);
        var targets = IsBinary ? size : size / Classes;
        CheckTargets(labels.Length, targets * samples);
        for (var sample = 0; sample < samples; sample++)
        {
            var scores = outputs.Slice(sample * size, size);
            var own = labels.Slice(sample * targets, targets);
            if (IsBinary)
            {
                for (var i = 0; i < size; i++)
                    if (own[i] is 0 or 1 && own[i] != _ignoredLabel)
                        CountBinary(scores[i], own[i], i / (size / Classes), nats, Where(size));
            }
            else
            {
                for (var p = 0; p < targets; p++) _label[p] = own[p] == _ignoredLabel ? -1 : own[p];
                CountClasses(scores, [], nats);
            }

            EndImage(size);
        }
    }

    /// <summary>As the public one, with or without a look at probabilities.</summary>
    internal void Add(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int samples, bool nats)
    {
        var size = SampleSize(outputs.Length, samples);
        CheckTargets(targets.Length, outputs.Length);
        for (var sample = 0; sample < samples; sample++)
        {
            var scores = outputs.Slice(sample * size, size);
            var own = targets.Slice(sample * size, size);
            if (IsBinary)
            {
                for (var i = 0; i < size; i++) CountBinary(scores[i], own[i], i / (size / Classes), nats, Where(size));
            }
            else
            {
                Highest(own, _label);
                CountClasses(scores, own, nats);
            }

            EndImage(size);
        }
    }

    private int SampleSize(int values, int samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        var size = values / samples;
        if (size * samples != values || size == 0 || size % Classes != 0)
            throw new ArgumentException($"'{Name}': {Shapes.Count(samples, "sample")} of {Classes} {(IsBinary ? "values" : "classes")} at each place were expected, but there are {Shapes.Count(values, "value")}.");
        var places = size / Classes;
        if (_label.Length != places && !IsBinary)
        {
            (_label, _own, _highest) = (new int[places], new float[places], new float[places]);
            (_predicted, _rank, _sum) = (new int[places], new int[places], new double[places]);
        }

        return size;
    }

    private void CheckTargets(int found, int expected)
    {
        if (found != expected) throw new ArgumentException($"'{Name}': the outputs need {Shapes.Count(expected, "target")}, but there are {found}.");
    }

    /// <summary>Maps are counted image by image first.</summary>
    private Counts Where(int size) => size > Classes ? _image : _total;

    private void CountBinary(float score, float target, int label, bool nats, Counts counts)
    {
        var predicted = Kind == HeadKind.BinaryLogits ? score > 0 : score > 0.5f;
        var actual = target >= 0.5f;
        if (predicted) counts.Predicted[label]++;
        if (actual) counts.Actual[label]++;
        if (predicted && actual) counts.Both[label]++;
        if (predicted == actual) Correct++;
        Predictions++;
        if (!nats) return;
        _withNats++;
        if (Kind == HeadKind.BinaryLogits)
        {
            double x = score;
            _nats += Math.Max(x, 0) - (x * target) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
        }
        else
        {
            if (target > 0) _nats -= target * Math.Log(score);
            if (target < 1) _nats -= (1 - target) * Math.Log(1.0 - score);
        }
    }

    /// <summary>Counts one sample, whose labels are in <see cref="_label"/>.</summary>
    private void CountClasses(ReadOnlySpan<float> scores, ReadOnlySpan<float> targets, bool nats)
    {
        var places = _label.Length;
        var counts = Where(scores.Length);
        Array.Clear(_rank);
        for (var p = 0; p < places; p++) _own[p] = (uint)_label[p] < (uint)Classes ? scores[(_label[p] * places) + p] : 0;
        for (var c = 0; c < Classes; c++)
        {
            var row = scores.Slice(c * places, places);
            for (var p = 0; p < places; p++)
            {
                var score = row[p];
                if (c == 0 || Above(score, _highest[p])) (_highest[p], _predicted[p]) = (score, c);
                if (c != _label[p] && (Above(score, _own[p]) || (c < _label[p] && !Above(_own[p], score)))) _rank[p]++;
            }
        }

        for (var p = 0; p < places; p++)
        {
            int label = _label[p], predicted = _predicted[p];
            if ((uint)label >= (uint)Classes) continue;
            if (_matrix.Length > 0) _matrix[(label * Classes) + predicted]++;
            _ranks[_rank[p]]++;
            counts.Predicted[predicted]++;
            counts.Actual[label]++;
            if (predicted == label) counts.Both[label]++;
            if (predicted == label) Correct++;
            Predictions++;
        }

        if (nats && Kind != HeadKind.ClassScores) AddNats(scores, targets);
    }

    private void AddNats(ReadOnlySpan<float> scores, ReadOnlySpan<float> targets)
    {
        var places = _label.Length;
        if (Kind == HeadKind.ClassLogits)
        {
            Array.Clear(_sum);
            for (var c = 0; c < Classes; c++)
            {
                var row = scores.Slice(c * places, places);
                for (var p = 0; p < places; p++) _sum[p] += Math.Exp((double)row[p] - _highest[p]);
            }
        }

        for (var p = 0; p < places; p++)
        {
            if ((uint)_label[p] >= (uint)Classes) continue;
            _withNats++;
            if (targets.Length == 0) _nats -= LogProbability(_own[p], p);
            for (var c = 0; c < Classes && targets.Length > 0; c++)
            {
                var target = targets[(c * places) + p];
                if (target != 0) _nats -= target * LogProbability(scores[(c * places) + p], p);
            }
        }
    }

    private double LogProbability(float score, int place) => Kind switch
    {
        HeadKind.ClassLogits => (double)score - _highest[place] - Math.Log(_sum[place]),
        HeadKind.ClassLogProbabilities => score,
        _ => Math.Log(score),
    };

    /// <summary>The class of the highest value of each place.</summary>
    private void Highest(ReadOnlySpan<float> values, int[] classes)
    {
        var places = classes.Length;
        for (var p = 0; p < places; p++)
        {
            classes[p] = 0;
            for (var c = 1; c < Classes; c++)
                if (Above(values[(c * places) + p], values[(classes[p] * places) + p]))
                    classes[p] = c;
        }
    }

    private void EndImage(int size)
    {
        if (size == Classes) return;
        for (var c = 0; c < Classes; c++)
        {
            if (!_image.Occurs(c)) continue;
            _imageIoU[c] += (double)_image.Both[c] / _image.Union(c);
            _images[c]++;
            _total.Both[c] += _image.Both[c];
            _total.Actual[c] += _image.Actual[c];
            _total.Predicted[c] += _image.Predicted[c];
        }

        _image.Clear();
    }

    /// <summary>NaN is above all numbers, so that a network that gives NaN is not right by chance of the order.</summary>
    private static bool Above(float a, float b) => a > b || (float.IsNaN(a) && !float.IsNaN(b));

    private static double Ratio(long part, long whole, bool occurs) => !occurs ? double.NaN : whole == 0 ? 0 : (double)part / whole;

    private double Mean(Func<int, double> value)
    {
        var (sum, count) = (0.0, 0);
        for (var c = 0; c < Classes; c++)
        {
            var one = value(c);
            if (!double.IsNaN(one)) (sum, count) = (sum + one, count + 1);
        }

        return sum / count;
    }

    private int Check(int label, string name = "label") =>
        (uint)label < (uint)Classes ? label : throw new ArgumentOutOfRangeException(name, label, $"There are {Classes} classes.");

    /// <summary>How often each class was predicted, was right, and both.</summary>
    private sealed class Counts(int classes)
    {
        public long[] Predicted { get; } = new long[classes];

        public long[] Actual { get; } = new long[classes];

        public long[] Both { get; } = new long[classes];

        public bool Occurs(int label) => Predicted[label] + Actual[label] > 0;

        public long Union(int label) => Predicted[label] + Actual[label] - Both[label];

        public void Clear()
        {
            Array.Clear(Predicted);
            Array.Clear(Actual);
            Array.Clear(Both);
        }
    }
}
