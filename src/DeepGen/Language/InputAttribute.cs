namespace DeepGen;

/// <summary>
/// Declares what is handed in for every sample. On the class it is the only input of the attribute form, called <c>input</c>;
/// on a parameter of <c>Forward</c> it describes that parameter, and several parameters are several inputs.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Parameter, AllowMultiple = false, Inherited = false)]
public sealed class InputAttribute : Attribute
{
    /// <summary>One number per sample. The batch is a run-time number and is never written.</summary>
    /// <param name="type">What one value is.</param>
    public InputAttribute(Element type = Element.Float32) => (Shape, Type) = ([], type);

    /// <summary>A vector per sample. The batch is a run-time number and is never written.</summary>
    /// <param name="features">Length of the vector. At least 1.</param>
    /// <param name="type">What one value is.</param>
    public InputAttribute(int features, Element type = Element.Float32) => (Shape, Type) = ([features], type);

    /// <summary>A sequence or matrix (T, F) per sample. The batch is a run-time number and is never written.</summary>
    /// <param name="time">First extent: steps, rows. At least 1.</param>
    /// <param name="features">Second extent: features of a step, columns. At least 1.</param>
    /// <param name="type">What one value is.</param>
    public InputAttribute(int time, int features, Element type = Element.Float32) => (Shape, Type) = ([time, features], type);

    /// <summary>A map (C, H, W) per sample. The batch is a run-time number and is never written.</summary>
    /// <param name="channels">Channels. At least 1.</param>
    /// <param name="height">Rows. At least 1.</param>
    /// <param name="width">Columns. At least 1.</param>
    /// <param name="type">What one value is.</param>
    public InputAttribute(int channels, int height, int width, Element type = Element.Float32) => (Shape, Type) = ([channels, height, width], type);

    /// <summary>A volume (C, D, H, W) per sample. The batch is a run-time number and is never written.</summary>
    /// <param name="channels">Channels. At least 1.</param>
    /// <param name="depth">Slices. At least 1.</param>
    /// <param name="height">Rows. At least 1.</param>
    /// <param name="width">Columns. At least 1.</param>
    /// <param name="type">What one value is.</param>
    public InputAttribute(int channels, int depth, int height, int width, Element type = Element.Float32) => (Shape, Type) = ([channels, depth, height, width], type);
    /// <summary>The extents of one sample, in the order of the literature.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>What one value is.</summary>
    public Element Type { get; }
}
