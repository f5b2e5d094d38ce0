using DeepGen.Examples;
using DeepGen.Examples.Transfer;

return ExampleProgram.Run(args, stop => Settings.Command(settings => new TransferRun(settings).Execute(stop)));
