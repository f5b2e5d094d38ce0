namespace DeepGen.Zoo.Networks;

/// <summary>Character model of Elman's recurrent layers (Elman 1990; Mikolov et al. 2010; Karpathy 2015, char-rnn): the letter that comes next, after each letter.</summary>
[Network, Input(50, type: Element.Int32)]
[OneHot(96), Rnn(512, layers: 2, returnSequence: true), Dense(96), Permute(1, 0)]
[SoftmaxCrossEntropy]
public sealed partial class CharRnn;

/// <summary>Character model of LSTM layers (Hochreiter &amp; Schmidhuber 1997; Graves 2013; Karpathy 2015, char-rnn).</summary>
[Network, Input(50, type: Element.Int32)]
[OneHot(96), Lstm(512, layers: 2, returnSequence: true), Dense(96), Permute(1, 0)]
[SoftmaxCrossEntropy]
public sealed partial class CharLstm;

/// <summary>Character model of gated recurrent units (Cho et al. 2014; Chung et al. 2014), its letters embedded.</summary>
[Network, Input(50, type: Element.Int32)]
[Embedding(96, 64), Gru(512, layers: 2, returnSequence: true), Dense(96), Permute(1, 0)]
[SoftmaxCrossEntropy]
public sealed partial class CharGru;

/// <summary>The Elman model with few letters.</summary>
[Network, Input(6, type: Element.Int32)]
[OneHot(12), Rnn(32, layers: 2, returnSequence: true), Dense(12), Permute(1, 0)]
[SoftmaxCrossEntropy]
public sealed partial class CharRnnSmall;

/// <summary>The LSTM model with few letters.</summary>
[Network, Input(6, type: Element.Int32)]
[OneHot(12), Lstm(32, layers: 2, returnSequence: true), Dense(12), Permute(1, 0)]
[SoftmaxCrossEntropy]
public sealed partial class CharLstmSmall;

/// <summary>The GRU model with few letters.</summary>
[Network, Input(6, type: Element.Int32)]
[Embedding(12, 8), Gru(32, layers: 2, returnSequence: true), Dense(12), Permute(1, 0)]
[SoftmaxCrossEntropy]
public sealed partial class CharGruSmall;
