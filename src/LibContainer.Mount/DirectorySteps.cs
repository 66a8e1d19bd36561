using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Mount;

/// <summary>The directory that file steps work in.</summary>
internal static class DirectorySteps
{
    /// <summary>Opens a directory, unless it is the one that is open.</summary>
    /// <returns>The one that is open now.</returns>
    internal static string Open(LaunchPlan.Builder plan, string directory, string? open)
    {
        if (directory != open)
            plan.Add(new OpenDirectoryStep(directory));
        return directory;
    }
}
