using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DeepGen.Kernels;

namespace DeepGen;

/// <summary>Draws a picture anew from other places of itself: bilinearly, and its map of labels from the nearest pixel.</summary>
internal static unsafe class Resampler
{
    private const MethodImplOptions Optimize = MethodImplOptions.AggressiveOptimization;

    public static void Run(ImageWorkspace w, Geometry geometry)
    {
        var map = geometry.Maps[0];
        if (geometry.Fields > 0) Bilinear(w, geometry);
        else if (map == Affine.Identity && (geometry.Height, geometry.Width) == (w.Height, w.Width)) return;
        else if (map.IsCopy) Copy(w, geometry, map);
        else Bilinear(w, geometry);
        w.Finish(geometry.Height, geometry.Width);
    }

    /// <summary>Whole pixels moved and mirrored: exact, and faster.</summary>
    private static void Copy(ImageWorkspace w, Geometry geometry, Affine map)
    {
        var values = w.Target(geometry.Height, geometry.Width, out var labels);
        for (var y = 0; y < geometry.Height; y++)
        {
            var row = Inside((map.YY * y) + map.Y0, w.Height, w.Border);
            for (var c = 0; c < w.Channels; c++)
                CopyRow(row < 0 ? null : w.Values + (((nint)c * w.Height) + row) * w.Width, w.Width, values + (((nint)c * geometry.Height) + y) * geometry.Width, geometry.Width, map, w.Border, 0);
            if (labels != null)
                CopyRow(row < 0 ? null : w.Labels + (nint)row * w.Width, w.Width, labels + (nint)y * geometry.Width, geometry.Width, map, w.Border, w.Outside);
        }
    }

    private static void CopyRow<T>(T* from, int fromWidth, T* to, int width, Affine map, Border border, T outside)
        where T : unmanaged
    {
        var target = new Span<T>(to, width);
        if (from == null)
        {
            target.Fill(outside);
            return;
        }

        // The columns of the result from inside the picture: shift + x or shift − x in [0, fromWidth).
        var shift = (int)map.X0;
        var (begin, end) = map.XX > 0 ? (-shift, fromWidth - shift) : (shift - fromWidth + 1, shift + 1);
        begin = Math.Clamp(begin, 0, width);
        end = Math.Clamp(end, begin, width);
        if (end > begin)
        {
            var inside = target[begin..end];
            new ReadOnlySpan<T>(from + (map.XX > 0 ? shift + begin : shift - end + 1), end - begin).CopyTo(inside);
            if (map.XX < 0) inside.Reverse();
        }

        for (var x = 0; x < width; x++)
        {
            if (x == begin) x = end;
            if (x >= width) break;
            var column = Inside((map.XX * x) + shift, fromWidth, border);
            to[x] = column < 0 ? outside : from[column];
        }
    }

    /// <summary>The row or column that stands for one outside; −1 for black.</summary>
    private static int Inside(double place, int size, Border border)
    {
        if (place >= 0 && place < size) return (int)place;
        if (border == Border.Black) return -1;
        if (border == Border.Edge || size == 1) return place < 0 ? 0 : size - 1;
        var period = 2L * (size - 1);
        var within = (((long)place % period) + period) % period;
        return (int)Math.Min(within, period - within);
    }

    private static void Bilinear(ImageWorkspace w, Geometry geometry)
    {
        var values = w.Target(geometry.Height, geometry.Width, out var labels);

        // Three planes are drawn at once, as pixels of four floats.
        var pixel = w.Channels == 3 && Vector256.IsHardwareAccelerated ? 4 : 1;
        int stride = w.Width + 3, planeSize = pixel * stride * (w.Height + 3), planes = pixel == 4 ? 1 : w.Channels;
        var padded = w.Scratch(0, (nint)planeSize * planes);
        for (var c = 0; c < planes; c++) Pad(w, w.Values + (nint)c * w.PlaneSize, padded + (nint)c * planeSize, pixel);
        var length = (geometry.Width + 7) & ~7;
        var rows = w.Scratch(1, (3 + 4) * (nint)length);
        float* xs = rows, ys = rows + length;
        var index = (int*)(rows + (2 * length));
        var mixed = rows + (3 * length);
        for (var y = 0; y < geometry.Height; y++)
        {
            geometry.Row(y, xs, ys);
            Bring(xs, ys, length, w.Height, w.Width, w.Border);
            if (labels != null) Nearest(w, xs, ys, labels + (nint)y * geometry.Width, geometry.Width);
            Split(xs, ys, index, length, stride, pixel);
            var row = values + (nint)y * geometry.Width;
            if (pixel == 4) SampleColors(padded, 4 * stride, index, xs, ys, mixed, length, row, geometry.Height * geometry.Width, geometry.Width);
            else for (var c = 0; c < planes; c++) Sample(padded + (nint)c * planeSize, stride, index, xs, ys, row + (nint)c * geometry.Height * geometry.Width, geometry.Width);
        }
    }

