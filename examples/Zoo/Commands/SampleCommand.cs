using System.CommandLine;
using DeepGen.Zoo.Sampling;

namespace DeepGen.Zoo.Commands;

/// <summary><c>sample</c>: a character model learns a text and goes on writing.</summary>
internal static class SampleCommand
{
    private const int LossEvery = 20;

    public static Command Create()
    {
        var name = NetworkName.Required();
        var text = new Option<FileInfo?>("--text") { Description = "What to learn [default: the sources of the zoo's networks]" };
        var steps = Number("--steps", 200, 0, "Training steps");
        var letters = Number("--letters", 400, 1, "Letters to write");
        var batch = Number("--batch", 16, 1, "Pieces of the text in one step");
        var seed = Number("--seed", 1, 0, "Of weights, pieces and letters");
        var temperature = new Option<float>("--temperature") { Description = "Below 1, likely letters become likelier", DefaultValueFactory = _ => 0.7f };
        temperature.Validators.Add(result => { if (result.GetValueOrDefault<float>() is not (> 0 and < float.PositiveInfinity)) result.AddError("--temperature must be above 0."); });
        var command = new Command("sample", "Trains a character model (Char-RNN, Char-LSTM, Char-GRU) on a text, then lets it write.") { name, text, steps, letters, batch, seed, temperature };
        command.SetAction(result =>
        {
            var corpus = result.GetValue(text) is { } file ? File.ReadAllText(file.FullName) : string.Join("\n", Graphs.Sources());
            using var model = new CharacterModel(NetworkName.Find(result.GetValue(name)!), corpus, result.GetValue(batch), result.GetValue(seed));
            var optimizer = new Adam(2e-3f);
            for (var step = 1; step <= result.GetValue(steps); step++)
            {
                var loss = model.Step(optimizer);
                if (step == 1 || step % LossEvery == 0) Console.WriteLine(FormattableString.Invariant($"step {step}  loss {loss:f3}"));
            }

            foreach (var letter in model.Write(Alphabet.Read("\n"), result.GetValue(letters), result.GetValue(temperature))) Console.Write(Alphabet.Write([letter]));
            Console.WriteLine();
        });
        return command;
    }

    private static Option<int> Number(string name, int value, int least, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result => { if (!result.Errors.Any() && result.GetValueOrDefault<int>() < least) result.AddError(FormattableString.Invariant($"{name} must be at least {least}.")); });
        return option;
    }
}
