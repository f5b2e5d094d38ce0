using DeepGen.Examples;
using DeepGen.Examples.Cifar;

return ExampleProgram.Run(args, stop => Settings.Command(settings => new CifarRun(settings).Execute(stop)));
