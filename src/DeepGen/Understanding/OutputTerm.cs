namespace DeepGen;

/// <summary>One number of a weighted sum that an input is changed for.</summary>
/// <param name="Output">The name of the output that it depends on: the name of the tuple's element in <c>Forward</c>.</param>
/// <param name="Objective">The number.</param>
/// <param name="Weight">What it counts.</param>
public sealed record OutputTerm(string Output, OutputObjective Objective, double Weight = 1);
