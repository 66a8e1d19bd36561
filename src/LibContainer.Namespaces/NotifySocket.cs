using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Linux;

namespace LibContainer;

/// <summary>
/// Where a container's programs say how they are: a socket that is bound into the container. It loses its name on the host as soon as the container has it, and a message is there until it is read, so that none
/// is lost at the end. Source: sd_notify(3); systemd's Container Interface, for the path.
/// </summary>
internal sealed class NotifySocket : IDisposable
{
    /// <summary>Of its <see cref="RunDirectory"/>.</summary>
    internal const string Kind = "notify";

    internal const string Path = "/run/host/notify";

    /// <summary>Whoever it runs as: the directory keeps the host's users out.</summary>
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const int MaxMessage = 4096; // as the service manager takes it: sd_notify(3)

    private readonly Action<ImmutableArray<string>> _notified;
    private readonly Socket _socket;
    private readonly DescriptorStream _messages;
    private readonly CancellationTokenSource _ended = new();
    private readonly RunDirectory _directory = new(Kind);
    private readonly byte[] _buffer = new byte[MaxMessage];
    private Task _received = Task.CompletedTask;

    internal NotifySocket(Action<ImmutableArray<string>> notified)
    {
        _notified = notified;
        try
        {
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            _messages = new DescriptorStream(_socket.SafeHandle, FileAccess.Read);
            _socket.Bind(new UnixDomainSocketEndPoint(Name));
            File.SetUnixFileMode(Name, Everybody);
        }
        catch
        {
            _socket?.Dispose();
            RemoveName();
            throw;
        }
    }

    private string Name => _directory["socket"];

    /// <summary>Has a container bind it and its program find it.</summary>
    internal void AddTo(ref ContainerConfiguration container, ref ProcessConfiguration process)
    {
        container = container with { Mounts = container.Mounts.Add(MountConfiguration.Bind(Name, Path, readOnly: true)) };
        process = process with { Environment = [.. process.Environment.Where(entry => !entry.StartsWith($"{HostNotifications.Variable}=", StringComparison.Ordinal)), $"{HostNotifications.Variable}={Path}"] };
    }

    /// <summary>The container has it.</summary>
    internal void RemoveName() => _directory.Dispose();

    /// <summary>Tells what comes from now on, on threads of the pool, one message after the other.</summary>
    internal void Begin(LaunchedProcess process) => _received = ReceiveAsync(process);

    private async Task ReceiveAsync(LaunchedProcess process)
    {
        try
        {
            while (true)
                Tell(await _messages.ReadAsync(_buffer, _ended.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The program has ended.
        }
        catch
        {
            process.Kill(); // as when a stream of the caller's fails
            throw;
        }
    }

    private void Tell(int length)
    {
        string[] lines = Encoding.UTF8.GetString(_buffer.AsSpan(0, length)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length > 0)
            _notified([.. lines]);
    }

    /// <summary>The program has ended: what it said by then is told.</summary>
    /// <remarks>An exception of who is told comes as it is.</remarks>
    internal void Finish()
    {
        _ended.Cancel();
        _received.GetAwaiter().GetResult();
        while (_messages.TryRead(_buffer) is >= 0 and int length)
            Tell(length);
    }

    public void Dispose()
    {
        _ended.Cancel();
        RemoveName();
        _messages.Dispose();
        _socket.Dispose();
    }
}
