using System.Text;
using DeepGen.Generators.Graph;
using DeepGen.Generators.Ir;
using DeepGen.Generators.Passes;

namespace DeepGen.Generators.Emit;

/// <content>The loops of a kernel that is no call of the runtime's.</content>
internal sealed partial class KernelWriter
{
    /// <summary>The loops of one elementwise kernel and the code inside them.</summary>
    private sealed class Nest
    {
        private readonly KernelWriter writer;
        private readonly Dims domain;
        private readonly int[] axes;
        private readonly ExpressionReads reads;
        private readonly Extras extras = new();
        private int stages;

        public Nest(KernelWriter writer, Dims domain, int[] axes)
        {
            this.writer = writer;
            this.domain = domain;
            this.axes = axes;
            Operands = new Operands(writer.graph);
            reads = new ExpressionReads(domain.Rank, writer.HasMemory);
        }

        public Operands Operands { get; }

        public List<Access> Accesses => reads.Accesses;

        /// <summary>The loops around the rows.</summary>
        public List<Loop> Outer { get; private set; } = new();

        /// <summary>The vectorized loop.</summary>
        public Loop Inner { get; private set; } = null!;

        public void Collect(Val v, Func<Val, bool> stop) => reads.Collect(v, stop);

        public void CollectExpression(Val v) => reads.CollectExpression(v);

        /// <param name="rowsApart">The reduced axes are the inner loop, whatever could be merged.</param>
        /// <param name="written">What is stored along the inner loop, if not a whole tensor.</param>
        public void Split(bool rowsApart, Access? written = null)
        {
            var (bySample, counted) = reads.Counters(domain);
            var loops = Loops.Of(domain, Accesses, axis => (rowsApart && axes.Length > 0 && axis == axes[0]) || counted(axis));
            if (loops.Count == 0)
            {
                loops.Add(new Loop(Array.Empty<int>(), 1, false, "i"));
            }

            // Each sample has counters of its own; vectors are stored side by side.
            if ((written is not null && loops[loops.Count - 1].Stride(written) != 1) || (bySample && loops[loops.Count - 1].HasBatch))
            {
                loops.Add(new Loop(Array.Empty<int>(), 1, false, "i"));
            }

            // A reduction over axes that are all one leaves no loop for the row.
            var innerIsRow = !rowsApart || (loops[loops.Count - 1].Axes.Length > 0 && loops[loops.Count - 1].Axes.All(axes.Contains));
            if (!innerIsRow)
            {
                loops.Add(new Loop(Array.Empty<int>(), 1, false, "i"));
            }

            Inner = loops[loops.Count - 1];
            Outer = loops.Take(loops.Count - 1).ToList();
        }

        /// <summary>Loops for reductions that are not along rows: first what is kept, then what is summed.</summary>
        /// <returns>The loops that are kept around everything, and those that are summed outside the vectorized one.</returns>
        public (List<Loop> Kept, List<Loop> Summed) SplitReduction()
        {
            var (bySample, counted) = reads.Counters(domain);
            var loops = Loops.Of(domain, Accesses, axis => axes.Contains(axis) != axes.Contains(axis - 1) || counted(axis));
            if (bySample && loops[loops.Count - 1].HasBatch)
            {
                loops.Add(new Loop(Array.Empty<int>(), 1, false, "i"));
            }

            Inner = loops[loops.Count - 1];
            var around = loops.Take(loops.Count - 1).ToList();
            var kept = around.Where(l => !axes.Contains(l.Axes[0])).ToList();
            var summed = around.Where(l => axes.Contains(l.Axes[0])).ToList();
            Outer = kept.Concat(summed).ToList();
            return (kept, summed);
        }

        /// <summary>How often a loop runs, inside the kernel.</summary>
        public string Count(Loop loop) =>
            !loop.HasBatch ? Extent(loop) : loop.Size == 1 ? extras.Batch() : $"{extras.Batch()} * {Literals.Int(loop.Size)}";

        private string Extent(Loop loop) => loop.Axes.Length == 0 ? "1" : extras.Extent(loop.Extent, loop.Size);

