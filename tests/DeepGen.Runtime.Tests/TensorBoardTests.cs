using System.Buffers.Binary;
using System.Text;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

/// <summary>Event files, read by a decoder that knows the wire format and the checksum from their descriptions alone.</summary>
[Collection(nameof(AllocationTests))]
public sealed class TensorBoardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbers_texts_pictures_and_distributions_are_read_back()
    {
        using var log = new TensorBoardLog(_folder.File("run"));
        log.Scalar("loss/train", 3, 0.625);
        log.Text("note", 1_000_000, "höher");
        var grid = PictureGrid.OfPictures([0, 0.25f, 0.5f, 1, 0, 1], 3, 1, 2);
        log.Picture("samples", 300, grid);
        log.Histogram("weights", 4, [0, 1, 1, 4, float.NaN]);
        log.Histogram("constant", 4, [2, 2]);
        log.Histogram("empty", 4, []);
        log.Dispose();
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(log.Path), StringComparison.Ordinal);
        var events = Events(log.Path);
        Assert.Equal(6, events.Count);
        Assert.Equal("brain.Event:2", events[0].Text(3));
        Assert.InRange(events[0].Double(1), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60.0, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1.0);

        Assert.Equal(3L, events[1].Int(2));
        var scalar = events[1].Message(5).Message(1);
        Assert.Equal(("loss/train", 0.625f), (scalar.Text(1), scalar.Float(2)));

        Assert.Equal(1_000_000L, events[2].Int(2));
        var text = events[2].Message(5).Message(1);
        Assert.Equal("text", text.Message(9).Message(1).Text(1));
        Assert.Equal((7L, 1L, "höher"), (text.Message(8).Int(1), text.Message(8).Message(2).Message(2).Int(1), text.Message(8).Text(8)));

        var picture = events[3].Message(5).Message(1).Message(4);
        Assert.Equal((1L, 2L, 3L), (picture.Int(1), picture.Int(2), picture.Int(3)));
        var png = Image.Read(_folder.File("picture.png", picture.Bytes(4)));
        Assert.Equal(grid.Pixels, png.Pixels.ToArray());

        var histogram = events[4].Message(5).Message(1).Message(5);
        Assert.Equal((0.0, 4.0, 4.0, 6.0, 18.0), (histogram.Double(1), histogram.Double(2), histogram.Double(3), histogram.Double(4), Math.Round(histogram.Double(5), 9)));
        double[] limits = histogram.Doubles(6), counts = histogram.Doubles(7);
        Assert.Equal(limits.Length, counts.Length);
        Assert.Equal(limits.Order(), limits);
        Assert.Equal((4.0, 4.0), (limits[^1], counts.Sum()));
        Assert.Equal((1.0, 1.0), (counts[0], counts[^1]));
        limits = events[5].Message(5).Message(1).Message(5).Doubles(6);
        Assert.Equal(limits.Order().Distinct(), limits);
    }

    [Fact]
    public void A_training_writes_its_curves()
    {
        using var network = Things.Create(new NetworkOptions { Seed = 3, MaxBatch = 16 });
        using var log = new TensorBoardLog(_folder.File("run")) { EverySteps = 2 };
        var fit = new Trainer(network, new TrainerOptions { Epochs = 2, BatchSize = 16, Watchers = [log] }).Fit(Pictures.Of(80, 0, 4, 1), Pictures.Of(40, 0, 4, 2));
        var values = Events(log.Path).Skip(1).Select(one => (Step: one.Int(2), Value: one.Message(5).Message(1))).ToList();
        Assert.Equal([2, 4, 6, 8, 10], values.Where(one => one.Value.Text(1) == "loss/batch").Select(one => one.Step));
        var train = values.Where(one => one.Value.Text(1) == "loss/train").ToList();
        Assert.Equal([5, 10], train.Select(one => one.Step));
        Assert.Equal(fit.History.Select(epoch => (float)epoch.TrainLoss), train.Select(one => one.Value.Float(2)));
        foreach (var tag in new[] { "loss/validation", "accuracy/train", "accuracy/validation", "learning rate", "gradient norm/Conv2d1.weight", "weights/Dense2.bias", "gradients/Dense2.bias" })
            Assert.Contains(values, one => one.Value.Text(1) == tag);
        Assert.All(values.Where(one => one.Value.Text(1).StartsWith("gradient norm/", StringComparison.Ordinal)), one => Assert.True(one.Value.Float(2) > 0));
    }

    [Fact]
    public void A_number_allocates_nothing()
    {
        using var log = new TensorBoardLog(_folder.File("run"));
        for (var i = 0; i < 100; i++) log.Scalar("loss/train", i, i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) log.Scalar("loss/train", i, i);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Two_logs_of_a_folder_have_files_of_their_own()
    {
        using var first = new TensorBoardLog(_folder.File("run"));
        using var second = new TensorBoardLog(_folder.File("run"));
        Assert.NotEqual(first.Path, second.Path);
    }

    /// <summary>Records: length, masked checksum of it, data, masked checksum of that.</summary>
    private static List<Fields> Events(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var events = new List<Fields>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            var data = bytes.AsSpan(at + 12, length);
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            events.Add(new Fields(data.ToArray()));
            at += length + 16;
        }

        return events;
    }

    /// <summary>CRC-32C bit by bit, rotated right by 15 and moved on.</summary>
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var checksum = uint.MaxValue;
        foreach (var value in bytes)
        {
            checksum ^= value;
            for (var bit = 0; bit < 8; bit++) checksum = (checksum >> 1) ^ ((checksum & 1) * 0x82F63B78);
        }

        checksum = ~checksum;
        return unchecked(((checksum >> 15) | (checksum << 17)) + 0xa282ead8);
    }

    /// <summary>A message, each field once.</summary>
    private sealed class Fields
    {
        private readonly Dictionary<int, object> _values = [];

        public Fields(byte[] bytes)
        {
            var at = 0;
            while (at < bytes.Length)
            {
                var key = Varint();
                object value = (key & 7) switch
                {
                    0 => (long)Varint(),
                    1 => BitConverter.ToDouble(Take(8)),
                    2 => Take(checked((int)Varint())),
                    5 => BitConverter.ToSingle(Take(4)),
                    var kind => throw new InvalidDataException($"Wire type {kind}"),
                };
                _values.Add((int)(key >> 3), value);
            }

            ulong Varint()
            {
                var value = 0ul;
                for (var shift = 0; ; shift += 7)
                {
                    value |= (ulong)(bytes[at] & 0x7f) << shift;
                    if (bytes[at++] < 0x80) return value;
                }
            }

            byte[] Take(int count) => bytes[at..(at += count)];
        }

        public long Int(int field) => (long)_values[field];

        public double Double(int field) => (double)_values[field];

        public float Float(int field) => (float)_values[field];

        public byte[] Bytes(int field) => (byte[])_values[field];

        public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

        public Fields Message(int field) => new(Bytes(field));

        public double[] Doubles(int field) => [.. Bytes(field).Chunk(8).Select(chunk => BitConverter.ToDouble(chunk))];
    }
}
