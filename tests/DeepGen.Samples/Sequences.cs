using DeepGen;

namespace Samples;

/// <summary>Recurrent layers in a stack.</summary>
[Network, Input(20, 6)]
[Lstm(16, layers: 2, bidirectional: true, returnSequence: true), Tanh, Gru(8, name: "reader"), Dense(3)]
[SoftmaxCrossEntropy]
public partial class SequenceClassifier;

/// <summary>Sentences of different lengths.</summary>
[Network, SoftmaxCrossEntropy]
public partial class RaggedClassifier
{
    static Tensor Forward([Input(20, 6)] Tensor words, [Lengths(nameof(words))] Tensor lengths) => words.Gru(16, bidirectional: true).Dense(3);
}

/// <summary>
/// A cell of one's own, an LSTM with the gates coupled, trained on part after part of a long text: the caller hands the last states back as the first of the next part
/// (truncated backpropagation through time).
/// </summary>
[Network]
public partial class StatefulModel
{
    static (Tensor next, Tensor h, Tensor c) Forward([Input(25, 40)] Tensor letters, [Input(64)] Tensor h, [Input(64)] Tensor c)
    {
        var (y, lastH, lastC) = letters.Scan(Cell, h, c, name: "lstm");
        return (y, lastH, lastC);
    }

    static (Tensor H, Tensor C, Tensor Output) Cell(Tensor x, Tensor h, Tensor c)
    {
        var forget = Linear("forget").Sigmoid();
        c = forget * c + (1 - forget) * Linear("cell").Tanh();
        h = Linear("output").Sigmoid() * c.Tanh();
        return (h, c, h.Dense(x.Features, name: "letter"));

        Tensor Linear(string gate) => x.Dense(h.Features, name: gate + "_x") + h.Dense(h.Features, bias: false, name: gate + "_h");
    }

    static Tensor Loss(Tensor next, Tensor h, Tensor c, [Target(25, 40)] Tensor letters) => next.MeanSquaredError(letters);
}

/// <summary>The same with a layer of the library: states of two layers in, and out.</summary>
[Network]
public partial class CarriedModel
{
    static (Tensor next, Tensor h, Tensor c) Forward([Input(25, 40)] Tensor letters, [Input(2, 64)] Tensor h, [Input(2, 64)] Tensor c)
    {
        var (read, lastH, lastC) = letters.StatefulLstm(h, c);
        return (read.Dense(40), lastH, lastC);
    }

    static Tensor Loss(Tensor next, Tensor h, Tensor c, [Target(25, 40)] Tensor letters) => next.MeanSquaredError(letters);
}

/// <summary>An encoder and a decoder. While training the decoder is given the right word before each (teacher forcing): an ordinary input.</summary>
[Network]
public partial class Translator
{
    static Tensor Forward([Input(12, 10)] Tensor source, [Input(15, 10)] Tensor before)
    {
        var (_, thought) = source.Scan((x, h) => Step(x, h, "encoder"), Tensor.Zeros(24));
        var attention = thought.Dense(10).Sigmoid();
        return before.Scan((x, h) =>
        {
            h = Step(x * attention, h, "decoder");
            return (h, h.Dense(10, name: "word"));
        }, thought).Sequence;
    }

    static Tensor Step(Tensor x, Tensor h, string name) => (x.Dense(h.Features, name: name + "_x") + h.Dense(h.Features, name: name + "_h")).Tanh();

    static Tensor Loss(Tensor words, [Target(15, 10)] Tensor right) => words.MeanSquaredError(right);
}
