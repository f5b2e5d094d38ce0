using DeepGen.Examples;

return ExampleProgram.Run(args, stop => Settings.Command(settings => new TrainingRun(settings).Execute(stop)));
