namespace DeepGen.Examples.SentenceCnn;

/// <summary>
/// Opinions about films from a small grammar. The same words stand in sentences of both kinds: what is negated means its opposite ("far from dull"), though not in "not only dull but flat", and of two clauses joined by
/// "but" or "although" the main one decides. So counting words is not enough, but a few words in their order are.
/// </summary>
internal static class GeneratedReviews
{
    private static readonly string[] Things =
    [
        "plot", "story", "acting", "cast", "script", "dialogue", "music", "ending", "pacing", "photography", "direction", "humour", "editing", "score", "opening", "hero",
    ];

    private static readonly string[] Good =
    [
        "brilliant", "charming", "clever", "funny", "gripping", "fresh", "moving", "sharp", "witty", "warm", "smart", "elegant", "inventive", "honest", "lively", "touching",
    ];

    private static readonly string[] Bad =
    [
        "dull", "clumsy", "flat", "boring", "stale", "messy", "shallow", "tedious", "lame", "predictable", "lifeless", "silly", "weak", "noisy", "cold", "forgettable",
    ];

    private static readonly string[] Degrees = ["", "", "very ", "really ", "quite ", "truly "];

    private static readonly string[] Negations = ["not", "never", "hardly", "far from", "anything but", "no longer"];

    private static readonly string[] Ends = ["", "", "", " in this film", " this time", " from start to finish", " for once", " again"];

    /// <summary>Sentences, half of them of each kind, none of them twice.</summary>
    /// <param name="count">How many; even.</param>
    /// <param name="seed">The same seed gives the same sentences.</param>
    public static Sentences Make(int count, ulong seed)
    {
        var texts = new List<string>();
        var labels = new List<int>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (var sample = 0; texts.Count < count; sample++)
        {
            var random = new CounterRandom(seed, place: 0, epoch: 0, sample, occurrence: 0);
            var label = texts.Count % 2;
            var text = Sentence(ref random, label == 1);
            if (!known.Add(text)) continue;
            texts.Add(text);
            labels.Add(label);
        }

        return new Sentences("generated opinions", texts, labels);
    }

    private static string Sentence(ref CounterRandom random, bool good)
    {
        var form = random.Below(10);
        var main = Clause(ref random, good);
        if (form < 6) return main + One(ref random, Ends);

        // Now and then both clauses say the same: a "but" alone tells nothing.
        var other = Clause(ref random, good ^ random.Chance(0.75));
        return form switch
        {
            6 or 7 => $"{other} , but {main}",
            8 => $"although {other} , {main}",
            _ => $"{main} , although {other}",
        };
    }

    private static string Clause(ref CounterRandom random, bool good)
    {
        var thing = One(ref random, Things);
        return random.Below(8) switch
        {
            < 3 => $"the {thing} is {One(ref random, Degrees)}{Adjective(ref random, good)}",
            < 6 => $"the {thing} is {One(ref random, Negations)} {Adjective(ref random, !good)}",
            6 => $"there is nothing {Adjective(ref random, !good)} about the {thing}",
            _ => $"the {thing} is not only {Adjective(ref random, good)} but {Adjective(ref random, good)}",
        };
    }

    private static string Adjective(ref CounterRandom random, bool good) => One(ref random, good ? Good : Bad);

    private static string One(ref CounterRandom random, string[] words) => words[random.Below(words.Length)];
}
