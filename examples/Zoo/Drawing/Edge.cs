namespace DeepGen.Zoo.Drawing;

/// <summary>A line from one box to another that reads it.</summary>
/// <param name="Lane">The column that it goes down in where it passes rows.</param>
internal sealed record Edge(int From, int To, int Lane);
