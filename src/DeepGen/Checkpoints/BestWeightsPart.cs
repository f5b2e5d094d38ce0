namespace DeepGen;

/// <summary>The weights of the best epoch so far, with what the optimizer remembered where that is kept too.</summary>
/// <param name="name">Its name.</param>
/// <param name="network">Whose weights.</param>
/// <param name="weights">Where they are kept.</param>
/// <param name="optimizer">Whose moments are kept with them; null for none.</param>
internal sealed unsafe class BestWeightsPart(string name, Network network, BestWeights weights, Optimizer? optimizer) : CheckpointPart(name)
{
    private OptimizerCounts? _counts;
    private bool _any;

    public override string Kind => "weights of the best epoch";

    public override bool IsOptional => true;

    /// <summary>Before the first best epoch there is nothing; <see cref="Check"/> sees whether there is.</summary>
    public override IEnumerable<CheckpointDifference> Differences(CheckpointFile file) => [];

    public override void Save(CheckpointWriter writer)
    {
        if (!weights.Any) return;
        writer.Set(StateKey("any"), Fields.Text(true));
        foreach (var parameter in network.Parameters) writer.Add(new StoredTensor(Tensor(parameter.Name), parameter.Shape, weights.Values(parameter), parameter.Count));
        if (optimizer == null) return;
        foreach (var (index, moment, parameter) in Moments) writer.Add(new StoredTensor(moment, parameter.Shape, weights.Moment(index, parameter), parameter.Count));
        StoredCounts.Save(writer, Tensor("optimizer.step"), StateKey("steps"), network, weights.Counts!);
    }

    public override void Check(CheckpointFile file, bool changed)
    {
        _any = file.Metadata.ContainsKey(StateKey("any"));
        if (!_any) return;
        foreach (var parameter in network.Parameters) Require(file, Tensor(parameter.Name), parameter.Shape);
        if (optimizer == null) return;

        // Another optimizer cannot go back to what this one remembered.
        _any = !changed || Moments.All(moment => file.Has(moment.Name, "F32", moment.Parameter.Shape));
        if (!_any) return;
        foreach (var (_, moment, parameter) in Moments) Require(file, moment, parameter.Shape);
        _counts = StoredCounts.Read(file, Tensor("optimizer.step"), StateKey("steps"), network);
    }

    public override void Restore(CheckpointFile file)
    {
        if (!_any) return;
        foreach (var parameter in network.Parameters) file.Values<float>(Tensor(parameter.Name)).CopyTo(new Span<float>(weights.Values(parameter), parameter.Count));
        foreach (var (index, moment, parameter) in Moments) file.Values<float>(moment).CopyTo(new Span<float>(weights.Moment(index, parameter), parameter.Count));
        weights.Filled(_counts);
    }

    private IEnumerable<(int Index, string Name, Parameter Parameter)> Moments =>
        from index in Enumerable.Range(0, optimizer?.MomentNames.Count ?? 0)
        from parameter in network.Parameters
        where parameter.IsTrainable
        select (index, Tensor($"optimizer.{optimizer!.MomentNames[index]}.{parameter.Name}"), parameter);

    private static void Require(CheckpointFile file, string name, IReadOnlyList<int> shape)
    {
        if (!file.Has(name, "F32", shape)) throw CheckpointFile.Bad(file.Path, $"it has no tensor '{name}' of F32 {Shapes.Text(shape)}");
    }
}
