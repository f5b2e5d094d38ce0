using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;

namespace DeepGen.Generators.Passes;

/// <summary>
/// Partitions a program into kernels. Values are visited in the order of computation. A product, convolution or pool begins a kernel; an elementwise value joins the kernel
/// that made its newest operand, if it can be computed while that kernel stores its result; otherwise it floats: it is recomputed inside every kernel that needs it, and
/// gets a kernel of its own only when a product needs it in memory. Reductions along rows gather what belongs to the same rows.
/// </summary>
internal sealed class Fuse
{
    private readonly FusionOptions options;
    private readonly LoweredProgram program;
    private readonly List<Kernel> kernels = new();
    private readonly Dictionary<Val, Kernel> owner = new();
    private readonly Dictionary<Kernel, List<Use>> reads = new();
    private readonly Dictionary<Val, Section> sections = new();
    private readonly Dictionary<Val, Val> biasOf = new();
    private readonly HashSet<Val> done = new();
    private readonly Dictionary<Val, List<Val>> users = new();
    private readonly HashSet<Val> wanted = new();
    private Section current;

    private Fuse(LoweredProgram program, FusionOptions options)
    {
        this.program = program;
        this.options = options;
    }

    public static FusedProgram Run(LoweredProgram program, FusionOptions options) => new Fuse(program, options).Run();

    private FusedProgram Run()
    {
        var roots = SeparateRoots(program);
        var live = Liveness.Of(roots.Select(r => r.Value));
        AssignSections(live, roots);
        FindUsers(live, roots);
        if (options.BiasGradients)
        {
            FindBiasGradients(live, roots);
        }

        foreach (var section in live.GroupBy(v => sections[v]).OrderBy(g => g.Key))
        {
            current = section.Key;
            foreach (var v in section)
            {
                Process(v);
            }

            if (current == Section.Prepare)
            {
                KeepPrepared(live);
            }

            foreach (var root in roots)
            {
                if (sections[root.Value] == current)
                {
                    Materialize(Views.Base(root.Value));
                }
            }
        }

        var fused = new FusedProgram(program, roots, kernels, owner);
        FindOperands(fused);
        FindForParametersAlone(fused);
        return fused;
    }

    /// <summary>Every root gets memory of its own: a result that is an input, a value of an earlier phase, or another result, is copied.</summary>
    private static IReadOnlyList<Root> SeparateRoots(LoweredProgram program)
    {
        var taken = new HashSet<Val>();
        var b = program.Builder;
        // A gradient is added to what is there, so its place cannot serve those who read this step's value.
        var read = new HashSet<Val>(Liveness.Of(program.Roots.Select(r => r.Value)).Where(v => v.Prim is not (ReshapePrim or StopGradientPrim)).SelectMany(v => v.Inputs).Select(Views.Base));
        // So with a gradient of two parameters: the second would be a copy of the first one's sum.
        read.UnionWith(program.Roots.GroupBy(r => Views.Base(r.Value)).Where(g => g.Count() > 1 && !(g.Key.Prim is ReducePrim && g.All(r => r.Kind == RootKind.Gradient))).Select(g => g.Key));
        return program.Roots.Select(root =>
        {
            var value = Views.Base(root.Value);
            var phase = root.Kind switch
            {
                RootKind.Loss or RootKind.Seed or RootKind.LossGradient => Phase.Loss,
                RootKind.Gradient or RootKind.InputGradient => Phase.Backward,
                RootKind.Next or RootKind.Step => b.Phase,
                _ => Phase.Forward,
            };
            if (value.Prim is not LeafPrim && value.Prim is not (SlicePrim or ScanOutputPrim) && value.Phase == phase && !(root.Kind is RootKind.Gradient or RootKind.LossGradient or RootKind.InputGradient && read.Contains(value)) && (root.Kind is not (RootKind.Gradient or RootKind.LossGradient) || AddsUp(value)) && taken.Add(value))
            {
                return root;
            }

            b.Phase = phase;
            b.Origin = value.Origin;
            // The biases of a recurrent layer have the same gradient; the products of both weights read what it sums.
            return root with { Value = root.Kind == RootKind.Gradient && value.Prim is ReducePrim && !read.Contains(value) ? b.Reshape(b.Again(value), root.Value.Dims) : b.CopyOf(root.Value) };
        }).ToArray();
    }

