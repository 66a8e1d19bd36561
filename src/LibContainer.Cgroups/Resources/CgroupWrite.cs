namespace LibContainer.Cgroups;

/// <summary>One value for one file of a cgroup.</summary>
/// <param name="Controller">Whose file it is: <c>memory</c>. Of cgroup version 1 that names the hierarchy as well.</param>
/// <param name="File">Name of the file: <c>memory.limit_in_bytes</c>.</param>
/// <param name="Value">What is written, in one write(2).</param>
internal sealed record CgroupWrite(string Controller, string File, string Value)
{
    /// <summary>
    /// There may be no such file or controller: what is asked for is how it is without. <c>max</c> for the swap of a kernel that does not count
    /// swap is one.
    /// </summary>
    public bool IsOptional { get; init; }

    /// <summary>
    /// EINVAL means that it does not go with a value that a later write of the same controller replaces: it is made again after those.
    /// </summary>
    public bool IsPostponable { get; init; }

    /// <summary>Made in place of this one where there is no such file. Null: that is an error.</summary>
    public CgroupWrite? Instead { get; init; }

    /// <summary><c>memory.max = 4096</c>.</summary>
    public override string ToString() => $"{File} = {Value}";
}
