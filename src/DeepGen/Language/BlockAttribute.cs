namespace DeepGen;

/// <summary>
/// Makes a method that <c>Forward</c> calls a scope of names: the parameters made in it are called <c>Method1.Conv2d1.weight</c>, <c>Method2.…</c>
/// An argument for a parameter called <c>name</c> that is not null takes the place of the method's name and number.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = false, Inherited = false)]
public sealed class BlockAttribute : Attribute
{
    /// <summary>Makes the method a scope of names.</summary>
    /// <param name="shared">Whether every call uses one set of weights (Siamese nets, tied weights); the gradients of all calls are summed.</param>
    public BlockAttribute(bool shared = false) => Shared = shared;

    /// <summary>Whether every call uses one set of weights.</summary>
    public bool Shared { get; }
}
