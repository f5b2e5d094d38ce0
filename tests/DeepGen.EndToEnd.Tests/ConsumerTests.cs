using DeepGen.EndToEnd.Tests.Support;

namespace DeepGen.EndToEnd.Tests;

/// <summary>Projects with strict settings and unlucky names.</summary>
[Collection(PackageCollection.Name)]
public sealed class ConsumerTests(PackageFixture package)
{
    private const string Tensors = """<PackageReference Include="System.Numerics.Tensors" Version="10.0.0" />""";

    /// <summary>C# 13, every analyzer of the SDK, warnings as errors; only the user's own files are excused from the analyzers.</summary>
    [Fact]
    public void Generated_code_gives_no_warning_whatever_the_names_around_it()
    {
        var consumer = package.NewConsumer("odd");
        consumer.WriteProject(
            "Odd.csproj",
            """
            <LangVersion>13</LangVersion>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <AnalysisLevel>latest-all</AnalysisLevel>
                <GenerateDocumentationFile>true</GenerateDocumentationFile>
            """,
            Tensors);
        consumer.Write(".editorconfig", "root = true\n[{Global,Names,Members,Program}.cs]\ndotnet_analyzer_diagnostic.severity = none");
        consumer.Write("Global.cs", OddNetworks.Global);
        consumer.Write("Names.cs", OddNetworks.Names);
        consumer.Write("Members.cs", OddNetworks.Members);
        consumer.Write("Program.cs", OddNetworks.Program);
        consumer.Build("Odd.csproj", "-p:OutDir=out/").WasClean();
        Assert.Equal(["True"], Tool.Run(consumer.Folder, consumer.Path("out", "Odd.dll")).Succeeded().Lines);
    }

    [Fact]
    public void The_alias_of_Tensor_can_be_left_out()
    {
        var consumer = package.NewConsumer("other-tensor");
        consumer.WriteProject("OtherTensor.csproj", "<ImplicitUsings>enable</ImplicitUsings><DeepGenTensorAlias>false</DeepGenTensorAlias><NoWarn>SYSLIB5001</NoWarn>", Tensors);
        consumer.Write("Program.cs", OddNetworks.OtherTensor);
        consumer.Build("OtherTensor.csproj").WasClean();
    }
}
