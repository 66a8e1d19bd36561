using LibContainer.Configuration.ContainerJson;

namespace NsInit;

/// <summary>The folder of a container of 2014: <c>container.json</c>, and while it runs <c>pid</c> and <c>start</c>.</summary>
internal static class DataPath
{
    private const string FileName = "container.json";

    /// <summary>The variable <c>data_path</c>, or the current folder.</summary>
    internal static string Folder => Environment.GetEnvironmentVariable("data_path") is { Length: > 0 } folder ? folder : Environment.CurrentDirectory;

    /// <exception cref="UsageException">There is none, or it cannot be read.</exception>
    internal static ContainerSpec ReadSpec()
    {
        string path = Path.Combine(Folder, FileName);
        try
        {
            return ContainerSpecReader.Read(File.ReadAllBytes(path));
        }
        catch (ContainerJsonException error)
        {
            throw new UsageException($"{path}: {error.Message}");
        }
        catch (FileNotFoundException)
        {
            throw new UsageException($"{path} does not exist");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {error.Message}");
        }
    }
}
