namespace DeepGen;

/// <summary>What transforms find outside a picture.</summary>
public enum Border
{
    /// <summary>Black, as PyTorch fills. Maps of labels have <see cref="LabelMaps.Outside"/> there.</summary>
    Black,

    /// <summary>The outermost pixels go on.</summary>
    Edge,

    /// <summary>The picture is mirrored at its outermost rows and columns, which are not repeated.</summary>
    Mirror,
}
