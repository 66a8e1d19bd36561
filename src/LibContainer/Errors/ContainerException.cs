using System.Collections.Immutable;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>What every error of <see cref="IContainerRuntime"/> tells. Most are a <see cref="ContainerException"/>; those that .NET has a type for are of that type.</summary>
public interface IContainerError
{
    /// <summary>What went wrong.</summary>
    ContainerErrorCode Code { get; }

    /// <summary>What may help, in a sentence. Null: nothing is known to.</summary>
    string? Hint { get; }
}

/// <summary>Something about a container failed. The message begins with the code, and names the step, the object and the errno that it failed with.</summary>
public class ContainerException : Exception, IContainerError
{
    internal ContainerException(ContainerErrorCode code, string message, Exception? inner = null)
        : base($"{code.ToText()}: {message}", inner) => Code = code;

    /// <inheritdoc/>
    public ContainerErrorCode Code { get; }

    /// <summary>The container, if it is about one.</summary>
    public string? ContainerId { get; internal init; }

    /// <summary>What was being done: <c>mount proc on /proc (nosuid,nodev,noexec)</c>, <c>write memory.max</c>. Null: nothing was yet.</summary>
    public string? Step { get; internal init; }

    /// <summary>What it was done to: a path, an interface. Null: nothing in particular.</summary>
    public string? Object { get; internal init; }

    /// <summary>What the kernel answered; 0 when it was not asked.</summary>
    public Errno Error { get; internal init; }

    /// <inheritdoc/>
    public string? Hint => ContainerErrorHints.Of(Code, Error);
}

/// <summary>A configuration cannot be used, or not on this host. Nothing was made.</summary>
public sealed class ContainerConfigurationException : ContainerException
{
    internal ContainerConfigurationException(ContainerErrorCode code, ImmutableArray<ConfigurationFinding> findings, Exception? inner = null)
        : base(code, string.Join("; ", findings), inner) => Findings = findings;

    /// <summary>All that is wrong, each with its path.</summary>
    public ImmutableArray<ConfigurationFinding> Findings { get; }
}

/// <summary>There is no container of this id.</summary>
public sealed class ContainerNotFoundException : ContainerException
{
    internal ContainerNotFoundException(string id, string folder, Exception? inner = null)
        : base(ContainerErrorCode.NotFound, $"there is no container '{id}' in {folder}", inner) => ContainerId = id;
}

/// <summary>There is a container of this id already.</summary>
public sealed class ContainerExistsException : ContainerException
{
    internal ContainerExistsException(string id, string folder)
        : base(ContainerErrorCode.AlreadyExists, $"there is a container '{id}' already, in {folder}") => ContainerId = id;
}

/// <summary>A container is in no state in which that can be done.</summary>
public sealed class ContainerStatusException : ContainerException
{
    internal ContainerStatusException(string id, ContainerStatus status, string wanted, Exception? inner = null)
        : base(ContainerErrorCode.WrongStatus, $"container '{id}' is {status.ToString().ToLowerInvariant()}: {wanted}", inner) => (ContainerId, Status) = (id, status);

    /// <summary>What it is.</summary>
    public ContainerStatus Status { get; }
}

/// <summary>A container, or a program in one, could not be started. Nothing is left of it.</summary>
public sealed class ContainerStartException : ContainerException
{
    internal ContainerStartException(ContainerErrorCode code, string message, Exception inner)
        : base(code, message, inner) { }

    /// <summary>The step that failed. Null: it failed before there was a process, or the host's part of it.</summary>
    public LaunchStep? FailedStep { get; internal init; }

    /// <summary>How the process ended, where that is all that is known: killed by a limit, say.</summary>
    public ExitStatus? ProcessStatus { get; internal init; }
}

/// <summary>The caller cancelled it, and it is undone.</summary>
public sealed class ContainerCanceledException : OperationCanceledException, IContainerError
{
    internal ContainerCanceledException(string id, string what, CancellationToken token, Exception? inner = null)
        : base($"{ContainerErrorCode.Canceled.ToText()}: {what} of container '{id}' was cancelled", inner, token) => ContainerId = id;

    /// <summary>The container.</summary>
    public string ContainerId { get; }

    /// <summary>How a run ended by that. Null: its start was not through yet.</summary>
    public ContainerExitStatus? ExitStatus { get; internal init; }

    /// <inheritdoc/>
    public ContainerErrorCode Code => ContainerErrorCode.Canceled;

    /// <inheritdoc/>
    public string? Hint => null;
}

/// <summary>A container, or its runtime, was disposed.</summary>
public sealed class ContainerDisposedException : ObjectDisposedException, IContainerError
{
    internal ContainerDisposedException(string what)
        : base(what, $"{ContainerErrorCode.Disposed.ToText()}: {what} was disposed") { }

    /// <inheritdoc/>
    public ContainerErrorCode Code => ContainerErrorCode.Disposed;

    /// <inheritdoc/>
    public string? Hint => ContainerErrorHints.Of(Code, 0);
}
