using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;
using LibContainer.Linux;
using LibContainer.Network;
using LibContainer.Network.Netlink;

namespace LibContainer;

/// <summary>What the rooms throw, as what the facade does: with a code.</summary>
internal static class ErrorTranslation
{
    /// <summary>The place of a finding that is about this process and not about the configuration.</summary>
    private const string OfThisProcess = "host";

    /// <summary>What is said in place of an exception of a room. What already is an error of the facade's, or nothing that can be foreseen, is told as it is.</summary>
    /// <param name="error">What a room has thrown.</param>
    /// <param name="id">The container.</param>
    internal static Exception Translate(Exception error, string id) => error switch
    {
        IContainerError => error,
        ConfigurationException bad => new ContainerConfigurationException(CodeOf(bad), bad.Findings, bad) { ContainerId = id },
        LaunchException launch => Translate(launch, id),
        ContainerStateException state => new ContainerException(ContainerErrorCode.WrongStatus, $"container '{id}': {state.Message}", state) { ContainerId = id },
        CgroupException cgroup => new ContainerException(ContainerErrorCode.CgroupFailed, $"container '{id}': {cgroup.Message}", cgroup) { ContainerId = id, Step = "cgroup", Error = cgroup.Error },
        NetworkException network => new ContainerException(ContainerErrorCode.NetworkFailed, $"container '{id}': {network.Message}", network) { ContainerId = id, Step = "network", Error = network.Error },
        NetlinkException netlink => new ContainerException(ContainerErrorCode.NetworkFailed, $"container '{id}': {netlink.Message}", netlink) { ContainerId = id, Step = "network", Error = netlink.Error },
        LinuxException kernel => new ContainerException(ContainerErrorCode.SystemCallFailed, $"container '{id}': {kernel.Message}", kernel) { ContainerId = id, Step = kernel.SystemCall, Object = kernel.Path, Error = kernel.Error },
        AggregateException { InnerExceptions: [var first, var second] } both when Translate(first, id) is ContainerException translated
            => new ContainerException(translated.Code, $"container '{id}': {first.Message}; and {second.Message}", both) { ContainerId = id, Step = translated.Step, Object = translated.Object, Error = translated.Error },
        IOException or UnauthorizedAccessException => new ContainerException(ContainerErrorCode.InputOutputFailed, $"container '{id}': {error.Message}", error) { ContainerId = id },
        _ => error,
    };

    /// <summary>The same where something was being done that the caller may have cancelled.</summary>
    internal static Exception Translate(Exception error, string id, string what, CancellationToken cancellationToken)
        => error is OperationCanceledException and not IContainerError && cancellationToken.IsCancellationRequested ? new ContainerCanceledException(id, what, cancellationToken, error) : Translate(error, id);

    private static ContainerErrorCode CodeOf(ConfigurationException error)
        => error.Findings.Any(finding => finding.Path == OfThisProcess) ? ContainerErrorCode.NotPermitted : ContainerErrorCode.InvalidConfiguration;

    private static ContainerStartException Translate(LaunchException error, string id) => new(CodeOf(error), $"container '{id}' cannot be started: {error.Message}", error)
    {
        ContainerId = id,
        Step = error.Step?.Description,
        Object = (error.Step as ExecuteStep)?.Arguments[0],
        Error = error.Error,
        FailedStep = error.Step,
        ProcessStatus = error.ExitStatus,
    };

    private static ContainerErrorCode CodeOf(LaunchException error) => error.Step is not ExecuteStep ? ContainerErrorCode.StartFailed : error.Error switch
    {
        Errno.ENOENT or Errno.ENOTDIR => ContainerErrorCode.ProgramNotFound,
        0 or Errno.E2BIG or Errno.ENOMEM or Errno.EAGAIN => ContainerErrorCode.StartFailed, // not the program's fault
        _ => ContainerErrorCode.ProgramNotExecutable,
    };
}