        /// <summary>Elements per step of a loop: the extents of the loops inside it where it walks a whole tensor.</summary>
        private string Stride(int outer, long stride)
        {
            var inside = Outer.Skip(outer + 1).Append(Inner).Where(l => l.Axes.Length > 0).OrderBy(l => l.Axes[0]).Where(l => l.Axes[0] > Outer[outer].Axes[0]).ToArray();
            return inside.Length > 0 && inside.All(l => !l.HasBatch) && inside.Aggregate(1L, (s, l) => s * l.Size) == stride
                ? string.Join(" * ", inside.Select(Extent))
                : extras.Stride(stride);
        }

        /// <summary>How often a loop runs and how far it steps through whatever is not the same for all of its rows, as two arguments; null where that is not one step.</summary>
        public string? RowsOf(Loop? loop)
        {
            if (loop is null)
            {
                return "1, 0";
            }

            if (reads.Leaves.Any(l => l.Leaf.Prim is UniformPrim or IotaPrim))
            {
                return null;
            }

            var steps = Accesses.Where(a => Inner.Stride(a) != 0 || loop.Stride(a) != 0).Select(a => Inner.Stride(a) == 0 ? -1 : loop.Stride(a)).Distinct().ToArray();
            return steps.Length == 1 && steps[0] > 0 ? $"{Count(loop)}, {Stride(Outer.IndexOf(loop), steps[0])}" : null;
        }

        /// <summary>Code that follows stands outside these loops.</summary>
        public void LeaveLoops(List<Loop> loops) => Outer = Outer.Except(loops).ToList();

        public string Accumulate() => extras.Accumulate();

        public string Pointer(Val v)
        {
            var offset = RowOffset(Whole(v, domain.Rank));
            var pointer = Operands.Name(v, written: true);
            return offset.Length == 0 ? pointer : pointer + " + " + offset;
        }

        /// <summary>Names the pointer of a tensor that the stage being written stores into.</summary>
        public string Field(Val v)
        {
            var name = Operands.Name(v, written: true);
            pendingFields.Add(("float*", name, Pointer(v)));
            return name;
        }

        /// <summary>Where a tensor's row begins, given the outer loops' counters.</summary>
        private string RowOffset(Access access)
        {
            var terms = new List<string>();
            if (access.IsPart)
            {
                terms.Add(extras.Start(access.Offset));
            }

            for (var i = 0; i < Outer.Count; i++)
            {
                var stride = Outer[i].Stride(access);
                if (stride != 0)
                {
                    terms.Add(stride == 1 ? Outer[i].Name : $"{Outer[i].Name} * {Stride(i, stride)}");
                }
            }

            return string.Join(" + ", terms);
        }

        private string At(string pointer, Access access)
        {
            var offset = RowOffset(access);
            return offset.Length == 0 ? pointer : $"{pointer} + {offset}";
        }

        internal sealed record StageCode(string Struct, string Create, string Variable);

