namespace LibContainer.Mount;

/// <summary>The SELinux context of all files of a file system, as one of its options. Source: mount(8), context=.</summary>
internal static class MountLabel
{
    /// <summary>Without one, files of a file system in memory get the type that the host's have. The quotes are for the commas that a context may have.</summary>
    internal static string AddTo(string data, string? label) => label is null ? data : $"{data}{(data.Length == 0 ? "" : ",")}context=\"{label}\"";
}
