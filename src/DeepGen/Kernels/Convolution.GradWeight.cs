using System.Runtime.CompilerServices;

namespace DeepGen.Kernels;

public static unsafe partial class Convolution
{
    private const int PartialSlot = 14;

    /// <summary>Up to this many weights every chunk of samples has its own sums; above, threads share out the weights instead.</summary>
    private const int FewWeights = 32 * 1024;

    /// <summary>Chunks of samples, fixed so that bits do not depend on the number of threads.</summary>
    private const int Chunks = 8;

    /// <summary>Pixels that a tile runs over before it is summed up: its planes of dy then stay in the first-level cache.</summary>
    private const int TilePixels = 1024;

    /// <summary>Floats of images laid out at a time.</summary>
    private const nint ImageFloats = 64 * 1024;

    /// <summary>As ImageFloats, where all threads read the same images.</summary>
    private const nint SharedImageFloats = 4 * 1024 * 1024;

    private static void GradWeight(Workers w, GradJob* job)
    {
        job->ImageSize = job->Image.Size(job->OutHeight) + 16;
        job->PlaneStep = ((nint)job->OutHeight * job->Image.RowLength + 15) / 16 * 16;
        job->SampleSize = job->ImageSize + job->PlaneStep * job->Outputs + 16; // rows are laid out in whole vectors; the surplus must not reach a neighbour's sample
        job->Rows = (job->Outputs + DotTile.MaxRows - 1) / DotTile.MaxRows;
        job->BlockSize = (nint)job->Terms * DotTile.MaxRows;
        var weights = (nint)job->Groups * job->Outputs * job->Terms;
        var outputs = (nint)job->Groups * job->Outputs;
        var flops = 2d * weights * job->OutHeight * job->OutWidth;
        if (job->Batch == 0)
        {
            if (!job->Accumulate)
            {
                Packing.Zero(job->Dw, weights);
                if (job->Db != null)
                    Packing.Zero(job->Db, outputs);
            }
        }
        else if (ConvCost.TurnsPanels(job->Outputs, job->Terms, job->Image.RowLength == job->OutWidth ? job->OutHeight * job->OutWidth : job->OutWidth))
        {
            GradWeightPanels(w, job);
        }
        else if (weights <= FewWeights)
        {
            var chunks = (int)Math.Min(job->Batch, Chunks);
            job->Chunks = chunks;
            job->SamplesAtATime = (int)Math.Max(1, Math.Min(job->Batch, ImageFloats / job->SampleSize));
            var sums = (nint)job->Groups * job->Rows * job->BlockSize;
            var size = sums + outputs;
            job->Partial = Workers.Scratch(PartialSlot, chunks * size);
            w.For(chunks, flops * job->Batch / chunks, job, &GradWeightChunks);
            for (nint distance = 1; distance < chunks; distance *= 2)
            {
                for (nint i = 0; i + distance < chunks; i += 2 * distance)
                    Add(job->Partial + i * size, job->Partial + (i + distance) * size, size);
            }
            for (var block = 0; block < job->Groups * job->Rows; block++)
                Store(job, block / job->Rows, block % job->Rows, job->Partial + block * job->BlockSize, job->Accumulate);
            if (job->Db == null)
                return;
            if (job->Accumulate)
                Add(job->Db, job->Partial + sums, outputs);
            else
                Packing.Copy(job->Partial + sums, job->Db, outputs);
        }
        else
        {
            if (!job->Accumulate)
            {
                Packing.Zero(job->Dw, weights);
                if (job->Db != null)
                    Packing.Zero(job->Db, outputs);
            }
            job->SamplesAtATime = (int)Math.Max(1, Math.Min(job->Batch, SharedImageFloats / (job->SampleSize * job->Groups)));
            job->Shared = Workers.Scratch(ImageSlot, job->SampleSize * job->Groups * job->SamplesAtATime + 16);
            for (job->First = 0; job->First < job->Batch; job->First += job->SamplesAtATime)
            {
                job->Count = (int)Math.Min(job->SamplesAtATime, job->Batch - job->First);
                w.For(job->Count * (nint)job->Groups, 2d * job->SampleSize, job, &LayOutShared);
                w.For(job->Groups * (nint)job->Rows, flops * job->Count / job->Groups / job->Rows, job, &GradWeightRows);
            }
        }
    }

