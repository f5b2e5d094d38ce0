using DeepGen.Examples;
using DeepGen.Examples.CharLstm;

return ExampleProgram.Run(args, stop => Settings.Command(settings => settings.Load is null ? new TrainingRun(settings).Execute(stop) : SamplingRun.Execute(settings, stop)));