        /// <summary>A struct with the vector code of one pass over a row, and the statement that makes it.</summary>
        public StageCode Stage(Kernel kernel, string name, Func<Val, string?> known, Func<ExpressionWriter, string> body, string contract)
        {
            var fields = new List<(string Type, string Name, string Value)>();
            var fieldOf = new Dictionary<string, string>();
            var counter = 0;

            string Field(string type, string value, string prefix)
            {
                var key = type + value;
                if (!fieldOf.TryGetValue(key, out var field))
                {
                    field = prefix + (fields.Any(f => f.Name == prefix) ? Literals.Int(++counter) : "");
                    while (fields.Any(f => f.Name == field))
                    {
                        field = prefix + Literals.Int(++counter);
                    }

                    fieldOf.Add(key, field);
                    fields.Add((type, field, value));
                }

                return field;
            }

            var scalar = default(ExpressionWriter);
            var writerV = default(ExpressionWriter)!;
            var constants = new Dictionary<Val, string>();

            string? Given(Val v, int[] map)
            {
                if (known(v) is { } number)
                {
                    return $"V.Broadcast({Field("float", number, "s")})";
                }

                if (kernel.Kind != KernelKind.Concat && kernel.Members.Contains(v) && v.Dims == domain)
                {
                    return writerV.Define(v);
                }

                // What does not vary along the row is computed once per row.
                if (v.Prim is PointwisePrim and not BroadcastPrim && !writer.HasMemory(v) && IsConstantAlongRow(v, map, known))
                {
                    if (!constants.TryGetValue(v, out var field))
                    {
                        scalar ??= ScalarWriter(kernel, known, $"h{stages}_");
                        field = Field("float", scalar.Number(scalar.Write(v, map)), "s");
                        constants.Add(v, field);
                    }

                    return $"V.Broadcast({field})";
                }

                return null;
            }

            string Load(Val v, Access access)
            {
                var stride = Inner.Stride(access);
                if (stride == 0)
                {
                    // One number for the whole row: read once, in front of a loop whose stores might change it for all that the JIT knows.
                    var offset = RowOffset(access);
                    return $"V.Broadcast({Field(v.Element == Element.Int32 ? "int" : "float", $"{Operands.Name(v)}[{(offset.Length == 0 ? "0" : offset)}]", Operands.Name(v))})";
                }

                var pointer = Field(v.Element == Element.Int32 ? "int*" : "float*", At(Operands.Name(v), access), Operands.Name(v));
                return (v.Element, stride) switch
                {
                    (Element.Int32, _) => $"V.LoadInt32({pointer} + i)",
                    (_, 1) => $"V.Load({pointer} + i)",
                    _ => $"V.LoadStrided({pointer} + i * {Literals.Int(stride)}, {Literals.Int(stride)})",
                };
            }

            string Leaf(Val v, int[] map)
            {
                switch (v.Prim)
                {
                    case ConstPrim c:
                        return $"V.Broadcast({Field("float", extras.Number(c.Value), "factor")})";
                    case InverseBatchPrim:
                        return $"V.Broadcast({Field("float", extras.InverseBatch(), "inverseBatch")})";
                    case SampleSharePrim:
                        return $"V.Broadcast({Field("float", extras.SampleShare(), "share")})";
                    case BatchPrim:
                        return $"V.Broadcast({Field("float", extras.BatchAsFloat(), "batch")})";
                    case IotaPrim:
                        var axis = map[Array.FindIndex(v.Dims.ToArray(), d => !d.IsOne)];
                        return Inner.Axes.Contains(axis) ? "V.Iota(i)" : $"V.Broadcast({Field("float", Outer.First(l => l.Axes.Contains(axis)).Name, "j")})";
                    case UniformPrim u:
                        var (_, purpose) = extras.Random(u.Purpose);
                        var seed = Field("ulong", "seed", "seed");
                        var step = Field("ulong", "step", "step");
                        var sample = Field("ulong", domain.HasBatch ? "first + (ulong)n" : "0", "sample");
                        var purposeField = Field("uint", purpose, "purpose");
                        var (start, repeated) = Place(v, map);
                        var startField = start.Length == 0 ? "" : Field("nint", start, "element");
                        var counter = $"(uint){seed}, (uint)({seed} >> 32), {purposeField}, {step}, {sample}, ";
                        return repeated
                            ? $"V.Broadcast(K::Philox.Uniform({counter}{(startField.Length == 0 ? "0" : startField)}))"
                            : $"V.Uniform({counter}{(startField.Length == 0 ? "" : startField + " + ")}i)";
                    default:
                        throw new InvalidOperationException("No code for " + v.Prim.GetType().Name);
                }
            }

            writerV = new ExpressionWriter(writer.HasMemory, domain.Rank, "V", "t", Given, Load, Leaf);
            stages++;
            var tail = body(writerV);
            // Stores name their pointers too.
            foreach (var (type, field, value) in pendingFields)
            {
                if (!fields.Any(f => f.Name == field))
                {
                    fields.Add((type, field, value));
                }
            }

            pendingFields.Clear();
            var code = new StringBuilder();
            code.Append($"readonly struct {name}({string.Join(", ", fields.Select(f => $"{f.Type} {f.Name}"))}) : K::{contract}\n{{\n");
            code.Append("    [Clr::MethodImpl(Inline)]\n");
            code.Append($"    public {(contract == "IReduce" ? "V" : "void")} At<V>(nint i{(contract == "IReduceTogether" ? ", ref V a, ref V b, ref V c" : "")}) where V : unmanaged, K::ISimd<V>\n    {{\n");
            code.Append(Indent(writerV.Body(tail), 2));
            code.Append("    }\n}\n\n");
            var variable = char.ToLowerInvariant(name[0]) + name.Substring(1);
            var create = $"var {variable} = new {name}({string.Join(", ", fields.Select(f => f.Value))});\n";
            return new StageCode(code.ToString(), scalar is null ? create : scalar.Body(create), variable);
        }