    /// <summary>Chunks of samples, each with its own sums.</summary>
    private static void GradWeightChunks(void* args, nint begin, nint end)
    {
        var job = (GradJob*)args;
        var size = (nint)job->Groups * job->Rows * job->BlockSize;
        var outputs = (nint)job->Groups * job->Outputs;
        var images = Workers.Scratch(ImageSlot, job->SampleSize * job->SamplesAtATime + 16);
        for (var chunk = begin; chunk < end; chunk++)
        {
            var sums = job->Partial + chunk * (size + outputs);
            Packing.Zero(sums, size + outputs);
            var last = job->Batch * (chunk + 1) / job->Chunks;
            for (var group = 0; group < job->Groups; group++)
            {
                for (var first = job->Batch * chunk / job->Chunks; first < last; first += job->SamplesAtATime)
                {
                    var count = (int)Math.Min(job->SamplesAtATime, last - first);
                    for (var n = 0; n < count; n++)
                        LayOut(job, first + n, group, images + n * job->SampleSize);
                    for (var row = 0; row < job->Rows; row++)
                        GradWeightTiles(job, row, images, count, sums + ((nint)group * job->Rows + row) * job->BlockSize, sums + size + (nint)group * job->Outputs);
                }
            }
        }
    }

    private static void LayOutShared(void* args, nint begin, nint end)
    {
        var job = (GradJob*)args;
        for (var item = begin; item < end; item++)
        {
            // Group by group, in each sample by sample.
            var group = (int)(item / job->Count);
            LayOut(job, job->First + item % job->Count, group, job->Shared + item * job->SampleSize);
        }
    }

    private static void GradWeightRows(void* args, nint begin, nint end)
    {
        var job = (GradJob*)args;
        var sums = Workers.Scratch(PartialSlot, job->BlockSize);
        for (var item = begin; item < end; item++)
        {
            var group = item / job->Rows;
            var row = (int)(item % job->Rows);
            var bias = job->Db == null ? null : job->Db + group * job->Outputs;
            Packing.Zero(sums, job->BlockSize);
            GradWeightTiles(job, row, job->Shared + group * job->Count * job->SampleSize, job->Count, sums, bias);
            Store(job, (int)group, row, sums, true);
        }
    }

    /// <summary>
    /// Lays out one sample of one group: the padded image, then dy's planes with rows as long as the image's, zeros between the rows and after the last, so that
    /// the sum over a tap's products is one dot product over the whole plane.
    /// </summary>
    [MethodImpl(Optimize)]
    private static void LayOut(GradJob* job, nint sample, int group, float* target)
    {
        var image = job->Image;
        image.Fill(job->X, job->Batch * job->Groups, sample * job->Groups + group, 0, job->OutHeight, target);
        // A tap's last vector reads beyond the image; zero times what stands there must be zero.
        var size = image.Size(job->OutHeight);
        Packing.Zero(target + size, job->ImageSize - size);
        target += job->ImageSize;
        var plane = (nint)job->OutHeight * job->OutWidth;
        // In three dimensions, the planes of one slice stand among those of the others.
        nint slices = image.Slices;
        var dy = job->Dy + ((sample / slices * job->Groups + group) * job->Outputs * slices + sample % slices) * plane;
        var tensorEnd = job->Dy + job->Batch * job->Groups * job->Outputs * plane;
        var used = (nint)job->OutHeight * image.RowLength;
        for (var o = 0; o < job->Outputs; o++, target += job->PlaneStep, dy += slices * plane)
        {
            Packing.Rows(dy, job->OutWidth, tensorEnd, job->OutHeight, target, image.RowLength, 0, job->OutWidth);
            Packing.Zero(target + used, job->PlaneStep - used);
        }
    }

