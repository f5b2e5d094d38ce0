using DeepGen.Examples;
using DeepGen.Examples.SentenceCnn;

return ExampleProgram.Run(args, stop => Settings.Command(settings => settings.Load is null ? new TrainingRun(settings).Execute(stop) : ClassifyingRun.Execute(settings)));
