namespace LibContainer;

/// <summary>A container is not in a state in which that can be done: it does not run any more, it is paused, or it never was one.</summary>
public sealed class ContainerStateException : InvalidOperationException
{
    internal ContainerStateException(string message, Exception? inner = null)
        : base(message, inner) { }
}