    /// <summary>Adds to the sums of one block of output channels what some samples contribute.</summary>
    [MethodImpl(Optimize)]
    private static void GradWeightTiles(GradJob* job, int row, float* images, int samples, float* sums, float* db)
    {
        var (first, rows) = Block(job, row);
        var full = DotTile.Kernel(rows, DotTile.MaxTaps);
        var rest = DotTile.Kernel(rows, job->Terms % DotTile.MaxTaps);
        var whole = job->Terms / DotTile.MaxTaps * DotTile.MaxTaps;
        // Samples that a tile runs over before it is summed up: about TilePixels, and even.
        var groups = Math.Max(1, (int)((samples * job->PlaneStep + TilePixels / 2) / TilePixels));
        var together = Math.Max(1, (samples + groups - 1) / groups);
        for (var sample = 0; sample < samples; sample += together)
        {
            for (nint pixel = 0; pixel < job->PlaneStep; pixel += TilePixels)
            {
                var span = new DotSpan
                {
                    Samples = Math.Min(together, samples - sample),
                    Length = Math.Min(TilePixels, job->PlaneStep - pixel),
                    LeftStep = job->PlaneStep,
                    LeftSample = job->SampleSize,
                    RightSample = job->SampleSize,
                };
                var right = images + sample * job->SampleSize + pixel;
                var left = right + job->ImageSize + first * job->PlaneStep;
                nint k = 0;
                for (; k < whole; k += DotTile.MaxTaps)
                    full(span, left, right, job->Table + k, sums + k * DotTile.MaxRows);
                if (k < job->Terms)
                    rest(span, left, right, job->Table + k, sums + k * DotTile.MaxRows);
                if (db == null)
                    continue;
                for (nint r = 0; r < rows; r++)
                {
                    for (nint n = 0; n < span.Samples; n++)
                    {
                        var body = new Values(left + n * job->SampleSize + r * job->PlaneStep);
                        db[first + r] += Simd.Sum(in body, span.Length);
                    }
                }
            }
        }
    }

    private static void Add(float* target, float* source, nint count)
    {
        var body = new Addition(source, target);
        Simd.Map(in body, count);
    }

    /// <summary>The output channels of a block within their group: as even as possible, 16 channels are 8 + 8, 10 are 5 + 5.</summary>
    private static (nint First, nint Count) Block(GradJob* job, int row) =>
        (job->Outputs / job->Rows * row + Math.Min(job->Outputs % job->Rows, row), job->Outputs / job->Rows + (row < job->Outputs % job->Rows ? 1 : 0));

    /// <summary>Brings the sums of a block, channels side by side, into the order of the weights.</summary>
    private static void Store(GradJob* job, int group, int row, float* sums, bool accumulate)
    {
        var (first, rows) = Block(job, row);
        nint terms = job->Terms;
        var target = job->Dw + (group * (nint)job->Outputs + first) * terms;
        if (!accumulate)
        {
            Packing.Panel(sums, 1, DotTile.MaxRows, rows, terms, target, terms, terms);
            return;
        }
        var ordered = Workers.Scratch(TileSlot, rows * terms);
        Packing.Panel(sums, 1, DotTile.MaxRows, rows, terms, ordered, terms, terms);
        Add(target, ordered, rows * terms);
    }

    private readonly struct Values(float* source) : IReduce
    {
        private readonly float* source = source;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V At<V>(nint i)
            where V : unmanaged, ISimd<V> => V.Load(source + i);
    }

    private struct GradJob
    {
        public ConvImage Image;

        /// <summary>Images: samples, times the slices of the output.</summary>
        public nint Batch;
        public float* X;
        public float* Dy;
        public float* Dw;
        public float* Db;
        public bool Accumulate;
        public int Groups;

        /// <summary>Output channels of one group.</summary>
        public int Outputs;

        /// <summary>Weights of one output channel.</summary>
        public int Terms;

        public int OutHeight;
        public int OutWidth;

        /// <summary>Offset in the image of every term.</summary>
        public nint* Table;

        /// <summary>Floats of a laid out image.</summary>
        public nint ImageSize;

        /// <summary>Floats of a laid out plane of dy.</summary>
        public nint PlaneStep;

        /// <summary>Floats of a laid out sample: image and planes.</summary>
        public nint SampleSize;

        /// <summary>Blocks of output channels.</summary>
        public int Rows;

        /// <summary>Floats of a block's sums.</summary>
        public nint BlockSize;

        /// <summary>Panels of terms.</summary>
        public nint Panels;

        /// <summary>Parts into which the strips of output channels and the panels are shared out.</summary>
        public int Parts;
        public int PanelParts;

        /// <summary>The group, and whether something stands in its gradient already.</summary>
        public int Group;
        public bool Adds;

        /// <summary>Floats between the images.</summary>
        public nint ImageStep;

        /// <summary>Depthwise: rows of dy that are laid out at a time, and the lanes of the vectors that take one.</summary>
        public int BandRows;
        public int Lanes;

        /// <summary>Depthwise: the kernel, and whether its rows see neighbouring rows of the image.</summary>
        public int KernelHeight;
        public int KernelWidth;
        public bool IsSliding;

        public int Chunks;
        public int SamplesAtATime;
        public float* Partial;
        public float* Shared;
        public nint First;
        public int Count;
    }
}
