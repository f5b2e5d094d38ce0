namespace DeepGen.Examples.Gan;

/// <summary>How different the pictures of a generator are from each other, beside those of the data.</summary>
/// <param name="DistanceRatio">
/// The mean Euclidean distance of two generated pictures divided by that of two pictures of the data: (Σ_{i&lt;j} ‖g_i − g_j‖) / (Σ_{i&lt;j} ‖x_i − x_j‖) over as many of both. 0 where all are the same picture, about 1 where
/// they differ as the data's do. The mean over pairs of a distance is A. Odena, C. Olah and J. Shlens 2017's measure (there MS-SSIM), taken relative to the data.
/// </param>
/// <param name="Coverage">
/// e^H of the mean of the classifier's probabilities over the generated pictures, H = −Σ_c p_c ln p_c: how many classes are made, as if equally often; at most the number of classes.
/// </param>
/// <param name="Sureness">The mean over generated pictures of the classifier's highest probability: low where pictures look like nothing.</param>
/// <param name="Score">
/// The inception score of T. Salimans et al. 2016, e^(E_g KL(p(c|g) ‖ p(c))), with this classifier in place of Inception: 1 where all look alike to it or it is unsure of all, at most the number of classes.
/// </param>
/// <param name="Shares">The share of each class among the generated pictures, by the classifier's highest probability.</param>
internal sealed record Diversity(double DistanceRatio, double Coverage, double Sureness, double Score, double[] Shares)
{
    /// <summary>Looks at pictures.</summary>
    /// <param name="classifier">A classifier of the data.</param>
    /// <param name="generated">Generated pictures.</param>
    /// <param name="data">Pictures of the data; as many of both are compared as there are of the fewer.</param>
    public static Diversity Of(Classifier classifier, ReadOnlySpan<float> generated, ReadOnlySpan<float> data)
    {
        var count = Math.Min(generated.Length, data.Length) / Pictures.Size;
        var probabilities = Probabilities(classifier, generated);
        var number = probabilities.Length / Pictures.Classes;
        var (mean, shares) = (new double[Pictures.Classes], new double[Pictures.Classes]);
        double sure = 0, conditional = 0;
        for (var i = 0; i < number; i++)
        {
            var row = probabilities.AsSpan(i * Pictures.Classes, Pictures.Classes);
            var best = 0;
            for (var c = 0; c < row.Length; c++)
            {
                mean[c] += row[c] / number;
                conditional -= Entropy(row[c]) / number;
                if (row[c] > row[best]) best = c;
            }

            sure += row[best] / number;
            shares[best] += 1.0 / number;
        }

        var entropy = mean.Sum(Entropy);
        return new(MeanDistance(generated, count) / MeanDistance(data, count), Math.Exp(entropy), sure, Math.Exp(entropy + conditional), shares);

        static double Entropy(double p) => p > 0 ? -p * Math.Log(p) : 0;
    }

    /// <summary>The mean Euclidean distance over all pairs of the first pictures.</summary>
    internal static double MeanDistance(ReadOnlySpan<float> pictures, int count)
    {
        var sum = 0.0;
        for (var i = 1; i < count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                ReadOnlySpan<float> a = pictures.Slice(i * Pictures.Size, Pictures.Size), b = pictures.Slice(j * Pictures.Size, Pictures.Size);
                var squares = 0f;
                for (var k = 0; k < a.Length; k++) squares += (a[k] - b[k]) * (a[k] - b[k]);
                sum += Math.Sqrt(squares);
            }
        }

        return count < 2 ? 0 : sum / (count * (count - 1.0) / 2);
    }

    /// <summary>Softmax of the classifier's logits.</summary>
    private static double[] Probabilities(Classifier classifier, ReadOnlySpan<float> pictures)
    {
        var number = pictures.Length / Pictures.Size;
        var logits = new float[number * Pictures.Classes];
        for (var first = 0; first < number; first += classifier.MaxBatch)
        {
            var part = Math.Min(classifier.MaxBatch, number - first);
            classifier.Predict(pictures.Slice(first * Pictures.Size, part * Pictures.Size), logits.AsSpan(first * Pictures.Classes, part * Pictures.Classes));
        }

        var probabilities = new double[logits.Length];
        for (var i = 0; i < number; i++)
        {
            var row = logits.AsSpan(i * Pictures.Classes, Pictures.Classes);
            double highest = row[0], sum = 0;
            foreach (var logit in row) highest = Math.Max(highest, logit);
            foreach (var logit in row) sum += Math.Exp(logit - highest);
            for (var c = 0; c < row.Length; c++) probabilities[(i * Pictures.Classes) + c] = Math.Exp(row[c] - highest) / sum;
        }

        return probabilities;
    }
}