    /// <summary>Whether the kernel of a value can add it to what is there.</summary>
    private static bool AddsUp(Val v) => v.Prim is PointwisePrim or ReducePrim or ConvGradWeightPrim or ScatterAddPrim || (v.Prim is MatMulPrim && v.Dims.Rank == 2);

    private void AssignSections(IReadOnlyList<Val> live, IReadOnlyList<Root> roots)
    {
        var prepared = program.Kind == ProgramKind.Training ? new HashSet<Val>() : WeightOnly.Of(live);
        var forParameters = new HashSet<Val>(Liveness.Of(roots.Where(r => r.Kind != RootKind.InputGradient).Select(r => r.Value)));
        foreach (var v in live)
        {
            sections[v] = prepared.Contains(v) ? Section.Prepare
                : v.Phase == Phase.Forward ? Section.Forward
                : v.Phase == Phase.Loss ? Section.Loss
                : forParameters.Contains(v) ? Section.Backward
                : Section.InputGradient;
        }
    }

    /// <summary>Who uses what, seen through views; and what must lie in memory: results, and operands of products, convolutions and pools.</summary>
    private void FindUsers(IReadOnlyList<Val> live, IReadOnlyList<Root> roots)
    {
        foreach (var v in live)
        {
            if (v.Prim is ReshapePrim or StopGradientPrim)
            {
                if (v.Prim is ReshapePrim && !Views.OnesOnly(v.Inputs[0].Dims, v.Dims))
                {
                    wanted.Add(Views.Base(v));
                }

                continue;
            }

            foreach (var input in v.Inputs)
            {
                var x = Views.Base(input);
                if (!users.TryGetValue(x, out var list))
                {
                    users.Add(x, list = new List<Val>(2));
                }

                if (list.Count == 0 || list[list.Count - 1] != v)
                {
                    list.Add(v);
                }

                if (v.Prim is not (PointwisePrim or ReducePrim or ConcatPrim))
                {
                    wanted.Add(x);
                }
            }
        }

        wanted.UnionWith(roots.Select(r => Views.Base(r.Value)));
    }

    /// <summary>The sum of dy over the batch and all positions is the bias's gradient; the product that makes the weight's gradient reads dy anyway.</summary>
    private void FindBiasGradients(IReadOnlyList<Val> live, IReadOnlyList<Root> roots)
    {
        var products = new List<(Val Summed, Val Product)>();
        foreach (var v in live)
        {
            var dy = v.Prim switch
            {
                ConvGradWeightPrim => v.Inputs[1],
                MatMulPrim { TransposeA: true } => v.Inputs[0],
                _ => null,
            };
            if (dy is not null)
            {
                products.Add((Views.Base(dy), v));
            }
        }

        var results = new HashSet<Val>(roots.Where(r => r.Kind == RootKind.Gradient).Select(r => Views.Base(r.Value)));
        var taken = new HashSet<Val>();
        foreach (var v in live)
        {
            if (v.Prim is ReducePrim { Op: ReduceOp.Sum } r
                && products.FirstOrDefault(p => p.Summed == Views.Base(v.Inputs[0]) && SumsRowsOf(p.Product, v.Inputs[0].Dims, r) && sections[p.Product] == sections[v] && results.Contains(p.Product) == results.Contains(v) && !taken.Contains(p.Product)).Product is { } product)
            {
                taken.Add(product);
                biasOf[v] = product;
            }
        }
    }

