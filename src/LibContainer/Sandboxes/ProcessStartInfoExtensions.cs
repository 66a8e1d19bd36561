using System.Collections;
using System.Diagnostics;
using System.Text;
using LibContainer.Configuration;

namespace LibContainer;

/// <summary>Programs that were meant for <see cref="Process"/>, as those of a container.</summary>
public static class ProcessStartInfoExtensions
{
    /// <summary>The program, its arguments, its directory, its user, and the variables that it adds to this process's own or changes: of this process's environment a container gets nothing.</summary>
    /// <param name="info">What the process was to be.</param>
    /// <exception cref="ContainerConfigurationException">It asks for what a container has not: a shell of the desktop, a user's password.</exception>
    public static ProcessConfiguration ToProcessConfiguration(this ProcessStartInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        List<ConfigurationFinding> findings = [];
        if (info.FileName.Length == 0)
            findings.Add(new(nameof(info.FileName), "there is no program"));
        if (info.UseShellExecute)
            findings.Add(new(nameof(info.UseShellExecute), "a container has no desktop that could open something"));
        if (findings.Count > 0)
            throw new ContainerConfigurationException(ContainerErrorCode.InvalidConfiguration, [.. findings]);
        return new ProcessConfiguration
        {
            Arguments = [info.FileName, .. info.AllArguments()],
            Environment = [.. new Dictionary<string, string>(info.AddedVariables()).Select(variable => $"{variable.Key}={variable.Value}").Append(ProcessConfiguration.DefaultPath).DistinctBy(Name, StringComparer.Ordinal)],
            WorkingDirectory = info.WorkingDirectory.Length > 0 ? info.WorkingDirectory : "/",
            User = info.UserName.Length > 0 ? info.UserName : null,
        };

        static string Name(string entry) => entry[..entry.IndexOf('=', StringComparison.Ordinal)];
    }

    /// <summary>What is redirected is a pipe, whose other end is at the <see cref="ContainerProcess"/>; the rest is the host's own.</summary>
    public static ContainerStartOptions ToContainerStartOptions(this ProcessStartInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return new ContainerStartOptions
        {
            StandardInput = info.RedirectStandardInput ? StandardStream.Pipe : StandardStream.Inherit,
            StandardOutput = info.RedirectStandardOutput ? StandardStream.Pipe : StandardStream.Inherit,
            StandardError = info.RedirectStandardError ? StandardStream.Pipe : StandardStream.Inherit,
        };
    }

    /// <summary>Those that are not this process's own, or have another value.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> AddedVariables(this ProcessStartInfo info)
    {
        IDictionary own = Environment.GetEnvironmentVariables();
        return info.Environment.Where(variable => variable.Value is not null && own[variable.Key] as string != variable.Value).Select(variable => KeyValuePair.Create(variable.Key, variable.Value!));
    }

    internal static IEnumerable<string> AllArguments(this ProcessStartInfo info) => info.ArgumentList.Count > 0 ? info.ArgumentList : Split(info.Arguments);

    /// <summary>As <see cref="Process"/> does: blanks separate, quotes hold together, a backslash means something before a quote alone. Source: ProcessStartInfo.Arguments.</summary>
    internal static IEnumerable<string> Split(string arguments)
    {
        StringBuilder argument = new();
        bool isQuoted = false, hasOne = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            int backslashes = 0;
            for (; i < arguments.Length && arguments[i] == '\\'; i++)
                backslashes++;
            bool isBeforeQuote = i < arguments.Length && arguments[i] == '"';
            argument.Append('\\', isBeforeQuote ? backslashes / 2 : backslashes);
            hasOne |= backslashes > 0;
            if (i == arguments.Length)
                break;
            if (isBeforeQuote && backslashes % 2 == 1)
                argument.Append('"');
            else if (isBeforeQuote && isQuoted && i + 1 < arguments.Length && arguments[i + 1] == '"')
            {
                argument.Append('"'); // two of them inside are one
                i++;
            }
            else if (isBeforeQuote)
            {
                isQuoted = !isQuoted;
                hasOne = true;
            }
            else if (arguments[i] is ' ' or '\t' && !isQuoted)
            {
                if (hasOne)
                    yield return argument.ToString();
                argument.Clear();
                hasOne = false;
            }
            else
            {
                argument.Append(arguments[i]);
                hasOne = true;
            }
        }
        if (hasOne)
            yield return argument.ToString();
    }
}
