namespace DeepGen.EndToEnd.Tests.Support;

/// <summary>The repository that this test assembly was built from, found from where the assembly lies: ROOT/ARTIFACTS/bin/PROJECT/CONFIGURATION.</summary>
internal static class Repository
{
    private static readonly DirectoryInfo Output = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));

    public static string Artifacts { get; } = Output.Parent!.Parent!.Parent!.FullName;

    public static string Root { get; } = Output.Parent!.Parent!.Parent!.Parent!.FullName;

    /// <summary>"release" or "debug", as the artifacts folders are called.</summary>
    public static string Configuration { get; } = Output.Name;

    public static string Source(params string[] path) => Path.Combine([Root, .. path]);
}
