// Runs a program in a container and reads what it says. Needs root.
// What this does not hold back yet: there is no seccomp filter and no memory or CPU limit, and the program is uid 0 (without capabilities).
using System.Text;
using LibContainer;
using LibContainer.Configuration;

ContainerConfiguration container = new()
{
    Root = RootFileSystem.HostUserland(), // no image: this host's programs, read-only
    ReadOnlyRoot = true,
    Hostname = "hello",
};
ProcessConfiguration process = new("/bin/sh", "-c", "echo hello from $(hostname), pid $$; exit 7");

using MemoryStream output = new();
var exit = Namespaces.Exec(container, process, new ExecOptions { StandardOutput = StandardStream.FromStream(output) });

Console.Write(Encoding.UTF8.GetString(output.ToArray()));
Console.WriteLine(exit); // exit code 7
