using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.EndToEnd.Tests;

/// <summary>A broken network never builds, whatever the build is told to ignore, and is reported exactly once.</summary>
[Collection(PackageCollection.Name)]
public sealed class BrokenNetworkTests(PackageFixture package)
{
    /// <summary>Each variant is one build of one project, with global properties as <c>-p:</c> sets them; all in one process, because starting one costs more than the build.</summary>
    private static readonly (string Name, string Properties)[] Variants =
    [
        ("Plain", ""),
        ("RunAnalyzers", "RunAnalyzers=false"),
        ("RunAnalyzersDuringBuild", "RunAnalyzersDuringBuild=false"),
        ("AnalyzersOnlyInTheBuild", "RunAnalyzers=false;RunAnalyzersDuringBuild=true"),
        ("AnalyzersAllTheSame", "RunAnalyzers=true;RunAnalyzersDuringBuild=false"),
        ("ImplicitBuild", "IsImplicitlyTriggeredBuild=true"),
        ("ImplicitStrictBuild", "IsImplicitlyTriggeredBuild=true;TreatWarningsAsErrors=true"),
        ("NoWarn", "NoWarn=DG0102"),
        ("Pragma", ""),
        ("EditorConfig", ""),
        ("SuppressMessage", ""),
    ];

    [Fact]
    public void No_setting_lets_a_broken_network_build()
    {
        var consumer = package.NewConsumer("broken");
        consumer.WriteProject(
            "Broken.csproj",
            """
            <EnableDefaultCompileItems>false</EnableDefaultCompileItems>
                <IntermediateOutputPath>obj/$(Variant)/</IntermediateOutputPath>
                <OutputPath>bin/$(Variant)/</OutputPath>
            """,
            """<Compile Include="$(Variant)/*.cs" />""");
        foreach (var (name, _) in Variants)
        {
            consumer.Write(name + "/LeNet5.cs", Sources.Broken);
            consumer.Write(name + "/Program.cs", Sources.Program);
        }

        // The pinned line says line 6, so what silences stands behind or in another file.
        consumer.Write("Pragma/LeNet5.cs", Sources.Broken.Replace("using DeepGen;\n", "using DeepGen;\n#pragma warning disable DG0102", StringComparison.Ordinal));
        consumer.Write("EditorConfig/.editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.DG0102.severity = none\ndotnet_analyzer_diagnostic.severity = none\ndotnet_analyzer_diagnostic.category-DeepGen.severity = none");
        consumer.Write("SuppressMessage/GlobalSuppressions.cs", "[assembly: System.Diagnostics.CodeAnalysis.SuppressMessage(\"DeepGen\", \"DG0102\")]");
        consumer.Write("Variants.proj", $"""
            <Project DefaultTargets="Build">
              <Target Name="Restore">
                <MSBuild Projects="Broken.csproj" Targets="Restore" />
              </Target>
              <Target Name="Build">
                {string.Concat(Variants.Select(v => $"""<MSBuild Projects="Broken.csproj" Targets="Build" Properties="Variant={v.Name};{v.Properties}" ContinueOnError="ErrorAndContinue" />"""))}
              </Target>
            </Project>
            """);

        var build = consumer.Build("Variants.proj");
        Assert.NotEqual(0, build.ExitCode);
        Assert.All(Variants, v =>
        {
            var lines = build.Lines.Where(l => l.Contains("/" + v.Name + "/", StringComparison.Ordinal) || l.Contains("\\" + v.Name + "\\", StringComparison.Ordinal)).ToArray();
            if (v.Name == "SuppressMessage")
            {
                // This attribute reaches even what is not configurable: there the generated half holds the error.
                Assert.Contains("error CS1029: #error: 'DG0102: " + Sources.Error.Split("DG0102: ")[1] + "'", Assert.Single(lines), StringComparison.Ordinal);
            }
            else
            {
                Broken.IsTheOnlyReport(Assert.Single(lines), v.Name + Path.DirectorySeparatorChar);
            }

            Assert.False(File.Exists(consumer.Path("bin", v.Name, "net10.0", "Broken.dll")));
        });
        Assert.Equal(Variants.Length, build.Lines.Count);
    }

    [Fact]
    public void Without_unsafe_code_the_network_says_so_and_nothing_else()
    {
        var consumer = package.NewConsumer("safe");
        consumer.WriteProject("Safe.csproj", "<AllowUnsafeBlocks>false</AllowUnsafeBlocks>");
        consumer.Write("LeNet5.cs", Sources.LeNet5);
        consumer.Write("Program.cs", Sources.Program);
        var line = Assert.Single(consumer.Build("Safe.csproj").Lines);
        Assert.Contains("LeNet5.cs(8,22): error DG0006: The generated kernels of 'LeNet5' use pointers but unsafe code is off in this project; set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> (https://", line, StringComparison.Ordinal);
    }
}
