using DeepGen.Examples;
using DeepGen.Examples.DeepDream;

return ExampleProgram.Run(args, stop => Settings.Command(settings => new DreamRun(settings).Execute(stop)));
