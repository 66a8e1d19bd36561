namespace LibContainer;

/// <summary>Sizes in bytes, by powers of 1024 as the kernel and container engines count them.</summary>
public static class Bytes
{
    /// <summary>1,024 each.</summary>
    /// <exception cref="OverflowException">It is more than a number of bytes can be.</exception>
    public static long Kilo(long count) => checked(count * (1L << 10));

    /// <summary>1,048,576 each.</summary>
    /// <inheritdoc cref="Kilo"/>
    public static long Mega(long count) => checked(count * (1L << 20));

    /// <summary>1,073,741,824 each.</summary>
    /// <inheritdoc cref="Kilo"/>
    public static long Giga(long count) => checked(count * (1L << 30));
}
