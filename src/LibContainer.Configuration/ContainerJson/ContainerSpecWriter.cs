namespace LibContainer.Configuration.ContainerJson;

/// <summary>Writes <c>container.json</c> as Go wrote it in June 2014: order of members, omission of zero values, escapes.</summary>
public static class ContainerSpecWriter
{
    /// <summary>On one line, without a newline behind it.</summary>
    public static string Write(ContainerSpec spec) => Write(spec, indented: false);

    /// <summary>With a tab for each level, without a newline behind it.</summary>
    public static string WriteIndented(ContainerSpec spec) => Write(spec, indented: true);

    private static string Write(ContainerSpec spec, bool indented)
    {
        ArgumentNullException.ThrowIfNull(spec);
        GoJsonWriter writer = new(indented);
        writer.Object(spec, ContainerSpecFields.Container);
        return writer.ToString();
    }
}