    /// <summary>Whether a sum over dy keeps what are the rows of a weight's gradient: channels of a map, features of a matrix.</summary>
    private static bool SumsRowsOf(Val product, Dims dy, ReducePrim sum)
    {
        var kept = product.Prim is MatMulPrim ? dy.Rank - 1 : 1;
        return dy.Rank > kept && dy[kept] == product.Dims[0] && sum.Axes.SequenceEqual(Enumerable.Range(0, dy.Rank).Where(a => a != kept && !dy[a].IsOne));
    }

    private void Process(Val v)
    {
        if (!done.Add(v))
        {
            return;
        }

        switch (v.Prim)
        {
            case LeafPrim or StopGradientPrim:
                break;
            case ReshapePrim:
                if (!HasMemory(Views.Base(v)) && !Views.OnesOnly(v.Inputs[0].Dims, v.Dims))
                {
                    Materialize(Views.Base(v));
                }

                break;
            case SlicePrim:
                Materialize(Views.Base(Views.Whole(v, HasMemory)));
                break;
            case PointwisePrim:
                Join(v);
                break;
            case ReducePrim r:
                Reduce(v, r);
                break;
            case ScanOutputPrim:
                owner[v] = owner[v.Inputs[0]];
                owner[v].Members.Add(v);
                break;
            default:
                Anchor(v);
                break;
        }
    }

    /// <summary>Processes a value before its time, and before it what it is computed from.</summary>
    private void ProcessFirst(Val v)
    {
        var early = new HashSet<Val> { v };
        var stack = new Stack<Val>(early);
        while (stack.Count > 0)
        {
            foreach (var x in stack.Pop().Inputs)
            {
                if (!done.Contains(x) && sections[x] == current && early.Add(x))
                {
                    stack.Push(x);
                }
            }
        }

        foreach (var x in early.OrderBy(x => x.Id))
        {
            Process(x);
        }
    }

    private bool HasMemory(Val v) => owner.ContainsKey(v) || Views.IsBuffer(v);

    private void Anchor(Val v)
    {
        // Concat computes its parts while it copies them; everything else reads memory.
        if (v.Prim is not ConcatPrim)
        {
            foreach (var x in v.Inputs)
            {
                Materialize(Views.Base(x));
            }
        }

        var kind = v.Prim switch
        {
            MatMulPrim => v.Dims.HasBatch || v.Dims.Rank > 2 ? KernelKind.MatMul : KernelKind.WeightMatMul,
            PermutePrim => KernelKind.Permute,
            ResamplePrim => KernelKind.Resample,
            GatherPrim => KernelKind.Gather,
            ScatterAddPrim => KernelKind.ScatterAdd,
            ConvPrim => KernelKind.Conv,
            ConvGradInputPrim => KernelKind.ConvGradInput,
            ConvGradWeightPrim => KernelKind.ConvGradWeight,
            MaxPoolPrim => KernelKind.MaxPool,
            MaxPoolGradPrim => KernelKind.MaxPoolGrad,
            MaxPoolPickPrim => KernelKind.MaxPoolPick,
            AvgPoolPrim => KernelKind.AvgPool,
            AvgPoolGradPrim => KernelKind.AvgPoolGrad,
            ConcatPrim => KernelKind.Concat,
            TimeMajorPrim => KernelKind.TimeMajor,
            SampleMajorPrim => KernelKind.SampleMajor,
            ScanPrim => KernelKind.Scan,
            _ => throw new InvalidOperationException("No kernel for " + v.Prim.GetType().Name),
        };
        owner[v] = New(kind, v, v.Dims);
        if (kind == KernelKind.Scan)
        {
            owner[v].Scan = FusedScan.Of(program, v, users[v], options);
        }
    }

    private Kernel New(KernelKind kind, Val? anchor, Dims domain)
    {
        var kernel = new Kernel(kernels.Count, current, kind, anchor, domain);
        kernels.Add(kernel);
        return kernel;
    }

    /// <summary>Gives a floating value a kernel of its own.</summary>
    private void Materialize(Val v)
    {
        if (HasMemory(v))
        {
            return;
        }

        if (v.Prim is SlicePrim)
        {
            Materialize(Views.Base(Views.Whole(v, HasMemory)));
        }

        var kernel = SamePass(v) ?? New(KernelKind.Row, null, v.Dims);
        kernel.Members.Add(v);
        owner[v] = kernel;
    }

