namespace DeepGen.Runtime.Tests.Networks;

/// <summary>
/// What the generator would write for one dense layer with a softmax cross-entropy, by plain loops: y = W (x - mean) + b, where mean
/// is a running statistic of the inputs. Inference reads W transposed and the bias with the mean folded in from the derived arena, so that
/// a forgotten rebuild shows.
/// </summary>
internal sealed unsafe class Linear : Network
{
    public const int Features = 5;
    public const int Classes = 3;
    private const float MeanShare = 0.1f;
    private const int WeightOffset = 0;
    private const int BiasOffset = 16;
    private const int X = 0;
    private const int Logits = 16;
    private const int LogitsGradient = 32;

    public static readonly NetworkDefinition Static = Define(new Runs());

    private readonly Runs _runs;

    public Linear(NetworkOptions? options = null) : this(new Runs(), options)
    {
    }

    private Linear(Runs runs, NetworkOptions? options) : base(Define(runs), options) => _runs = runs;

    /// <summary>Called in the middle of every run, with the run's name.</summary>
    public Action<string>? Running
    {
        get => _runs.Running;
        set => _runs.Running = value;
    }

    public int Prepared => _runs.Prepared;

    private static NetworkDefinition Define(Runs runs) => new()
    {
        Name = "Linear",
        Parameters =
        [
            new("Dense1.weight", [Classes, Features], true, WeightOffset, Initializer.Auto, Features, Classes),
            new("Dense1.bias", [Classes], true, BiasOffset, Initializer.Zeros),
            new("Norm1.running_mean", [Features], false, 0, Initializer.Zeros),
            new("Norm1.momentum", [], false, 16, Initializer.Constant, Value: MeanShare),
        ],
        ParameterFloats = 32,
        StateFloats = 32,
        DerivedFloats = 32,
        Inputs = [new("image", [1, 1, Features])],
        Targets = [new("labels", [], Element.Int32, Classes, -1)],
        Outputs = [new("scores", [Classes])],
        Inference = new(0, 0),
        Evaluation = new(16, 0),
        Training = new(48, 16),
        Activations = [new("Norm1", "-", [16], X), new("Dense1", "Dense", [16], Logits)],
        Prepare = runs.Prepare,
        Infer = runs.Infer,
        Evaluate = runs.Evaluate,
        Forward = runs.Forward,
        Loss = runs.Loss,
        SetOutputGradients = runs.SetOutputGradients,
        Backward = runs.Backward,
        Heads = [new(0, 0, HeadKind.ClassLogits)],
        IsClassifier = true,
    };

    public void Predict(ReadOnlySpan<float> image, Span<float> scores)
    {
        var n = BatchOf("Predict", 0, image.Length);
        CheckOutput("Predict", 0, scores.Length, n);
        fixed (float* x = image, y = scores)
        {
            void* inputs = x, outputs = y;
            PredictCore(n, &inputs, &outputs);
        }
    }

    public float Step(ReadOnlySpan<float> image, ReadOnlySpan<int> labels, Optimizer optimizer)
    {
        var n = BatchOf("Step", 0, image.Length);
        CheckTarget("Step", 0, labels.Length, n);
        fixed (float* x = image)
        fixed (int* t = labels)
        {
            void* inputs = x, targets = t;
            return StepCore(n, &inputs, &targets, optimizer);
        }
    }

    public void Forward(ReadOnlySpan<float> image, Span<float> scores)
    {
        var n = BatchOf("Forward", 0, image.Length);
        CheckOutput("Forward", 0, scores.Length, n);
        fixed (float* x = image, y = scores)
        {
            void* inputs = x, outputs = y;
            ForwardCore(n, &inputs, &outputs);
        }
    }

    public void Backward(ReadOnlySpan<float> dScores, Span<float> dImage = default, bool parameters = true)
    {
        var n = ForwardBatch();
        CheckOutputGradient("Backward", 0, dScores.Length, n);
        CheckInputGradient("Backward", 0, dImage.Length, n);
        fixed (float* dy = dScores, dx = dImage)
        {
            void* outputs = dy, inputs = dx;
            BackwardCore(n, &outputs, &inputs, parameters);
        }
    }

    /// <summary>The phases, and what the tests see of them.</summary>
    private sealed class Runs
    {
        public Action<string>? Running { get; set; }

        public int Prepared { get; private set; }

        public void Prepare(ref Frame f)
        {
            Prepared++;
            for (var c = 0; c < Classes; c++)
            {
                var bias = f.Parameters[BiasOffset + c];
                for (var i = 0; i < Features; i++)
                {
                    var w = f.Parameters[WeightOffset + (c * Features) + i];
                    f.Derived[(i * Classes) + c] = w;
                    bias -= w * f.State[i];
                }

                f.Derived[16 + c] = bias;
            }
        }

        public void Infer(ref Frame f)
        {
            Running?.Invoke("Inference");
            Classify(ref f, (float*)f.Outputs[0], Classes);
        }

