// netstandard2.0 lacks what `init` and records need.
namespace System.Runtime.CompilerServices;

internal static class IsExternalInit;
