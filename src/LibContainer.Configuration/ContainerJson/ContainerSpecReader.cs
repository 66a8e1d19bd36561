namespace LibContainer.Configuration.ContainerJson;

/// <summary>Reads <c>container.json</c> of June and of July 2014, as leniently as it was read then.</summary>
/// <remarks>
/// The first JSON value counts and what follows it is ignored; unknown keys are ignored; keys match in any case; null and absence mean the zero value. The forms of June
/// (<c>context</c>) and of July (<c>mount_config</c>, typed members) do not collide, and both are read into <see cref="ContainerSpec"/>.
/// </remarks>
public static class ContainerSpecReader
{
    /// <summary>Reads a file's content.</summary>
    /// <exception cref="ContainerJsonException">It is not JSON, or a member has the wrong type; with line and column.</exception>
    public static ContainerSpec Read(ReadOnlySpan<byte> utf8Json)
    {
        SpecJsonReader reader = new(utf8Json);
        reader.Next();
        return reader.Object(new ContainerSpec(), ContainerSpecFields.Container);
    }
}
