namespace DeepGen.Zoo.Networks;

/// <summary>
/// Facial landmark detection by deep multi-task learning (Zhang, Luo, Loy &amp; Tang 2014): one trunk finds five landmarks, and tells the pose of the head,
/// which helps the first. (The paper has three more attributes of the pose's kind.)
/// </summary>
[Network]
public sealed partial class MultiTask
{
    static (Tensor Landmarks, Tensor Pose) Forward([Input(1, 40, 40)] Tensor face) => Body(face, width: 16);

    static Tensor Loss(Tensor landmarks, Tensor pose, [Target(10)] Tensor places, [Target(type: Element.Int32)] Tensor side) => Weighted(landmarks, pose, places, side);

    internal static (Tensor Landmarks, Tensor Pose) Body(Tensor face, int width)
    {
        var x = Rectified(face.Conv2d(width, 5)).MaxPool2d(2);
        x = Rectified(x.Conv2d(3 * width, 3)).MaxPool2d(2);
        x = Rectified(x.Conv2d(4 * width, 3)).MaxPool2d(2);
        x = Rectified(x.Conv2d(4 * width, 2)).Flatten();
        x = Rectified(x.Dense(100));
        return (x.Dense(10, name: "landmarks"), x.Dense(5, name: "pose"));
    }

    internal static Tensor Weighted(Tensor landmarks, Tensor pose, Tensor places, Tensor side) =>
        0.5f * landmarks.MeanSquaredError(places) + 0.1f * pose.SoftmaxCrossEntropy(side);

    static Tensor Rectified(Tensor x) => x.Tanh().Abs();
}

/// <summary>The two tasks for a face of which the trunk leaves one position.</summary>
[Network]
public sealed partial class MultiTaskSmall
{
    static (Tensor Landmarks, Tensor Pose) Forward([Input(1, 32, 32)] Tensor face) => MultiTask.Body(face, width: 8);

    static Tensor Loss(Tensor landmarks, Tensor pose, [Target(10)] Tensor places, [Target(type: Element.Int32)] Tensor side) => MultiTask.Weighted(landmarks, pose, places, side);
}
