namespace DeepGen.Generators.Ops;

/// <summary>Every op of the language. The attributes, the methods of Tensor, the interpreter's calls and docs/ops.md all come from this list.</summary>
internal static class OpCatalogue
{
    public static IReadOnlyList<OpDefinition> All { get; } = new OpDefinition[]
    {
        new Conv(1),
        new Conv(2),
        new Conv(3),
        new DepthwiseConv2d(),
        new ConvTranspose(1),
        new ConvTranspose(2),
        new ConvTranspose(3),
        new Dense(),
        new Embedding(),
        new OneHot(),
        new MatMul(),
        new Gram(),
        new Rbf(),
        new MaxPool(1),
        new MaxPool(2),
        new MaxPool(3),
        new MaxUnpool2d(),
        new AvgPool(1),
        new AvgPool(2),
        new AvgPool(3),
        new GlobalMaxPool(1),
        new GlobalMaxPool(2),
        new GlobalMaxPool(3),
        new GlobalAvgPool(1),
        new GlobalAvgPool(2),
        new GlobalAvgPool(3),
        new Flatten(),
        new Reshape(),
        new Concat(),
        new Slice(),
        new CenterCrop(),
        new Permute(),
        new BroadcastTo(),
        new Repeat(),
        new ZeroPad2d(),
        new ReflectPad2d(),
        new ReplicatePad2d(),
        new UpsampleNearest2d(),
        new UpsampleBilinear2d(),
        new Gather(),
        new ScatterAdd(),
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
        new LocalResponseNorm(),
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
