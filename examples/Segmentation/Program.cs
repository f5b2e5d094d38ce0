using DeepGen.Examples;
using DeepGen.Examples.Segmentation;

return ExampleProgram.Run(args, stop => Settings.Command(settings => new SegmentationRun(settings).Execute(stop)));