    /// <summary>The loss and its gradient read the same rows, and so do the gates of a recurrent cell: one pass.</summary>
    private Kernel? SamePass(Val v)
    {
        if ((current != Section.Loss && !program.IsStep) || !options.Rows || v.Prim is not PointwisePrim)
        {
            return null;
        }

        var uses = Uses(v, v.Dims);
        var latest = Latest(uses);
        return kernels.LastOrDefault(k => k.Section == current && k.Kind == KernelKind.Row && k.Domain == v.Dims && (latest is null || k.Index >= latest.Index) && FitsRow(k, v.Dims, k.Axes, uses));
    }

    private void Join(Val v)
    {
        // Masks and repetitions are cheaper to compute again than to keep; of a sum and its product only the sum has a value.
        if (v.IsMaskOrRepetition || v.IsContracted)
        {
            return;
        }

        var uses = Uses(v, v.Dims);
        var kernel = Latest(uses);
        if (kernel is not null && kernel.Section == current && Fits(kernel, v, uses))
        {
            kernel.Members.Add(v);
            owner[v] = kernel;
        }
        else if (wanted.Contains(v))
        {
            // At once: a reduction in between would otherwise read memory that is only written after it.
            Materialize(v);
        }
    }

    private bool Fits(Kernel kernel, Val v, List<Use> uses)
    {
        // A number for each channel, for readers of whole maps: computed once, not for every row of them.
        if (kernel.Kind == KernelKind.Reduce && options.Rows && users.TryGetValue(v, out var readers) && readers.Any(r => !Views.OnesOnly(r.Dims, v.Dims)) && FitsReduction(kernel, v))
        {
            return true;
        }

        // It takes the place of its operand, or is needed in memory anyway; otherwise storing it would cost more than computing it again.
        if (!wanted.Contains(v) && !v.Inputs.SelectMany(x => x.IsContracted ? x.Inputs : new[] { x }).Select(Views.Base).Any(x => kernel.Computes(x) && users[x].Count == 1 && !wanted.Contains(x)))
        {
            return false;
        }

        return kernel.TakesEpilogue ? options.Epilogues && FitsEpilogue(kernel, v, uses)
            : !options.Rows ? false
            : kernel.Kind == KernelKind.Row ? FitsRow(kernel, v.Dims, kernel.Axes, uses)
            : kernel.Kind == KernelKind.Reduce && FitsReduction(kernel, v);
    }

    private void Reduce(Val v, ReducePrim reduce)
    {
        if (biasOf.TryGetValue(v, out var product))
        {
            ProcessFirst(product);
            owner[v] = owner[product];
            owner[v].RowSum = v;
            return;
        }

        var domain = v.Inputs[0].Dims;
        var axes = reduce.Axes.ToArray();
        var uses = Uses(v.Inputs[0], domain);
        var rows = axes[0] > 0 && axes.SequenceEqual(Enumerable.Range(domain.Rank - axes.Length, axes.Length)) && uses.All(u => u.Access is null || IsOneLoop(domain, axes, u.Access));
        var latest = Latest(uses);
        Kernel? home = null;
        for (var i = kernels.Count - 1; options.Rows && i >= 0 && kernels[i].Section == current && (latest is null || i >= latest.Index); i--)
        {
            var k = kernels[i];
            if (rows
                ? k.Kind == KernelKind.Row && k.Domain == domain && (k.Axes.Length == 0 || k.Axes.SequenceEqual(axes)) && FitsRow(k, domain, axes, uses)
                : k.Kind == KernelKind.Reduce && k.Domain == domain && k.Axes.SequenceEqual(axes) && k != latest && ReadsAlike(k, uses, axes))
            {
                home = k;
                break;
            }
        }

        home ??= New(rows ? KernelKind.Row : KernelKind.Reduce, null, domain);
        home.Axes = axes;
        home.Members.Add(v);
        owner[v] = home;
        if (!rows)
        {
            reads[home] = reads.TryGetValue(home, out var before) ? before.Concat(uses).ToList() : uses;
        }
    }

