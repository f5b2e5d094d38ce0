namespace DeepGen.Examples.CharLstm;

/// <summary>
/// Character-level language model (A. Graves 2013; A. Karpathy 2015, char-rnn): LSTM layers that are given letters and say of each which one comes next. The states of the layers come in and go out, so that a text
/// of any length is read piece by piece (truncated backpropagation through time).
/// </summary>
[Network]
internal sealed partial class LanguageModel
{
    /// <summary>Different letters, the unknown one among them.</summary>
    public const int Letters = 128;

    /// <summary>Letters of a piece: so far back the gradient reaches.</summary>
    public const int Length = 64;

    /// <summary>LSTM layers one above the other.</summary>
    public const int Layers = 2;

    /// <summary>Units of a layer.</summary>
    public const int Units = 256;

    /// <summary>What goes from one piece of the text to the next.</summary>
    public static readonly IReadOnlyList<CarriedState> States = [new("hidden", "hiddenBefore"), new("cells", "cellsBefore")];

    static (Tensor scores, Tensor hidden, Tensor cells) Forward(
        [Input(Length, type: Element.Int32)] Tensor letters, [Input(Layers, Units)] Tensor hiddenBefore, [Input(Layers, Units)] Tensor cellsBefore) => Body(letters, hiddenBefore, cellsBefore);

    static Tensor Loss(Tensor scores, Tensor hidden, Tensor cells, [Target(Length, type: Element.Int32)] Tensor next) => scores.SoftmaxCrossEntropy(next);

    internal static (Tensor Scores, Tensor Hidden, Tensor Cells) Body(Tensor letters, Tensor hiddenBefore, Tensor cellsBefore)
    {
        var (read, hidden, cells) = letters.OneHot(Letters).StatefulLstm(hiddenBefore, cellsBefore, name: "lstm");
        return (read.Dropout(0.1f).Dense(Letters, name: "letter").Permute(1, 0), hidden, cells);
    }

    /// <summary>Lets the forget gates begin open (R. Jozefowicz, W. Zaremba and I. Sutskever 2015): what a cell holds lasts until the network has learned what to forget.</summary>
    public void OpenForgetGates()
    {
        foreach (var bias in Parameters.Matching("lstm.bias_ih_l*"))
            bias.Span.Slice(Units, Units).Fill(1);
    }
}

/// <summary>The same network for one letter at a time, to write with. Its parameters are those of <see cref="LanguageModel"/>.</summary>
[Network]
internal sealed partial class OneLetterModel
{
    static (Tensor scores, Tensor hidden, Tensor cells) Forward(
        [Input(1, type: Element.Int32)] Tensor letter, [Input(LanguageModel.Layers, LanguageModel.Units)] Tensor hiddenBefore, [Input(LanguageModel.Layers, LanguageModel.Units)] Tensor cellsBefore) =>
        LanguageModel.Body(letter, hiddenBefore, cellsBefore);
}
