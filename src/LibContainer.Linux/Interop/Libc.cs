using System.Runtime.InteropServices;

namespace LibContainer.Linux;

/// <summary>Entry points of libc that Tmds.LibC lacks, spelled as in the C headers. Nothing here decides or throws.</summary>
internal static unsafe partial class Libc
{
    /// <summary>As Tmds.LibC has it: with "libc" alone the runtime looks in seventy places before it finds it.</summary>
    private const string Library = "libc.so.6";

    // posix_spawn(3). Its types are opaque; SpawnStructureLength covers glibc (336 and 80 bytes) and musl (336 and 80 bytes).
    internal const int SpawnStructureLength = 512;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;
    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSID = 0x80;

    [LibraryImport(Library)]
    internal static partial int posix_spawn(int* pid, byte* path, void* fileActions, void* attributes, byte** argv, byte** envp);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);
}