        public void Evaluate(ref Frame f)
        {
            Running?.Invoke("Evaluate");
            Classify(ref f, f.Arena, 16);
            f.Loss = CrossEntropy(f.Batch, f.Arena, null, (int*)f.Targets[0], 0);
            Copy(ref f, f.Arena);
        }

        public void Forward(ref Frame f)
        {
            Running?.Invoke("Forward");
            var x = f.Arena + (X * f.Batch);
            for (nint n = 0; n < f.Batch; n++)
                for (var i = 0; i < 16; i++)
                    x[(n * 16) + i] = i < Features ? ((float*)f.Inputs[0])[(n * Features) + i] - f.State[i] : 0;
            for (var i = 0; i < Features; i++)
            {
                float mean = 0;
                for (nint n = 0; n < f.Batch; n++) mean += ((float*)f.Inputs[0])[(n * Features) + i] / f.Batch;
                f.State[i] += f.State[16] * (mean - f.State[i]);
            }

            var y = f.Arena + (Logits * f.Batch);
            for (nint n = 0; n < f.Batch; n++)
            {
                for (var c = 0; c < 16; c++)
                {
                    var sum = c < Classes ? f.Parameters[BiasOffset + c] : 0;
                    for (var i = 0; i < Features && c < Classes; i++) sum += f.Parameters[(c * Features) + i] * x[(n * 16) + i];
                    y[(n * 16) + c] = sum;
                }
            }

            Copy(ref f, y);
        }

        public void Loss(ref Frame f) =>
            f.Loss = CrossEntropy(f.Batch, f.Arena + (Logits * f.Batch), f.Arena + (LogitsGradient * f.Batch), (int*)f.Targets[0], f.SampleShare);

        public void Backward(ref Frame f)
        {
            Running?.Invoke("Backward");
            float* x = f.Arena + (X * f.Batch), dy = f.Arena + (LogitsGradient * f.Batch);
            for (var c = 0; c < Classes; c++)
            {
                float db = 0;
                for (nint n = 0; n < f.Batch; n++) db += dy[(n * 16) + c];
                Put(ref f, BiasOffset + c, db);
                for (var i = 0; i < Features; i++)
                {
                    float dw = 0;
                    for (nint n = 0; n < f.Batch; n++) dw += dy[(n * 16) + c] * x[(n * 16) + i];
                    Put(ref f, (c * Features) + i, dw);
                }
            }

            if (!f.WantInputGradients) return;
            for (nint n = 0; n < f.Batch; n++)
            {
                for (var i = 0; i < Features; i++)
                {
                    float sum = 0;
                    for (var c = 0; c < Classes; c++) sum += dy[(n * 16) + c] * f.Parameters[(c * Features) + i];
                    ((float*)f.InputGradients[0])[(n * Features) + i] = sum;
                }
            }

            static void Put(ref Frame f, int at, float value) => f.Gradients[at] = (f.Accumulate ? f.Gradients[at] : 0) + value;
        }

        public void SetOutputGradients(ref Frame f)
        {
            var dy = f.Arena + (LogitsGradient * f.Batch);
            for (nint n = 0; n < f.Batch; n++)
                for (var c = 0; c < Classes; c++)
                    dy[(n * 16) + c] = ((float*)f.OutputGradients[0])[(n * Classes) + c];
        }

        private static void Classify(ref Frame f, float* y, int stride)
        {
            for (nint n = 0; n < f.Batch; n++)
            {
                for (var c = 0; c < Classes; c++)
                {
                    var sum = f.Derived[16 + c];
                    for (var i = 0; i < Features; i++) sum += f.Derived[(i * Classes) + c] * ((float*)f.Inputs[0])[(n * Features) + i];
                    y[(n * stride) + c] = sum;
                }
            }
        }

        private static void Copy(ref Frame f, float* y)
        {
            if (f.Outputs == null || f.Outputs[0] == null) return;
            for (nint n = 0; n < f.Batch; n++)
                for (var c = 0; c < Classes; c++)
                    ((float*)f.Outputs[0])[(n * Classes) + c] = y[(n * 16) + c];
        }

        private static double CrossEntropy(nint batch, float* y, float* dy, int* labels, float share)
        {
            double loss = 0;
            for (nint n = 0; n < batch; n++)
            {
                var row = y + (n * 16);
                var max = Math.Max(row[0], Math.Max(row[1], row[2]));
                double sum = 0;
                for (var c = 0; c < Classes; c++) sum += Math.Exp(row[c] - max);
                var label = labels[n];
                if (label >= 0) loss += (Math.Log(sum) + max - row[label]) / batch;
                for (var c = 0; c < Classes && dy != null; c++)
                    dy[(n * 16) + c] = label < 0 ? 0 : (float)(((Math.Exp(row[c] - max) / sum) - (c == label ? 1 : 0)) * share);
            }

            return loss;
        }
    }
}