    /// <summary>A copy with a pixel more before, and two behind, of which the last is never weighted.</summary>
    private static void Pad(ImageWorkspace w, float* from, float* to, int pixel)
    {
        var (height, width) = (w.Height, w.Width);
        var stride = pixel * (width + 3);
        for (var y = -1; y < height + 2; y++)
        {
            var row = new Span<float>(to + (nint)(y + 1) * stride, stride);
            if (w.Border == Border.Black && (y < 0 || y >= height))
            {
                row.Clear();
                continue;
            }

            var source = from + (nint)Math.Clamp(y, 0, height - 1) * width;
            var inside = row.Slice(pixel, pixel * width);
            if (pixel == 1) new ReadOnlySpan<float>(source, width).CopyTo(inside);
            else PixelMath.Join(source, source + w.PlaneSize, source + (2 * w.PlaneSize), to + (nint)(y + 1) * stride + pixel, width);
            if (w.Border == Border.Black)
            {
                row[..pixel].Clear();
                row[^(2 * pixel)..].Clear();
            }
            else
            {
                inside[..pixel].CopyTo(row);
                inside[^pixel..].CopyTo(row[^(2 * pixel)..]);
                inside[^pixel..].CopyTo(row[^pixel..]);
            }
        }
    }

    /// <summary>Places into the padded picture, −1 to its size.</summary>
    [MethodImpl(Optimize)]
    private static void Bring(float* xs, float* ys, int length, int height, int width, Border border)
    {
        var low = Vector256.Create(border == Border.Black ? -1f : 0);
        Vector256<float> right = Vector256.Create(border == Border.Black ? width : width - 1f), bottom = Vector256.Create(border == Border.Black ? height : height - 1f);
        for (var i = 0; i < length; i += 8)
        {
            Vector256<float> x = Vector256.Load(xs + i), y = Vector256.Load(ys + i);
            if (border == Border.Mirror) (x, y) = (Mirrored(x, width), Mirrored(y, height));
            Vector256.Store(Vector256.MinNative(Vector256.MaxNative(x, low), right), xs + i);
            Vector256.Store(Vector256.MinNative(Vector256.MaxNative(y, low), bottom), ys + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Mirrored(Vector256<float> x, int size)
    {
        if (size == 1) return Vector256<float>.Zero;
        var period = Vector256.Create(2f * (size - 1));
        x = Vector256.Abs(x);
        x -= period * Vector256.Floor(x / period);
        return Vector256.MinNative(x, period - x);
    }

    /// <summary>The index of the pixel at the upper left of each place in the padded picture; the places become the distances from it.</summary>
    [MethodImpl(Optimize)]
    private static void Split(float* xs, float* ys, int* index, int length, int stride, int pixel)
    {
        for (var i = 0; i < length; i += 8)
        {
            Vector256<float> x = Vector256.Load(xs + i), y = Vector256.Load(ys + i);
            Vector256<float> left = Vector256.Floor(x), top = Vector256.Floor(y);
            Vector256.Store(x - left, xs + i);
            Vector256.Store(y - top, ys + i);
            var place = ((Vector256.ConvertToInt32(top) + Vector256<int>.One) * stride) + Vector256.ConvertToInt32(left) + Vector256<int>.One;
            Vector256.Store(place * pixel, index + i);
        }
    }

    [MethodImpl(Optimize)]
    private static void Sample(float* plane, nint stride, int* index, float* fx, float* fy, float* to, int width)
    {
        for (var i = 0; i < width; i++)
        {
            var p = plane + index[i];
            var above = p[0] + (fx[i] * (p[1] - p[0]));
            var below = p[stride] + (fx[i] * (p[stride + 1] - p[stride]));
            to[i] = above + (fy[i] * (below - above));
        }
    }

    /// <summary>As <see cref="Sample"/> for three planes: two pixels beside each other are one vector.</summary>
    [MethodImpl(Optimize)]
    private static void SampleColors(float* pixels, nint stride, int* index, float* fx, float* fy, float* mixed, int length, float* to, nint planeSize, int width)
    {
        for (var i = 0; i < length; i++)
        {
            var p = pixels + index[i];
            Vector256<float> above = Vector256.Load(p), below = Vector256.Load(p + stride);
            var column = Vector256.MultiplyAddEstimate(Vector256.Create(fy[i]), below - above, above);
            var left = column.GetLower();
            Vector128.Store(Vector128.MultiplyAddEstimate(Vector128.Create(fx[i]), column.GetUpper() - left, left), mixed + (4 * (nint)i));
        }

        PixelMath.Part(mixed, to, to + planeSize, to + (2 * planeSize), width);
    }

    private static void Nearest(ImageWorkspace w, float* xs, float* ys, int* to, int width)
    {
        for (var i = 0; i < width; i++)
        {
            int x = (int)MathF.Floor(xs[i] + 0.5f), y = (int)MathF.Floor(ys[i] + 0.5f);
            to[i] = (uint)x < (uint)w.Width && (uint)y < (uint)w.Height ? w.Labels[(y * w.Width) + x] : w.Outside;
        }
    }
}
