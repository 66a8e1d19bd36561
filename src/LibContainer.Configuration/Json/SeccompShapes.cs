using static LibContainer.Configuration.Json.Shapes;

namespace LibContainer.Configuration.Json;

/// <summary>Which system calls a container may make.</summary>
internal static class SeccompShapes
{
    internal static ObjectShape<SeccompArgument> Argument { get; } = Record(new SeccompArgument(0, default, 0))
        .Required("index", Int, it => it.Index, (it, value) => it with { Index = value })
        .Required("operator", Name<SeccompOperator>(), it => it.Operator, (it, value) => it with { Operator = value })
        .Required("value", ULong, it => it.Value, (it, value) => it with { Value = value })
        .Member("valueTwo", ULong, it => it.ValueTwo, (it, value) => it with { ValueTwo = value });

    internal static ObjectShape<SeccompRule> Rule { get; } = Record(new SeccompRule { Names = [], Action = default })
        .Required("names", Texts, it => it.Names, (it, value) => it with { Names = value })
        .Required("action", Name<SeccompAction>(), it => it.Action, (it, value) => it with { Action = value })
        .Member("errno", UIntOrNull, it => it.Errno, (it, value) => it with { Errno = value })
        .Member("arguments", List(Argument), it => it.Arguments, (it, value) => it with { Arguments = value });

    internal static ObjectShape<SeccompConfiguration> Seccomp { get; } = Record(new SeccompConfiguration { DefaultAction = default })
        .Required("defaultAction", Name<SeccompAction>(), it => it.DefaultAction, (it, value) => it with { DefaultAction = value })
        .Member("defaultErrno", UIntOrNull, it => it.DefaultErrno, (it, value) => it with { DefaultErrno = value })
        .Member(
            "architectures", List(Name<SeccompArchitecture>()),
            it => it.Architectures, (it, value) => it with { Architectures = value })
        .Member("flags", OrNull(Flags<SeccompFlags>()), it => it.Flags, (it, value) => it with { Flags = value })
        .Member("listenerPath", TextOrNull, it => it.ListenerPath, (it, value) => it with { ListenerPath = value })
        .Member("listenerMetadata", TextOrNull, it => it.ListenerMetadata, (it, value) => it with { ListenerMetadata = value })
        .Member("rules", List(Rule), it => it.Rules, (it, value) => it with { Rules = value });
}
