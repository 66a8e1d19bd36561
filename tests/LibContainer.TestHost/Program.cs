// Hosts that a test runner cannot be itself.
//   TestHost COUNT ROOT  starts COUNT containers that never end, writes their process ids and "ready", and waits with them, to be killed.
//                        The first clears its parent-death signal.
//   TestHost repeat N ROOT  starts N containers, one after the other.
//   TestHost once ROOT   starts one that waits, by a launcher that does not stay, writes its process id and "ready", and waits with it.
//   TestHost limited ROOT starts one that keeps a capability, as another user, and writes why that failed.
//   TestHost idle COUNT ROOT  starts COUNT containers that never end, awaits their ends and their streams, and writes the names of its threads.
//   TestHost stream BYTES     sends so many bytes through a program that is added to a container, and writes how many came back, and how many bytes it had resident at most beyond those before.
//   TestHost runtime STATES CGROUPS MARK  makes, starts, enters and deletes containers until it is killed, three at a time; programs in them leave children behind that sleep for MARK seconds. Writes what it has done, and "ready" behind the first three.
//   TestHost detached STATES CGROUPS ID  starts a detached container that sleeps, and leaves it.
//   TestHost full ROOT   starts a container at each small number of free descriptors, and writes how that went.
using System.Globalization;
using LibContainer;
using LibContainer.Configuration;

if (args[0] == "repeat")
{
    for (int i = int.Parse(args[1], CultureInfo.InvariantCulture); i > 0; i--)
        if (!Namespaces.Exec(new() { Root = RootFileSystem.Directory(args[2]), ReadOnlyRoot = true, Hostname = "h" }, new ProcessConfiguration("/probe")).Success)
            return 1;
    return 0;
}
if (args[0] == "once")
{
    Namespaces.Exec(new() { Root = RootFileSystem.Directory(args[1]) }, new ProcessConfiguration("/probe", "wait"), new ExecOptions
    {
        Launcher = LibContainer.Launch.Launcher.Once,
        Started = process => Console.WriteLine($"{process.Id}\nready"),
    });
    return 0;
}
if (args[0] == "limited")
{
    try
    {
        ProcessConfiguration process = new("/probe") { UserId = 65534, Capabilities = CapabilityConfiguration.Of(CapabilitySet.Kill) };
        return Namespaces.Exec(new() { Root = RootFileSystem.Directory(args[1]) }, process).ExitCode;
    }
    catch (LibContainer.Launch.LaunchException error)
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    }
}
if (args[0] == "idle")
    return IdleContainers.Run(int.Parse(args[1], CultureInfo.InvariantCulture), args[2]);
if (args[0] == "stream")
    return await LongStream.Run(long.Parse(args[1], CultureInfo.InvariantCulture));
if (args[0] == "runtime")
    return await RuntimeHost.ChurnAsync(args[1], args[2], args[3]);
if (args[0] == "detached")
    return await RuntimeHost.DetachAsync(args[1], args[2], args[3]);
if (args[0] == "full")
    return FullTable.Run(args[1]);

int count = int.Parse(args[0], CultureInfo.InvariantCulture);
ContainerConfiguration container = new() { Root = RootFileSystem.Directory(args[1]) };
using CountdownEvent started = new(count);

Thread[] threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() =>
{
    ExecOptions options = new()
    {
        StandardInput = StandardStream.Inherit, // never ends: the test holds the other end
        Started = process =>
        {
            lock (started)
                Console.WriteLine(process.Id);
            started.Signal();
        },
    };
    Namespaces.Exec(container, new ProcessConfiguration("/probe", i == 0 ? "forever" : "wait"), options);
}))];
foreach (Thread thread in threads)
    thread.Start();
started.Wait();
Console.WriteLine("ready");
foreach (Thread thread in threads)
    thread.Join();
return 0;
