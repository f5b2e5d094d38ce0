using System.IO.Compression;
using System.Text.RegularExpressions;
using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.EndToEnd.Tests;

/// <summary>The package as a user gets it: from a folder feed, in an empty folder outside the repository.</summary>
[Collection(PackageCollection.Name)]
public sealed class PackageTests(PackageFixture package)
{
    [Fact]
    public void The_package_holds_what_a_consumer_needs_and_no_Roslyn()
    {
        using var archive = ZipFile.OpenRead(package.Package);
        Assert.Equal(
            [
                "DeepGen.nuspec",
                "README.md",
                "analyzers/dotnet/cs/DeepGen.CodeFixes.dll",
                "analyzers/dotnet/cs/DeepGen.Generators.dll",
                "build/DeepGen.props",
                "buildTransitive/DeepGen.props",
                "lib/net10.0/DeepGen.dll",
                "lib/net10.0/DeepGen.xml",
            ],
            archive.Entries.Select(e => e.FullName).Where(n => !n.StartsWith("_rels/", StringComparison.Ordinal) && !n.StartsWith("package/", StringComparison.Ordinal) && n != "[Content_Types].xml").Order(StringComparer.Ordinal));

        using var reader = new StreamReader(archive.GetEntry("DeepGen.nuspec")!.Open());
        var nuspec = reader.ReadToEnd();
        Assert.Contains("<id>DeepGen</id>", nuspec, StringComparison.Ordinal);
        Assert.Contains("<license type=\"expression\">MIT</license>", nuspec, StringComparison.Ordinal);
        Assert.Contains("<readme>README.md</readme>", nuspec, StringComparison.Ordinal);
        Assert.DoesNotContain("<dependency ", nuspec, StringComparison.Ordinal);
    }

    /// <summary>With the defaults of a bare project: no implicit usings, nullable context off. Then the user forgets Flatten.</summary>
    [Fact]
    public void LeNet5_builds_trains_and_predicts_and_without_Flatten_does_not_build()
    {
        var consumer = package.NewConsumer("lenet5");
        consumer.WriteProject("LeNet5.csproj");
        consumer.Write("LeNet5.cs", Sources.LeNet5);
        consumer.Write("Program.cs", Sources.Program);
        consumer.Build("LeNet5.csproj", "-p:OutDir=out/").WasClean();
        Assert.Equal([Sources.ProgramOutput], Tool.Run(consumer.Folder, consumer.Path("out", "LeNet5.dll")).Succeeded().Lines);

        consumer.Write("LeNet5.cs", Sources.Broken);
        var build = consumer.Build("LeNet5.csproj", "-p:OutDir=out/");
        Assert.NotEqual(0, build.ExitCode);
        Broken.IsTheOnlyReport(Assert.Single(build.Lines), "");
    }
}
