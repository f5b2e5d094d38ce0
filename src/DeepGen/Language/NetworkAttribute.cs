namespace DeepGen;

/// <summary>
/// Makes a partial class a neural network. The layers are either attributes, read top to bottom and left to right on one
/// declaration, or a <c>static Tensor Forward([Input(…)] Tensor x)</c>; the other half of the class (kernels, <c>Create</c>,
/// <c>Predict</c>, <c>Step</c> …) is written at build time.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class NetworkAttribute : Attribute;
