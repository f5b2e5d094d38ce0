using DeepGen.Examples;
using DeepGen.Examples.Autoencoder;

return ExampleProgram.Run(args, stop => Settings.Command(settings => new AutoencoderRun(settings).Execute(stop)));