    /// <summary>Whether two reductions walk a tensor together. Those that only have their extents in common gain nothing from one another, and their loop would fit no other place of the network.</summary>
    private bool ReadsAlike(Kernel kernel, List<Use> uses, int[] axes) => reads[kernel].Any(a => a.Access is not null && axes.Any(axis => a.Access.Strides[axis] != 0)
        && uses.Any(b => b.Access is not null && b.Access.Base == a.Access.Base && b.Access.Offset == a.Access.Offset && b.Access.Steps(a.Access.Strides)));

    /// <summary>One tensor that an expression reads.</summary>
    /// <param name="Kernel">The kernel that makes it, null for leaves.</param>
    internal sealed record Use(Val Value, Kernel? Kernel, Access? Access);

    /// <summary>What an expression over <paramref name="domain"/> reads, through everything that floats.</summary>
    private List<Use> Uses(Val v, Dims domain)
    {
        var uses = new List<Use>();
        Visit(v, Views.Identity(domain.Rank), domain.Rank, uses);
        return uses;
    }

    private void Visit(Val v, int[] map, int rank, List<Use> uses) =>
        ExpressionWalk.Visit(v, map, rank, HasMemory, (leaf, access) => uses.Add(new Use(leaf, owner.TryGetValue(leaf, out var k) ? k : null, access)));

    private static Kernel? Latest(List<Use> uses)
    {
        Kernel? latest = null;
        foreach (var use in uses)
        {
            if (use.Kernel is { } k && (latest is null || k.Index > latest.Index))
            {
                latest = k;
            }
        }

        return latest;
    }

