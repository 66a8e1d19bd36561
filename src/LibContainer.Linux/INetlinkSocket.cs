namespace LibContainer.Linux;

/// <summary>What an exchange with the kernel needs of its socket. Tests have one without a kernel, that says what no kernel would.</summary>
internal interface INetlinkSocket : IDisposable
{
    /// <inheritdoc cref="NetlinkSocket.PortId"/>
    uint PortId { get; }

    /// <inheritdoc cref="NetlinkSocket.Send"/>
    void Send(ReadOnlySpan<byte> messages);

    /// <inheritdoc cref="NetlinkSocket.Receive"/>
    int Receive(Span<byte> buffer, TimeSpan? timeout = null);

    /// <summary>The number of an interface of the socket's network namespace: all that a request about it needs, and without the lock that other questions wait for. Source: netdevice(7), SIOCGIFINDEX.</summary>
    /// <returns>Null: there is none.</returns>
    int? FindIndex(string interfaceName);
}
