using System.Text;
using DeepGen.Runtime.Tests.Networks;

namespace DeepGen.Runtime.Tests;

public class SafetensorsTests
{
    [Fact]
    public void What_was_saved_is_loaded_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        using var saved = Trained(1);
        using var loaded = new Linear(new NetworkOptions { Seed = 2 });
        Assert.NotEqual(Support.Bits(saved), Support.Bits(loaded));
        saved.Save(folder.File("w.safetensors"));
        var report = loaded.Load(folder.File("w.safetensors"), LoadOptions.Strict);
        Assert.Equal(Support.Bits(saved), Support.Bits(loaded));
        Assert.True(report.IsComplete);
        Assert.Equal(["Dense1.weight", "Dense1.bias", "Norm1.running_mean", "Norm1.momentum"], report.Loaded);

        // Inference uses the new weights.
        float[] x = Support.Numbers(5), a = new float[3], b = new float[3];
        saved.Predict(x, a);
        loaded.Predict(x, b);
        Assert.Equal(a, b);
    }

    [Fact]
    public void The_header_is_aligned_and_lists_every_tensor()
    {
        using var folder = new TemporaryFolder();
        using var network = new Linear();
        network.Save(folder.File("w"));
        var bytes = File.ReadAllBytes(folder.File("w"));
        var length = BitConverter.ToInt64(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(8 + length + (4 * (15 + 3 + 5 + 1)), bytes.Length);
        Assert.Contains("\"Dense1.weight\":{\"dtype\":\"F32\",\"shape\":[3,5],\"data_offsets\":[0,60]}", Encoding.UTF8.GetString(bytes, 8, (int)length));
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_refused_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        using var saved = Trained(1);
        using var network = new Linear(new NetworkOptions { Seed = 2 });
        saved.Save(folder.File("whole"));
        var bytes = File.ReadAllBytes(folder.File("whole"));
        var before = Support.Bits(network);
        for (var length = 0; length < bytes.Length; length++)
        {
            var path = folder.File("cut", bytes[..length]);
            foreach (var options in new[] { LoadOptions.Strict, LoadOptions.Partial })
            {
                var error = Assert.Throws<InvalidDataException>(() => network.Load(path, options));
                Assert.Contains(path, error.Message);
            }

            Assert.Equal(before, Support.Bits(network));
        }
    }

    [Fact]
    public void A_flipped_bit_in_the_header_is_refused_or_harmless()
    {
        using var folder = new TemporaryFolder();
        using var saved = Trained(1);
        using var network = new Linear(new NetworkOptions { Seed = 2 });
        saved.Save(folder.File("whole"));
        var bytes = File.ReadAllBytes(folder.File("whole"));
        var header = 8 + (int)BitConverter.ToInt64(bytes);
        var before = Support.Bits(network);
        var right = Support.Bits(saved);
        using var original = new Linear(new NetworkOptions { Seed = 2 });
        original.Save(folder.File("original"));
        for (var bit = 0; bit < 8 * header; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var path = folder.File("flipped", bytes);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                // Only the metadata and white space can change without a contradiction.
                network.Load(path);
                Assert.Equal(right, Support.Bits(network));
                network.Load(folder.File("original"));
            }
            catch (InvalidDataException)
            {
                Assert.Equal(before, Support.Bits(network));
            }
        }
    }

    [Fact]
    public void Foreign_files_are_named_as_such()
    {
        using var folder = new TemporaryFolder();
        using var network = new Linear();
        Refused("PNG", "probably not a safetensors file", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0]);
        Refused("zip", "safetensors", Encoding.ASCII.GetBytes("PK\u0003\u0004 some archive of a pickled model"));
        Refused("text", "safetensors", Encoding.ASCII.GetBytes("Dense1.weight 1 2 3 4 5"));
        Refused("empty", "it has 0 bytes", []);
        Refused("zeros", "does not begin with '{'", new byte[100]);

        void Refused(string name, string reason, byte[] bytes)
        {
            var path = folder.File(name, bytes);
            var error = Assert.Throws<InvalidDataException>(() => network.Load(path));
            Assert.Contains(path, error.Message);
            Assert.Contains(reason, error.Message);
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "without a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "without a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "needs 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "8 follow")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "truncated")]
    [InlineData("""{"a":{"dtype":"Q7","shape":[1],"data_offsets":[0,4]}}""", 4, "unknown type 'Q7'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "at least 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}}""", 4, "too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "lacks")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}""", 4, "unknown property")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "two numbers")]
    [InlineData("""{"a":[1]}""", 4, "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""", 4, "not valid JSON")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "not valid JSON")]
    public void Contradictions_in_the_header_are_refused(string json, int dataBytes, string reason)
    {
        using var folder = new TemporaryFolder();
        using var network = new Linear();
        var path = folder.File("bad", Support.Safetensors(json, dataBytes));
        var error = Assert.Throws<InvalidDataException>(() => network.Load(path, LoadOptions.Partial));
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Strict_refuses_other_names_shapes_and_types_and_lists_them()
    {
        using var folder = new TemporaryFolder();
        using var network = new Linear();
        var before = Support.Bits(network);
        var path = folder.File("other", Other());
        var error = Assert.Throws<InvalidDataException>(() => network.Load(path));
        Assert.Contains("'Dense1.weight' needs F32 [3, 5], the file has F32 [5, 3]", error.Message);
        Assert.Contains("'Dense1.bias' needs F32 [3], the file has F16 [3]", error.Message);
        Assert.Contains("missing: Norm1.momentum", error.Message);
        Assert.Contains("unexpected: extra", error.Message);
        Assert.Equal(before, Support.Bits(network));
    }

    [Fact]
    public void Partial_loads_what_fits_and_reports_the_rest()
    {
        using var folder = new TemporaryFolder();
        using var network = new Linear();
        network.Parameters["Norm1.running_mean"].Span.Fill(3);
        var report = network.Load(folder.File("other", Other()), LoadOptions.Partial);
        Assert.Equal(["Norm1.running_mean"], report.Loaded);
        Assert.Equal(["Norm1.momentum"], report.Missing);
        Assert.Equal(["extra"], report.Unexpected);
        Assert.Equal(["Dense1.weight", "Dense1.bias"], report.Mismatched.Select(mismatch => mismatch.Name).Order().Reverse());
        Assert.False(report.IsComplete);
        Assert.All(network.Parameters["Norm1.running_mean"].Values.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Names_can_be_mapped()
    {
        using var folder = new TemporaryFolder();
        using var saved = Trained(1);
        using var network = new Linear(new NetworkOptions { Seed = 2 });
        saved.Save(folder.File("w"));
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(folder.File("w"))).Replace("Dense1", "linear").Replace("Norm1.", "Other.");
        var path = folder.File("renamed", Encoding.Latin1.GetBytes(text));
        var options = LoadOptions.Partial with { Rename = name => name.StartsWith("Other") ? null : name.Replace("linear", "Dense1") };
        var report = network.Load(path, options);
        Assert.Equal(["Dense1.weight", "Dense1.bias"], report.Loaded);
        Assert.Equal(["Norm1.running_mean", "Norm1.momentum"], report.Missing);
        Assert.Empty(report.Unexpected);
        Assert.Equal(saved.Parameters["Dense1.weight"].Values.ToArray(), network.Parameters["Dense1.weight"].Values.ToArray());
        var error = Assert.Throws<InvalidDataException>(() => network.Load(path, LoadOptions.Partial with { Rename = _ => "Dense1.weight" }));
        Assert.Contains("maps both", error.Message);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_named()
    {
        using var folder = new TemporaryFolder();
        using var network = new Linear();
        Assert.Contains("no such file", Assert.Throws<FileNotFoundException>(() => network.Load(folder.File("none"))).Message);
        Assert.Contains("folder", Assert.Throws<IOException>(() => network.Load(folder.Path)).Message);
        Assert.Contains("folder", Assert.Throws<IOException>(() => network.Save(folder.Path)).Message);
        Assert.Contains("does not exist", Assert.Throws<DirectoryNotFoundException>(() => network.Save(folder.File("none/w"))).Message);
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file_and_no_other()
    {
        using var folder = new TemporaryFolder();
        using var network = Trained(1);
        var path = folder.File("w.safetensors");
        network.Save(path);
        var old = File.ReadAllBytes(path);
        network.Parameters[0].Span.Fill(1);

        // Every write to this device fails with "no space left".
        var error = Assert.Throws<IOException>(() => network.Save(path, temporary =>
        {
            File.CreateSymbolicLink(temporary, "/dev/full");
            return new FileStream(temporary, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        }));
        Assert.Contains(path, error.Message);
        Assert.Contains("unchanged", error.Message);
        Assert.Equal(old, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));

        network.Save(path);
        Assert.NotEqual(old, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Saving_through_a_link_replaces_what_it_leads_to()
    {
        using var folder = new TemporaryFolder();
        using var network = new Linear();
        Directory.CreateDirectory(folder.File("store"));
        File.WriteAllText(folder.File("store/real"), "old");
        File.CreateSymbolicLink(folder.File("link"), folder.File("store/real"));
        network.Save(folder.File("link"));
        Assert.NotNull(new FileInfo(folder.File("link")).LinkTarget);
        network.Load(folder.File("store/real"));
    }

    private static Linear Trained(ulong seed)
    {
        var network = new Linear(new NetworkOptions { Seed = seed });
        network.Step(Support.Numbers(20), Support.Labels(4), new Sgd(0.1f));
        return network;
    }

    private static byte[] Other() => Support.Safetensors(
        """
        {"Dense1.weight":{"dtype":"F32","shape":[5,3],"data_offsets":[0,60]},
         "Dense1.bias":{"dtype":"F16","shape":[3],"data_offsets":[60,66]},
         "Norm1.running_mean":{"dtype":"F32","shape":[5],"data_offsets":[66,86]},
         "extra":{"dtype":"I64","shape":[],"data_offsets":[86,94]}}
        """,
        94);
}
