// A host that is its own init: the program that starts the container is started once more inside it, and sets it up from there. Needs root.
// For hosts that want to see, or do, something of their own in there. It costs a runtime start for each container; the launcher does not.
// What this does not hold back yet: there is no seccomp filter and no memory or CPU limit, and the program is uid 0 (without capabilities).
using LibContainer;
using LibContainer.Configuration;

if (Namespaces.IsInit(args))
    return Namespaces.Init();

ContainerConfiguration container = new() { Root = RootFileSystem.HostUserland(), ReadOnlyRoot = true, Hostname = "own" };
ProcessConfiguration process = new(args is [] ? ["/bin/sh", "-c", "echo hello from $(hostname), pid $$"] : args);

return Namespaces.Exec(container, process, new ExecOptions { CreateCommand = _ => InitCommand.Self() }).ExitCode;