    /// <summary>Whether every operand is there, element for element, when the kernel stores a tile: whole tensors, one number per row or per column, numbers.</summary>
    private static bool FitsEpilogue(Kernel kernel, Val v, List<Use> uses)
    {
        if (v.Dims != kernel.Domain)
        {
            return false;
        }

        var full = kernel.Domain.Strides;
        foreach (var use in uses)
        {
            if (use.Access is null)
            {
                if (use.Value.Prim is IotaPrim || (use.Value.Prim is UniformPrim && use.Value.Dims != kernel.Domain))
                {
                    return false;
                }

                continue;
            }

            if (use.Kernel == kernel)
            {
                if (use.Access.Offset != 0 || !use.Access.Steps(full))
                {
                    return false;
                }
            }
            else if (EpilogueOperand.Classify(use.Access, kernel) == EpilogueAccess.None || use.Value.Element != Element.Float32)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a value can be computed row by row: whole rows or one number per row, operands contiguous or constant along the row.</summary>
    private static bool FitsRow(Kernel kernel, Dims dims, int[] axes, List<Use> uses)
    {
        var domain = kernel.Domain;
        var whole = dims == domain;
        if (!whole && (axes.Length == 0 || dims.Rank != domain.Rank || Enumerable.Range(0, domain.Rank).Any(i => axes.Contains(i) ? !dims[i].IsOne : dims[i] != domain[i])))
        {
            return false;
        }

        var full = domain.Strides;
        foreach (var use in uses)
        {
            if (use.Access is null)
            {
                continue;
            }

            if (use.Kernel == kernel && !MatchesMember(use, kernel, axes, full))
            {
                return false;
            }

            if (!IsOneLoop(domain, axes, use.Access))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Along a row of several axes an operand is whole or constant; then the row is one loop.</summary>
    private static bool IsOneLoop(Dims domain, int[] axes, Access access)
    {
        var full = domain.Strides;
        return axes.Length <= 1 || axes.All(a => access.Strides[a] == full[a]) || axes.All(a => access.Strides[a] == 0);
    }

    /// <summary>Whether a value is computed from the finished sums of a reduction, one number for each.</summary>
    private bool FitsReduction(Kernel kernel, Val v)
    {
        var innermost = Enumerable.Range(0, kernel.Domain.Rank).Last(i => !kernel.Domain[i].IsOne);
        if (!kernel.Axes.Contains(innermost) || !Views.OnesOnly(v.Dims, kernel.Kept))
        {
            return false;
        }

        var fits = true;
        var map = Views.ThroughOnes(v.Dims, kernel.Kept, Views.Identity(kernel.Domain.Rank));
        var kept = kernel.Kept.Strides;
        foreach (var x in v.Inputs)
        {
            ExpressionWalk.Visit(x, Views.Align(x.Dims, map), kernel.Domain.Rank, HasMemory, (leaf, access) =>
                fits &= access is null ? leaf.Prim is not (IotaPrim or UniformPrim) : !kernel.Computes(leaf) || access.Steps(kept));
        }

        return fits;
    }

    private static bool MatchesMember(Use use, Kernel kernel, int[] axes, long[] full)
    {
        var own = use.Value.Dims;
        if (own == kernel.Domain)
        {
            return use.Access!.Offset == 0 && use.Access.Steps(full);
        }

        // One number per row: the strides of the rows alone.
        var rows = own.Strides;
        return own.Rank == kernel.Domain.Rank && use.Access!.Steps(rows);
    }

    /// <summary>What depends on the weights alone and is used beyond: computed once per version of the weights and kept.</summary>
    private void KeepPrepared(IReadOnlyList<Val> live)
    {
        void Keep(Val v)
        {
            v = Views.Base(v);
            if (sections[v] != Section.Prepare || HasMemory(v))
            {
                return;
            }

            if (v.Prim is BroadcastPrim)
            {
                Keep(v.Inputs[0]);
            }
            else if (v.Prim is PointwisePrim)
            {
                Materialize(v);
            }
        }

        foreach (var v in live)
        {
            if (sections[v] != Section.Prepare)
            {
                foreach (var x in v.Inputs)
                {
                    Keep(x);
                }
            }
        }
    }

    /// <summary>What is left of the backward pass when only the gradients of inputs are wanted; all of it where there are none.</summary>
    private static void FindForParametersAlone(FusedProgram fused)
    {
        var read = new HashSet<Val>();
        foreach (var kernel in fused.Kernels.Reverse().Where(k => k.Section is Section.Backward or Section.InputGradient))
        {
            if (kernel.Section == Section.InputGradient || kernel.Stored.Any(read.Contains))
            {
                read.UnionWith(kernel.Operands);
            }
            else
            {
                kernel.ForParametersAlone = read.Count > 0;
            }
        }
    }

    /// <summary>Now that it is known who computes what: what each kernel reads, and which of its values somebody reads.</summary>
    private void FindOperands(FusedProgram fused)
    {
        var stored = new HashSet<Val>(fused.Roots.Select(r => Views.Base(r.Value)));
        foreach (var kernel in kernels)
        {
            var seen = new HashSet<Val>();
            void Read(Val v)
            {
                if (!kernel.Computes(v) && seen.Add(v))
                {
                    if (fused.HasMemory(v, kernel))
                    {
                        kernel.Operands.Add(v);
                        stored.Add(v);
                    }
                    else
                    {
                        foreach (var x in v.Inputs)
                        {
                            Read(x);
                        }
                    }
                }
            }

            foreach (var v in kernel.Anchor is null ? kernel.Members : kernel.Members.Prepend(kernel.Anchor))
            {
                foreach (var x in v.Inputs)
                {
                    Read(x);
                }
            }
        }

        foreach (var kernel in kernels)
        {
            IEnumerable<Val> all = kernel.Members;
            if (kernel.Anchor is not null)
            {
                all = all.Prepend(kernel.Anchor);
            }

            if (kernel.RowSum is not null)
            {
                all = all.Append(kernel.RowSum);
            }

            kernel.Stored.AddRange(all.Where(stored.Contains));
        }
    }
}
