using System.Text;

namespace DeepGen;

/// <summary>Collects what goes into a checkpoint and writes it.</summary>
internal sealed class CheckpointWriter
{
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<StoredTensor> _integers = [];
    private readonly List<StoredTensor> _floats = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Sets an entry of the metadata.</summary>
    public void Set(string key, string value) => _metadata[key] = value;

    /// <exception cref="InvalidOperationException">There is a tensor of this name.</exception>
    public void Add(StoredTensor tensor)
    {
        if (!_names.Add(tensor.Name))
            throw new InvalidOperationException($"A checkpoint cannot hold two tensors '{tensor.Name}'; give the layers of the network another name, or the network a name in the checkpoint.");
        (tensor.Type == "I64" ? _integers : _floats).Add(tensor);
    }

    /// <summary>Writes all at once; the checksum is over every byte of the file, with zeros in its own place.</summary>
    public void Write(string path, Func<string, FileStream>? create)
    {
        Set(CheckpointFile.ChecksumKey, CheckpointFile.NoChecksum);
        StoredTensor[] tensors = [.. _integers, .. _floats];
        var header = SafetensorsHeader.Write(_metadata, tensors);
        var checksum = Crc32C.Append(Crc32C.Start, header);
        foreach (var tensor in tensors) checksum = Crc32C.Append(checksum, tensor.Bytes);
        Encoding.ASCII.GetBytes(Crc32C.Text(checksum), header.AsSpan(CheckpointFile.ChecksumPlace(header)));
        AtomicFile.Write(
            path,
            stream =>
            {
                stream.Write(header);
                foreach (var tensor in tensors) stream.Write(tensor.Bytes);
            },
            create);
    }
}
