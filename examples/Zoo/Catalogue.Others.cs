namespace DeepGen.Zoo;

internal static partial class Catalogue
{
    private static ZooNetwork[] Others() => [];
}
