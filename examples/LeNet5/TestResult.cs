using DeepGen.Examples.Report;

namespace DeepGen.Examples;

/// <summary>What a network gives on a set of images that it has not seen.</summary>
/// <param name="Confusion">True classes against predicted ones.</param>
/// <param name="Loss">The mean cross-entropy, in nats.</param>
/// <param name="Mistakes">The wrong predictions with the highest probability, the most confident first.</param>
public sealed record TestResult(ConfusionMatrix Confusion, double Loss, IReadOnlyList<Mistake> Mistakes)
{
    private const int MistakesKept = 18;

    /// <summary>Predicts every image of a set.</summary>
    public static TestResult Of(Network net, ImageSet images, IReadOnlyList<string> classNames)
    {
        var confusion = new ConfusionMatrix(classNames);
        var mistakes = new PriorityQueue<(int Image, int Predicted, double Probability), double>();
        var loss = 0.0;
        using var batch = new Batch(net, Math.Min(net.MaxBatch, images.Count));
        var logits = new float[batch.Capacity * classNames.Count];
        int[] indices = [.. Enumerable.Range(0, images.Count)];
        for (var begin = 0; begin < images.Count; begin += batch.Capacity)
        {
            batch.Count = Math.Min(batch.Capacity, images.Count - begin);
            images.Fill(indices.AsSpan(begin, batch.Count), batch);
            net.Predict(batch, logits.AsSpan(0, batch.Count * classNames.Count));
            for (var i = 0; i < batch.Count; i++)
            {
                var scores = logits.AsSpan(i * classNames.Count, classNames.Count);
                var (truth, predicted) = (images.Label(begin + i), ArgMax(scores));
                // log Σ exp(score), scaled by the largest so that nothing overflows
                var sum = 0.0;
                foreach (var score in scores)
                    sum += Math.Exp(score - scores[predicted]);
                loss += Math.Log(sum) + scores[predicted] - scores[truth];
                confusion.Add(truth, predicted);
                if (truth == predicted)
                    continue;
                mistakes.Enqueue((begin + i, predicted, 1 / sum), 1 / sum);
                if (mistakes.Count > MistakesKept)
                    mistakes.Dequeue();
            }
        }
        var worst = mistakes.UnorderedItems.Select(item => item.Element).OrderByDescending(m => m.Probability).ThenBy(m => m.Image)
            .Select(m => new Mistake(images.Pixels(m.Image).ToArray(), classNames[images.Label(m.Image)], classNames[m.Predicted], m.Probability));
        return new TestResult(confusion, loss / images.Count, [.. worst]);
    }

    private static int ArgMax(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best])
                best = i;
        return best;
    }
}
