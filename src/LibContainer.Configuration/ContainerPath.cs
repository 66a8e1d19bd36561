namespace LibContainer.Configuration;

/// <summary>Paths in a container, as text.</summary>
public static class ContainerPath
{
    /// <summary>Resolves dots and double slashes, as text: links are the kernel's to resolve, when the path is used.</summary>
    /// <param name="path">An absolute path; the first slash is taken as read.</param>
    /// <returns>A path that begins with a slash and, but for <c>/</c> itself, ends in none; or null when <c>..</c> leads above the root.</returns>
    public static string? Normalize(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == "/" || IsNormal(path))
            return path;

        List<string> parts = [];
        foreach (string part in path.Split('/'))
        {
            if (part.Length == 0 || part == ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count == 0)
                return null;
            else
                parts.RemoveAt(parts.Count - 1);
        }
        return "/" + string.Join('/', parts);
    }

    /// <summary>Whether a path lies below another; it does not lie below itself. Both normalized.</summary>
    public static bool IsBelow(string path, string ancestor)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(ancestor);
        return path.Length > ancestor.Length && path.StartsWith(ancestor, StringComparison.Ordinal) && (path[ancestor.Length] == '/' || ancestor == "/");
    }

    private static bool IsNormal(string path)
        => path.Length > 1 && path[0] == '/' && path[^1] != '/'
        && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal);
}
