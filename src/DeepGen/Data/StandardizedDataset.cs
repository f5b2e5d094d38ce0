namespace DeepGen;

/// <summary>A dataset with an input standardized.</summary>
internal sealed class StandardizedDataset(IDataset dataset, Standardization standardization, int input) : IDataset, ICheckedDataset
{
    public int Count => dataset.Count;

    public void Fill(ReadOnlySpan<int> indices, Batch batch)
    {
        dataset.Fill(indices, batch);
        standardization.Apply(batch.Input<float>(input), batch.Definition.Inputs[input].Size);
    }

    public void Check(ReadOnlySpan<int> samples, NetworkDefinition network, string call) => Datasets.Check(dataset, samples, network, call);
}
