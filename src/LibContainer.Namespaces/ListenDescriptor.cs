using System.Runtime.InteropServices;

namespace LibContainer;

/// <summary>A socket that a program listens on, opened before it ran.</summary>
/// <param name="Handle">The socket.</param>
/// <param name="Name">What the program knows it by: at most 255 characters of ASCII, no colon. Null: none. Source: sd_listen_fds_with_names(3).</param>
public sealed record ListenDescriptor(SafeHandle Handle, string? Name = null);
