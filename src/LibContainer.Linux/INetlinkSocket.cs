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
}