        private readonly List<(string Type, string Name, string Value)> pendingFields = new();

        /// <summary>The statements that store the results of one pass.</summary>
        public string Stores(ExpressionWriter w, IEnumerable<Val> stored, Func<Val, bool> isGradient)
        {
            var values = stored.Select(v => (v, Value: w.Define(v))).ToArray();
            var text = new StringBuilder();
            foreach (var (v, value) in values)
            {
                text.Append(StoreAt(value, Whole(v, domain.Rank), isGradient(v)));
            }

            return text.ToString();
        }

        public string StoreAt(string value, Access target, bool gradient = false)
        {
            var name = Operands.Name(target.Base, written: true);
            pendingFields.Add(("float*", name, At(name, target)));
            if (!gradient)
            {
                return $"V.Store({name} + i, {value});\n";
            }

            pendingFields.Add(("bool", "accumulate", extras.Accumulate()));
            return $"V.Store({name} + i, accumulate ? V.Load({name} + i) + {value} : {value});\n";
        }

        /// <param name="kept">The extents with as many axes as the domain, where the value itself has fewer.</param>
        public string StoreScalar(Val v, string value, bool gradient, Dims? kept = null)
        {
            var pointer = Operands.Name(v, written: true);
            var offset = RowOffset(kept is { } k ? Access.Of(v, k, Views.Identity(domain.Rank), domain.Rank) : Whole(v, domain.Rank));
            var element = $"{pointer}[{(offset.Length == 0 ? "0" : offset)}]";
            return gradient ? $"{element} = {extras.Accumulate()} ? {element} + {value} : {value};\n" : $"{element} = {value};\n";
        }

        /// <summary>The statements that make <paramref name="result"/> one number of a row, computed with the scalar vector type.</summary>
        public string Scalar(Kernel kernel, Val v, Func<Val, string?> known, string result)
        {
            var scalar = ScalarWriter(kernel, known, $"u{stages++}_");
            return scalar.Body($"var {result} = K::F1.Sum({scalar.Define(v)});\n");
        }

        public ExpressionWriter ScalarWriter(Kernel kernel, Func<Val, string?> known, string prefix)
        {
            string Load(Val v, Access access)
            {
                var pointer = Operands.Name(v);
                var offset = RowOffset(access);
                return v.Element == Element.Int32
                    ? $"K::F1.Broadcast({pointer}[{(offset.Length == 0 ? "0" : offset)}])"
                    : $"K::F1.Load({At(pointer, access)})";
            }

            string Leaf(Val v, int[] map) => v.Prim switch
            {
                ConstPrim c => "K::F1.Broadcast(" + extras.Number(c.Value) + ")",
                InverseBatchPrim => "K::F1.Broadcast(" + extras.InverseBatch() + ")",
                SampleSharePrim => "K::F1.Broadcast(" + extras.SampleShare() + ")",
                BatchPrim => "K::F1.Broadcast(" + extras.BatchAsFloat() + ")",
                UniformPrim u when extras.Random(u.Purpose) is var (_, purpose) && Place(v, map) is var (start, _) =>
                    $"K::F1.Broadcast(K::Philox.Uniform((uint)seed, (uint)(seed >> 32), {purpose}, step, {(domain.HasBatch ? "first + (ulong)n" : "0")}, {(start.Length == 0 ? "0" : start)}))",
                IotaPrim => $"K::F1.Broadcast({Outer.First(l => l.Axes.Contains(map[Array.FindIndex(v.Dims.ToArray(), d => !d.IsOne)])).Name})",
                _ => throw new InvalidOperationException("No code for " + v.Prim.GetType().Name),
            };

            return new ExpressionWriter(writer.HasMemory, domain.Rank, "K::F1", prefix, (v, _) => known(v) is { } n ? $"K::F1.Broadcast({n})" : null, Load, Leaf);
        }

        /// <summary>A random number's place within its sample where the inner loop begins, and whether it is the same all along that loop.</summary>
        private (string Start, bool Repeated) Place(Val v, int[] map)
        {
            var element = Access.Of(v, v.Dims, map, domain.Rank);
            if (domain.HasBatch)
            {
                var withinSample = (long[])element.Strides.Clone();
                withinSample[0] = 0;
                element = element with { Strides = withinSample };
            }

            var start = RowOffset(element);
            if (writer.program.Lowered.IsStep)
            {
                start = $"{(start.Length == 0 ? "" : start + " + ")}{extras.Time()} * {Literals.Int(v.Dims.Elements)}";
            }

            return (start, Inner.Axes.Length > 0 && Inner.Stride(element) == 0);
        }

