using System.CommandLine;

namespace DeepGen.Zoo.Commands;

/// <summary>The command line.</summary>
internal static class ZooCommand
{
    public static RootCommand Create() => new("Architectures of the literature as DeepGen networks: what they cost, whether they train, what they look like.")
    {
        SummaryCommand.Create(),
        CheckCommand.Create(),
        ExplainCommand.Create(),
        DrawCommand.Create(),
        SampleCommand.Create(),
    };
}
