namespace DeepGen;

/// <summary>A source that knows the sizes of its pictures without reading them.</summary>
internal interface IKnownImages
{
    /// <summary>The channels of all pictures; null when they are not known.</summary>
    int? KnownChannels { get; }

    /// <summary>The size of a picture.</summary>
    (int Height, int Width) SizeOf(int index);
}
