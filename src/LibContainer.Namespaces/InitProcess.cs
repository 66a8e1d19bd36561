using System.Globalization;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibContainer;

/// <summary>A process that is its own init: the other side of <see cref="OwnInit"/>.</summary>
internal static class InitProcess
{
    private const int MaxConfiguration = 16 << 20;

    /// <returns>The exit code, when the program could not be run and the host knows why.</returns>
    /// <exception cref="ConfigurationException">There is no host that could be told.</exception>
    internal static int Run()
    {
        using SafeFileHandle host = OpenPipe();
        try
        {
            (ContainerConfiguration container, ProcessConfiguration process) = ConfigurationJson.Read(ReadLine(host));
            Become(container, process, host);
            throw new InvalidOperationException("execve came back without an error");
        }
        catch (Exception error) when (error is LaunchException or ConfigurationException or IOException)
        {
            Tell(host, error);
            return 1;
        }
    }

    private static void Become(ContainerConfiguration container, ProcessConfiguration process, SafeFileHandle host)
    {
        using PlanRunner runner = new(host);
        runner.Run(StartOrder.OwnInitRoot(container, process));
        ResolvedUser? user = null;
        if (process.User is { } name)
        {
            using RootDirectory root = runner.OpenRoot(); // with all its mounts, while this runtime's own files are there, too
            user = UserLookup.Resolve(name, root);
        }
        runner.Run(StartOrder.OwnInitRest(container, process, user));
    }

    private static SafeFileHandle OpenPipe()
    {
        if (Environment.GetEnvironmentVariable(InitWire.PipeVariable) is not { Length: > 0 } text)
            throw Finding("init was called outside an Exec: there is no variable of this name");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor) || descriptor < 3)
            throw Finding($"'{text}' is not the number of a descriptor behind the streams");
        if (!SocketPair.IsEnd(descriptor))
            throw Finding($"descriptor {descriptor} is not open, or is no socket of an Exec");
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>No byte beyond: what follows is read by a step.</summary>
    private static byte[] ReadLine(SafeFileHandle host)
    {
        using MemoryStream line = new();
        byte[] next = new byte[64 * 1024];
        while (true)
        {
            int length = SocketPair.PeekLine(host, next);
            if (length == 0 || line.Length > MaxConfiguration)
                throw new IOException(length == 0 ? "the host is gone" : "the host's configuration has no end");
            Descriptor.Read(host, next.AsSpan(0, length));
            line.Write(next, 0, length);
            if (next[length - 1] == (byte)'\n')
                return line.ToArray();
        }
    }

    private static void Tell(SafeFileHandle host, Exception error)
    {
        try
        {
            Descriptor.Write(host, InitWire.Write(error));
        }
        catch (LinuxException gone) when (gone.Error is Errno.EPIPE or Errno.ECONNRESET)
        {
            // The host is gone, and with it whoever wanted to know.
        }
    }

    private static ConfigurationException Finding(string message) => new([new ConfigurationFinding(InitWire.PipeVariable, message)]);
}
