using DeepGen.Examples;
using DeepGen.Examples.Gan;

return ExampleProgram.Run(args, stop => Settings.Command(settings => new GanRun(settings).Execute(stop)));
