using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace DeepGen.Benchmarks.Compare;

/// <summary>The files through which the other side gets our weights and samples, and we its outputs.</summary>
internal sealed class Exchange : IDisposable
{
    private readonly Workload _workload;
    private readonly Interruption _interruption;
    private readonly string _folder = Directory.CreateTempSubdirectory("deepgen-compare").FullName;
    private readonly List<string> _weights = [];
    private readonly List<JsonObject> _inputs = [];
    private readonly List<JsonObject> _targets = [];

    public Exchange(Workload workload)
    {
        _workload = workload;
        _interruption = new Interruption(Remove);
    }

    /// <summary>The network as ONNX.</summary>
    public string Model => PathOf("model.onnx");

    public void AddWeights(Network network)
    {
        var path = PathOf($"weights{_weights.Count}.safetensors");
        network.Save(path);
        _weights.Add(path);
    }

    public void AddSamples(Batch batch)
    {
        for (var i = 0; i < batch.Definition.Inputs.Length; i++)
            Add(_inputs, "input", i, batch.Definition.Inputs[i], batch.Count, batch.Input<float>, batch.Input<int>);
        for (var i = 0; i < batch.Definition.Targets.Length; i++)
            Add(_targets, "target", i, batch.Definition.Targets[i], batch.Count, batch.Target<float>, batch.Target<int>);
    }

    public void AddInput(ReadOnlySpan<float> values, string type, int[] shape) => Add(_inputs, "input", MemoryMarshal.AsBytes(values), type, shape);

    /// <summary>What the other side must know of the workload.</summary>
    /// <param name="call">"load" or "memory".</param>
    /// <param name="layout">"contiguous" or "channels_last".</param>
    public JsonObject Request(string call, string layout) => new()
    {
        ["do"] = call,
        ["modules"] = new JsonArray([.. _workload.Modules.Select(module => (JsonNode)module)]),
        ["weights"] = new JsonArray([.. _weights.Select(path => (JsonNode)path)]),
        ["inputs"] = new JsonArray([.. _inputs.Select(input => input.DeepClone())]),
        ["targets"] = new JsonArray([.. _targets.Select(target => target.DeepClone())]),
        ["kind"] = _workload.Kind switch { WorkloadKind.Step => "step", WorkloadKind.Adversarial => "adversarial", _ => "predict" },
        ["optimizer"] = _workload.UsesAdam ? "adam" : "sgd",
        ["rate"] = _workload.LearningRate,
        ["layout"] = layout,
        ["model"] = Model,
    };

    /// <summary>The floats that a request has written.</summary>
    /// <param name="ask">Given the file.</param>
    public float[] Read(Action<string> ask)
    {
        var path = PathOf("outputs");
        ask(path);
        return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
    }

    public void Dispose()
    {
        _interruption.Dispose();
        Remove();
    }

    private void Remove()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // When the command is interrupted, both that and the end of the workload come here.
        }
    }

    private void Add(List<JsonObject> tensors, string name, int index, TensorDefinition tensor, int count, Func<int, Span<float>> numbers, Func<int, Span<int>> indices)
    {
        var isFloat = tensor.Element == Element.Float32;
        var bytes = isFloat ? MemoryMarshal.AsBytes(numbers(index)) : MemoryMarshal.AsBytes(indices(index));
        Add(tensors, name, bytes, isFloat ? "float" : "int", [count, .. tensor.Shape]);
    }

    private void Add(List<JsonObject> tensors, string name, ReadOnlySpan<byte> bytes, string type, int[] shape)
    {
        var path = PathOf($"{name}{tensors.Count}");
        using (var file = File.Create(path))
            file.Write(bytes);
        tensors.Add(new JsonObject { ["file"] = path, ["type"] = type, ["shape"] = new JsonArray([.. shape.Select(extent => (JsonNode)extent)]) });
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
