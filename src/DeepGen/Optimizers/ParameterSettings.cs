namespace DeepGen;

/// <summary>What the groups of an optimizer make of one parameter.</summary>
internal readonly record struct ParameterSettings(float RateFactor, float WeightDecay, bool Frozen, float MaxNorm)
{
    /// <summary>The settings of every parameter of a network, in declared order.</summary>
    /// <exception cref="KeyNotFoundException">A pattern matches no name.</exception>
    /// <exception cref="ArgumentException">A pattern matches running statistics alone.</exception>
    public static ParameterSettings[] Resolve(Network network, IEnumerable<ParameterGroup> groups, float weightDecay)
    {
        var settings = new ParameterSettings[network.Parameters.Count];
        Array.Fill(settings, new ParameterSettings(1, weightDecay, false, float.PositiveInfinity));
        var places = network.Parameters.Select((parameter, i) => (parameter, i)).ToDictionary(pair => pair.parameter, pair => pair.i);
        foreach (var group in groups)
        {
            var members = network.Parameters.Matching(group.Pattern).Where(parameter => parameter.IsTrainable).ToArray();
            if (members.Length == 0)
                throw new ArgumentException($"The parameter group '{group.Pattern}' matches only running statistics of {network.Definition.Name}, which optimizers never move.");
            foreach (var member in members)
            {
                ref var of = ref settings[places[member]];
                of = new ParameterSettings(group.RateFactor ?? of.RateFactor, group.WeightDecay ?? of.WeightDecay, group.Frozen ?? of.Frozen, group.MaxNorm ?? of.MaxNorm);
            }
        }

        return settings;
    }
}