        private bool IsConstantAlongRow(Val v, int[] map, Func<Val, string?> known)
        {
            var constant = true;
            void Walk(Val x, int[] m)
            {
                if (!constant || known(Views.Base(x)) is not null)
                {
                    return;
                }

                if (ExpressionWalk.Resolve(x, m, domain.Rank, writer.HasMemory) is { } access)
                {
                    constant &= Inner.Stride(access) == 0 && !Inner.Axes.Any(a => access.Strides[a] != 0);
                    return;
                }

                switch (x.Prim)
                {
                    case UniformPrim:
                        constant &= !Enumerable.Range(0, x.Dims.Rank).Any(i => !x.Dims[i].IsOne && Inner.Axes.Contains(m[i]));
                        break;
                    case IotaPrim:
                        constant &= !Inner.Axes.Contains(m[Array.FindIndex(x.Dims.ToArray(), d => !d.IsOne)]);
                        break;
                    case LeafPrim:
                        break;
                    case ReshapePrim:
                        Walk(x.Inputs[0], Views.ThroughOnes(x.Inputs[0].Dims, x.Dims, m));
                        break;
                    default:
                        foreach (var y in x.Inputs)
                        {
                            Walk(y, x.Prim is StopGradientPrim ? m : Views.Align(y.Dims, m));
                        }

                        break;
                }
            }

            foreach (var y in v.Inputs)
            {
                Walk(y, Views.Align(y.Dims, map));
            }

            return constant;
        }

        /// <summary>The kernel's struct with the loops around <paramref name="row"/>, and the call.</summary>
        public LoopCall Finish(string name, string bodies, string row, int flops, IEnumerable<string> formula)
        {
            var code = new StringBuilder();
            for (var i = 0; i < Outer.Count; i++)
            {
                var loop = Outer[i];
                code.Append(' ', i * 4);
                code.Append(i == 0 ? $"for (var {loop.Name} = begin; {loop.Name} < end; {loop.Name}++)\n" : $"for (nint {loop.Name} = 0; {loop.Name} < {Count(loop)}; {loop.Name}++)\n");
                code.Append(' ', i * 4).Append("{\n");
            }

            code.Append(Indent(row, Outer.Count));
            for (var i = Outer.Count - 1; i >= 0; i--)
            {
                code.Append(' ', i * 4).Append("}\n");
            }

            // With nothing around it, a row is one item; an elementwise pass is cut anywhere.
            var parallel = Outer.Count > 0 ? Outer[0] : axes.Length > 0 ? null : Inner;
            return Wrap(name, bodies, code.ToString(), parallel, flops, formula);
        }

        /// <param name="run">The body of Run(begin, end).</param>
        /// <param name="parallel">The loop that is shared between threads; null for none.</param>
        public LoopCall Wrap(string name, string bodies, string run, Loop? parallel, int flops, IEnumerable<string> formula)
        {
            var code = new StringBuilder();
            foreach (var line in formula)
            {
                code.Append("// ").Append(line).Append('\n');
            }

            code.Append($"public readonly struct §({Declarations(Operands, extras)}) : K::ILoop\n{{\n");
            code.Append("    public void Run(nint begin, nint end)\n    {\n");
            code.Append(Indent(run, 2));
            code.Append("    }\n\n").Append(Indent(bodies, 1)).Append("}\n");
            var structName = writer.shared.Name(name, code.ToString().Replace("\n\n}\n", "\n}\n"));
            // Elements for each sample; a loop without the batch has all of them for each of its steps, the batch counted as one.
            var elements = Enumerable.Range(0, domain.Rank).Aggregate(1.0, (e, i) => e * domain[i].Size);
            return new LoopCall(structName, Operands.All.Select(o => o.Value).ToArray(), extras.Arguments.ToArray(), parallel?.Count, parallel is null ? "" : CallText.Marked((long)Math.Ceiling(flops * elements / Math.Max(1, parallel.Size))));
        }
    }
}
