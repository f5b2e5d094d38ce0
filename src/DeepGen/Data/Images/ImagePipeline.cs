namespace DeepGen;

/// <summary>A chain of transforms; those that move pixels wait for the next that does not, and are then done at once.</summary>
internal sealed class ImagePipeline
{
    private readonly ImageTransform[] _transforms;

    public ImagePipeline(IReadOnlyList<ImageTransform> transforms)
    {
        ArgumentNullException.ThrowIfNull(transforms);
        _transforms = [.. transforms];
        foreach (var transform in _transforms) ArgumentNullException.ThrowIfNull(transform, nameof(transforms));
    }

    /// <summary>Transforms the picture of a workspace.</summary>
    public void Run(ImageWorkspace workspace, ulong seed, int epoch, int sample, int occurrence)
    {
        var geometry = workspace.Geometry;
        var moved = false;
        for (var place = 0; place < _transforms.Length; place++)
        {
            var random = new CounterRandom(seed, place, epoch, sample, occurrence);
            if (_transforms[place] is GeometricTransform geometric)
            {
                if (!moved) geometry.Begin(workspace.Height, workspace.Width);
                moved = true;
                geometric.Compose(workspace, geometry, ref random);
                continue;
            }

            if (moved) Resampler.Run(workspace, geometry);
            moved = false;
            if (_transforms[place].NeedsColor && workspace.Channels != 3) throw NeedsColor(_transforms[place], workspace.Channels);
            ((PixelTransform)_transforms[place]).Apply(workspace, ref random);
        }

        if (moved) Resampler.Run(workspace, geometry);
    }

    /// <summary>The size of a picture after the chain.</summary>
    /// <exception cref="ArgumentException">A transform does not fit it; the message names the picture.</exception>
    public (int Height, int Width) SizeAfter((int Height, int Width) size, int? channels, string name)
    {
        foreach (var transform in _transforms)
        {
            try
            {
                if (transform.NeedsColor && channels is { } some && some != 3) throw NeedsColor(transform, some);
                size = transform.SizeAfter(size.Height, size.Width);
            }
            catch (ArgumentException error)
            {
                throw new ArgumentException($"'{name}': {error.Message}", error);
            }
        }

        return size;
    }

    private static ArgumentException NeedsColor(ImageTransform transform, int channels) =>
        new($"{transform.Name} takes pictures of 3 channels, and this has {channels}; leave it out, or set ImageFileOptions.Channels to 3.");
}
