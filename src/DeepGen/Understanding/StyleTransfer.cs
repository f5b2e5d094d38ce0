namespace DeepGen;

/// <summary>
/// A picture that shows what one picture shows in the manner of another: its features are near the content's, the Gram matrices of its features near the style's (L. Gatys, A. Ecker and M. Bethge 2016, Image style transfer
/// using convolutional neural networks).
/// </summary>
/// <remarks>
/// <para>The network gives, for a picture [C, H, W], an output for each term: features as they are for content, behind <c>Gram()</c> for style. It need not have been trained for it; the textures of random convolutions
/// work, too (I. Ustyuzhaninov et al. 2016).</para>
/// <para>Minimized is Σ_content w·‖y − y(content)‖²/n + Σ_style w·‖G − G(style)‖²/n + the total variation of <see cref="Descent"/>, n the values of an output. Gatys et al. have other constants there: with the Gram matrix of
/// C channels of M places divided by C·M, as <c>Gram()</c> does it, their style loss is C²/4 times the mean of squares here.</para>
/// </remarks>
public sealed record StyleTransfer
{
    /// <summary>The outputs whose values are taken from the content, and what each counts.</summary>
    public required IReadOnlyList<(string Output, double Weight)> Content { get; init; }

    /// <summary>The outputs whose values are taken from the style, and what each counts.</summary>
    public required IReadOnlyList<(string Output, double Weight)> Style { get; init; }

    /// <summary>Whether each distance is relative to its target (<see cref="OutputObjectives.RelativeDistance"/>), so that weights need not make up for the sizes of features, which differ from layer to layer and network to network.</summary>
    public bool Relative { get; init; }

    /// <summary>How the picture is found.</summary>
    public InputDescent Descent { get; init; } = new();

    /// <summary>The terms for a content and a style.</summary>
    /// <param name="network">The network; it is afterwards what it was before.</param>
    /// <param name="content">The picture that says what is shown, of the network's size.</param>
    /// <param name="style">The picture that says how, of the same size.</param>
    /// <exception cref="ArgumentException">The network has other inputs than one of floats, there is no output of a name, or a picture has another size.</exception>
    /// <exception cref="InvalidOperationException">Another phase is running.</exception>
    public IReadOnlyList<OutputTerm> Terms(Network network, ReadOnlySpan<float> content, ReadOnlySpan<float> style) => [.. TermsOf(network, content, Content), .. TermsOf(network, style, Style)];

    /// <summary>Changes a picture in place.</summary>
    /// <param name="network">The network; it is afterwards what it was before.</param>
    /// <param name="content">The picture that says what is shown.</param>
    /// <param name="style">The picture that says how.</param>
    /// <param name="picture">Where to begin: a copy of the content, or noise; and the result.</param>
    /// <param name="progress">As for <see cref="InputDescent.Run"/>.</param>
    /// <param name="cancellationToken">Likewise.</param>
    /// <returns>The loss before each step.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Terms"/> and <see cref="InputDescent.Run"/>.</exception>
    /// <exception cref="NonFiniteException">The loss is NaN or infinite.</exception>
    /// <exception cref="InvalidOperationException">Another phase is running.</exception>
    public double[] Run(Network network, ReadOnlySpan<float> content, ReadOnlySpan<float> style, Span<float> picture, Action<int, double, ReadOnlySpan<float>>? progress = null, CancellationToken cancellationToken = default) =>
        Descent.Run(network, picture, Terms(network, content, style), progress, cancellationToken);

    private OutputTerm[] TermsOf(Network network, ReadOnlySpan<float> picture, IReadOnlyList<(string Output, double Weight)> outputs)
    {
        using var probe = new Probe("StyleTransfer", network, severalOutputs: true);
        int[] numbers = [.. outputs.Select(one => probe.Find(one.Output))];
        probe.Set(picture);
        OutputTerm[] terms = [];
        network.Undisturbed("StyleTransfer", () =>
        {
            probe.Forward();
            terms = [.. outputs.Select((one, i) => new OutputTerm(one.Output, To(probe.Values(numbers[i]).ToArray()), one.Weight))];
        });
        return terms;

        OutputObjective To(float[] target) => Relative ? OutputObjectives.RelativeDistance(target) : OutputObjectives.SquaredDistance(target);
    }
}
