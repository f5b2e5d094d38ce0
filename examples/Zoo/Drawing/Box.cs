namespace DeepGen.Zoo.Drawing;

/// <summary>What a box stands for; decides its colour.</summary>
internal enum BoxKind
{
    Leaf,
    Weighted,
    Plain,
    Joining,
    Loss,
}

/// <summary>One input, target or layer in the picture.</summary>
/// <param name="Title">Its name.</param>
/// <param name="Detail">Op with arguments, shape, parameters.</param>
/// <param name="Scope">The blocks it stands in, the outermost first.</param>
/// <param name="Inputs">Boxes that it reads.</param>
/// <param name="IsOutput">Whether it is an output of the network.</param>
internal sealed record Box(string Title, string Detail, BoxKind Kind, string[] Scope, int[] Inputs, bool IsOutput)
{
    /// <summary>From the top.</summary>
    public int Row { get; set; }

    /// <summary>From the left.</summary>
    public int Column { get; set; }
}
