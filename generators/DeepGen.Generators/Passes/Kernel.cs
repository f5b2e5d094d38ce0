using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>When a kernel runs; kernels of one section run in their order.</summary>
internal enum Section
{
    /// <summary>Once per version of the weights.</summary>
    Prepare,
    Forward,
    Loss,
    Backward,

    /// <summary>The end of the backward pass that only gradients of inputs need.</summary>
    InputGradient,
}

internal enum KernelKind
{
    /// <summary>Elementwise over a domain, with reductions along its trailing axes in the same pass: one row after the other.</summary>
    Row,

    /// <summary>Reductions along other axes: statistics per channel.</summary>
    Reduce,
    MatMul,

    /// <summary>A product over the batch: the gradient of a weight, with the bias's beside it.</summary>
    WeightMatMul,
    Conv,
    ConvGradInput,
    ConvGradWeight,
    MaxPool,
    MaxPoolGrad,
    MaxPoolPick,
    AvgPool,
    AvgPoolGrad,
    Concat,
    Permute,

    /// <summary>Padding, cropping and enlarging of maps.</summary>
    Resample,
    Gather,
    ScatterAdd,
    TimeMajor,
    SampleMajor,

    /// <summary>A loop over time around kernels of its own.</summary>
    Scan,
}

/// <summary>One kernel call of a program: what it computes in one pass. Built by <see cref="Fuse"/>.</summary>
internal sealed class Kernel
{
    private int[] axes = Array.Empty<int>();

    public Kernel(int index, Section section, KernelKind kind, Val? anchor, Dims domain)
    {
        Index = index;
        Section = section;
        Kind = kind;
        Anchor = anchor;
        Domain = domain;
        Kept = domain;
    }

    public int Index { get; }

    public Section Section { get; }

    public KernelKind Kind { get; }

    /// <summary>The product, convolution or pool; null for Row and Reduce.</summary>
    public Val? Anchor { get; }

    /// <summary>The extents it runs over.</summary>
    public Dims Domain { get; }

    /// <summary>Reduced axes of a Row or Reduce kernel.</summary>
    public int[] Axes
    {
        get => axes;
        set
        {
            axes = value;
            Kept = new Dims(Domain.ToArray().Select((d, i) => value.Contains(i) ? (Dim)1 : d));
        }
    }

    /// <summary>The extents of a reduction's results: reduced axes are one.</summary>
    public Dims Kept { get; private set; }

    /// <summary>Values it computes besides the anchor, in order.</summary>
    public List<Val> Members { get; } = new();

    /// <summary>Sums over the rows of a weight gradient's first operand: the bias's gradient.</summary>
    public Val? RowSum { get; set; }

    /// <summary>What a loop over time runs at every step; its results are the members.</summary>
    public FusedScan? Scan { get; set; }

    /// <summary>The members (and anchor) that other kernels or the caller read.</summary>
    public List<Val> Stored { get; } = new();

    /// <summary>Whether the gradients of inputs can do without it.</summary>
    public bool ForParametersAlone { get; set; }

    /// <summary>What it reads from memory: leaves and other kernels' stored values, each once.</summary>
    public List<Val> Operands { get; } = new();

    /// <summary>What has no batch may be the gradient of a parameter, which is added to what is there; no epilogue does so.</summary>
    public bool TakesEpilogue => Domain.HasBatch
        && Kind is KernelKind.MatMul or KernelKind.Conv or KernelKind.ConvGradInput or KernelKind.MaxPool or KernelKind.MaxPoolGrad or KernelKind.MaxPoolPick or KernelKind.AvgPool or KernelKind.AvgPoolGrad
            or KernelKind.Permute or KernelKind.Resample or KernelKind.Gather;

    /// <summary>Whether its epilogue sees a matrix, with all axes but the last as rows; else rows are channels.</summary>
    public bool IsMatrix => Kind is KernelKind.MatMul or KernelKind.Gather || Domain.Rank <= 2;

    public bool Computes(Val v) => v == Anchor || v == RowSum || Members.Contains(v);

    public string Origin => Anchor?.Origin ?? Members[Members.Count - 1].Origin;
}
