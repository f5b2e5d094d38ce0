using System.ComponentModel;

namespace DeepGen.Kernels;

/// <summary>
/// The forms in which kernels want the weights of a network, packed or transformed, and what they may choose among. One for each program: a call with a number keeps its form
/// until the weights change, one without makes it each time. All calls of inference have one; in training, where weights serve once, those inside a loop over time. Any number of
/// threads may ask at once.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class WeightForms : IDisposable
{
    private readonly object making = new();
    private Form[] kept = [];

    /// <param name="winograd">Greatest tile of Winograd's algorithm that may be chosen: 4, 2, or 0 for none.</param>
    public WeightForms(int winograd) => Winograd = winograd;

    /// <summary>Greatest tile of Winograd's algorithm that may be chosen: 4, 2, or 0 for none.</summary>
    public int Winograd { get; }

    /// <summary>Whether that tile is chosen wherever it is possible, and not where the cost says so: for tests and for measuring the cost.</summary>
    public bool IsForced { get; init; }

    /// <summary>The weights have changed: what was kept is made again when it is next asked for. No kernel may be running.</summary>
    public void Changed()
    {
        for (var i = 0; i < kept.Length; i++)
            kept[i].IsMade = false;
    }

    /// <summary>Lets <paramref name="memory"/> be the form that a call wants: the one it kept, or memory that the loop has filled.</summary>
    /// <param name="forms">What keeps it; null where nothing does.</param>
    /// <param name="w">Threads.</param>
    /// <param name="call">Number of the call in its program, below 0 where it keeps nothing.</param>
    /// <param name="kind">0 … 3: which of the call's forms; it may want another at another batch.</param>
    /// <param name="scratch">Slot of scratch memory for a form that is not kept.</param>
    /// <param name="floats">Size of the form.</param>
    /// <param name="memory">Where to put the address; set before the loop runs.</param>
    /// <param name="items">Items of the loop.</param>
    /// <param name="flopsPerItem">Arithmetic of one item.</param>
    /// <param name="args">Handed to the body.</param>
    /// <param name="body">Makes the form.</param>
    internal static void Get(WeightForms? forms, Workers w, nint call, int kind, int scratch, nint floats, float** memory, nint items, double flopsPerItem, void* args, delegate*<void*, nint, nint, void> body)
    {
        if (forms is null || call < 0)
        {
            *memory = Workers.Scratch(scratch, floats);
            w.For(items, flopsPerItem, args, body);
            return;
        }
        forms.Kept(w, (4 * call) + kind, floats, memory, items, flopsPerItem, args, body);
    }

    private void Kept(Workers w, nint index, nint floats, float** memory, nint items, double flopsPerItem, void* args, delegate*<void*, nint, nint, void> body)
    {
        var seen = Volatile.Read(ref kept);
        if (index < seen.Length && Volatile.Read(ref seen[index].IsMade))
        {
            *memory = seen[index].Arena!.Pointer;
            return;
        }
        lock (making)
        {
            if (index >= kept.Length)
            {
                // A new array: who reads the old one finds its forms as they were.
                var longer = new Form[Math.Max((int)index + 4, 2 * kept.Length)];
                kept.CopyTo(longer, 0);
                Volatile.Write(ref kept, longer);
            }
            ref var form = ref kept[index];
            form.Arena ??= new NativeArena(floats, zeroed: false);
            *memory = form.Arena.Pointer;
            if (form.IsMade)
                return;
            w.For(items, flopsPerItem, args, body);
            Volatile.Write(ref form.IsMade, true);
        }
    }

    /// <summary>Frees what was kept. No kernel may be running.</summary>
    public void Dispose()
    {
        foreach (var form in kept)
            form.Arena?.Dispose();
        kept = [];
    }

    private struct Form
    {
        public NativeArena? Arena;
        public bool IsMade;
    }
}
