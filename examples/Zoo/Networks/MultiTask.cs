namespace DeepGen.Zoo.Networks;

/// <summary>
/// Facial landmark detection by deep multi-task learning (Zhang, Luo, Loy &amp; Tang 2014): one trunk finds five landmarks, and tells the pose of the head,
/// the gender, a smile and glasses, which helps the first.
/// </summary>
[Network]
public sealed partial class MultiTask
{
    static (Tensor Landmarks, Tensor Pose, Tensor Gender, Tensor Smile, Tensor Glasses) Forward([Input(1, 40, 40)] Tensor face)
    {
        var x = Trunk(face, width: 16);
        return (x.Dense(10, name: "landmarks"), x.Dense(5, name: "pose"), x.Dense(2, name: "gender"), x.Dense(2, name: "smile"), x.Dense(2, name: "glasses"));
    }

    static Tensor Loss(
        Tensor landmarks, Tensor pose, Tensor gender, Tensor smile, Tensor glasses,
        [Target(10)] Tensor places, [Target(type: Element.Int32)] Tensor side, [Target(type: Element.Int32)] Tensor sex, [Target(type: Element.Int32)] Tensor smiles, [Target(type: Element.Int32)] Tensor wears) =>
        Weighted(landmarks, places, (pose, side), (gender, sex), (smile, smiles), (glasses, wears));

    internal static Tensor Trunk(Tensor face, int width)
    {
        var x = Rectified(face.Conv2d(width, 5)).MaxPool2d(2);
        x = Rectified(x.Conv2d(3 * width, 3)).MaxPool2d(2);
        x = Rectified(x.Conv2d(4 * width, 3)).MaxPool2d(2);
        x = Rectified(x.Conv2d(4 * width, 2)).Flatten();
        return Rectified(x.Dense(100));
    }

    /// <summary>Half the squared error of the landmarks, and a share of what each other task gets wrong.</summary>
    internal static Tensor Weighted(Tensor landmarks, Tensor places, params ReadOnlySpan<(Tensor Scores, Tensor Label)> others)
    {
        var loss = 0.5f * landmarks.MeanSquaredError(places);
        foreach (var (scores, label) in others) loss += 0.1f * scores.SoftmaxCrossEntropy(label);
        return loss;
    }

    static Tensor Rectified(Tensor x) => x.Tanh().Abs();
}

/// <summary>The five tasks for a face of which the trunk leaves one position.</summary>
[Network]
public sealed partial class MultiTaskSmall
{
    static (Tensor Landmarks, Tensor Pose, Tensor Gender, Tensor Smile, Tensor Glasses) Forward([Input(1, 32, 32)] Tensor face)
    {
        var x = MultiTask.Trunk(face, width: 8);
        return (x.Dense(10, name: "landmarks"), x.Dense(5, name: "pose"), x.Dense(2, name: "gender"), x.Dense(2, name: "smile"), x.Dense(2, name: "glasses"));
    }

    static Tensor Loss(
        Tensor landmarks, Tensor pose, Tensor gender, Tensor smile, Tensor glasses,
        [Target(10)] Tensor places, [Target(type: Element.Int32)] Tensor side, [Target(type: Element.Int32)] Tensor sex, [Target(type: Element.Int32)] Tensor smiles, [Target(type: Element.Int32)] Tensor wears) =>
        MultiTask.Weighted(landmarks, places, (pose, side), (gender, sex), (smile, smiles), (glasses, wears));
}
