using System.Reflection;

namespace DeepGen.EndToEnd.Tests.Support;

/// <summary>
/// The package of this build in a folder feed outside the repository, and folders of consumers beside it. Its version is new in every run, and what is restored
/// goes to a cache of its own, so that no older DeepGen can stand in for this one.
/// </summary>
public sealed class PackageFixture : IDisposable
{
    public PackageFixture()
    {
        Folder = Directory.CreateTempSubdirectory("deepgen-").FullName;
        Version = "0.1.0-test" + DateTime.UtcNow.Ticks.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Feed = Directory.CreateDirectory(Path.Combine(Folder, "feed")).FullName;
        Tool.Run(
            Repository.Root,
            "pack", Repository.Source("src", "DeepGen", "DeepGen.csproj"), "--no-build", "-c", Repository.Configuration, "-o", Feed, "-v", "quiet", "-nologo",
            "-p:PackageVersion=" + Version, "-p:NuspecOutputPath=" + Path.Combine(Folder, "nuspec") + Path.DirectorySeparatorChar, "-p:ArtifactsPath=" + Repository.Artifacts).Succeeded();
        Package = Path.Combine(Feed, $"DeepGen.{Version}.nupkg");
    }

    public string Folder { get; }

    public string Version { get; }

    public string Feed { get; }

    public string Package { get; }

    /// <summary>An empty folder with a nuget.config that knows the folder feed; <paramref name="otherFeeds"/> leaves the machine's own in.</summary>
    internal Consumer NewConsumer(string name, bool otherFeeds = false)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        var consumer = new Consumer(folder, Version);
        consumer.Write("nuget.config", $"""
            <?xml version="1.0" encoding="utf-8"?>
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="../packages" />
              </config>
              <packageSources>
                {(otherFeeds ? "" : "<clear />")}
                <add key="deepgen" value="{Feed}" />
              </packageSources>
              <fallbackPackageFolders>
                <clear />
                <add key="restored" value="{MachinePackages}" />
              </fallbackPackageFolders>
            </configuration>
            """);
        return consumer;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Where this machine keeps restored packages: read, never written.</summary>
    private static string MachinePackages => typeof(PackageFixture).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "NuGetPackageRoot").Value!;
}

/// <summary>The folder of one user of the package.</summary>
internal sealed class Consumer(string folder, string version)
{
    public string Folder => folder;

    public string Path(params string[] path) => System.IO.Path.Combine([folder, .. path]);

    public void Write(string path, string text)
    {
        var file = Path(path.Split('/'));
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text.ReplaceLineEndings("\n") + "\n");
    }

    /// <summary>A project that uses the package, as `dotnet new` and `dotnet add package` write it.</summary>
    public void WriteProject(string name, string properties = "", string items = "") => Write(name, $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <NuGetAudit>false</NuGetAudit>
            {properties}
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="DeepGen" Version="{version}" />
            {items}
          </ItemGroup>
        </Project>
        """);

    public ToolResult Build(string project, params string[] arguments) =>
        Tool.Run(folder, ["msbuild", project, "-restore", "-nologo", "-v:quiet", "-clp:NoSummary", "-tl:off", "-nodeReuse:false", .. arguments]);
}

/// <summary>One package for all tests, and one build at a time.</summary>
[CollectionDefinition(Name)]
public sealed class PackageCollection : ICollectionFixture<PackageFixture>
{
    public const string Name = "Package";
}
