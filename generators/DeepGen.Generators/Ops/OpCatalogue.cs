namespace DeepGen.Generators.Ops;

/// <summary>Every op of the language. The attributes, the methods of Tensor, the interpreter's calls and docs/ops.md all come from this list.</summary>
internal static class OpCatalogue
{
    public static IReadOnlyList<OpDefinition> All { get; } = new OpDefinition[]
    {
        new Conv2d(),
        new Dense(),
        new MaxPool2d(),
        new AvgPool2d(),
        new GlobalAvgPool2d(),
        new Flatten(),
        new Reshape(),
        new Concat(),
        new AddOp(),
        new SubtractOp(),
        new MultiplyOp(),
        new Relu(),
        new LeakyRelu(),
        new Sigmoid(),
        new Tanh(),
        new Softmax(),
        new Map(),
        new BatchNorm(),
        new Dropout(),
        new Scan(),
        new Rnn(),
        new Lstm(),
        new Gru(),
        new SoftmaxCrossEntropy(),
        new MeanSquaredError(),
    };

    private static readonly Dictionary<string, OpDefinition> ByName = All.Append(new ScanState()).ToDictionary(o => o.Name, StringComparer.Ordinal);

    public static OpDefinition? Find(string name) => ByName.TryGetValue(name, out var op) ? op : null;

    public static OpDefinition Get(string name) => ByName[name];
}
