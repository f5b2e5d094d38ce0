using DeepGen.Examples;
using DeepGen.Examples.StyleTransfer;

return ExampleProgram.Run(args, stop => Settings.Command(settings => new TransferRun(settings).Execute(stop)));
