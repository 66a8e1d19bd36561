namespace LibContainer.Configuration;

/// <summary>The rules about a filter of system calls.</summary>
internal static class SeccompValidator
{
    private const SeccompFlags Known = SeccompFlags.ThreadSync | SeccompFlags.Log
        | SeccompFlags.SpeculationAllowed | SeccompFlags.WaitKillable;

    /// <summary>A system call has six arguments.</summary>
    private const int MaxArgumentIndex = 5;

    internal static void Validate(SeccompConfiguration? seccomp, Findings findings)
    {
        if (seccomp is null)
            return;
        ValidateAction("seccomp.defaultAction", seccomp.DefaultAction, "seccomp.defaultErrno", seccomp.DefaultErrno, findings);
        for (int i = 0; i < seccomp.Architectures.Length; i++)
        {
            findings.CheckDefined(new Where("seccomp.architectures", i), seccomp.Architectures[i], "an instruction set that is known");
            if (seccomp.Architectures.AsSpan(0, i).Contains(seccomp.Architectures[i]))
                findings.Add(new Where("seccomp.architectures", i), $"{seccomp.Architectures[i]} is there twice");
        }
        if (seccomp.Flags is { } flags)
            findings.CheckNoFlags("seccomp.flags", (uint)(flags & ~Known));
        if (seccomp.ListenerPath is { } path)
            findings.CheckHostPath("seccomp.listenerPath", path);
        if (seccomp.ListenerMetadata is not null && seccomp.ListenerPath is null)
            findings.Add("seccomp.listenerMetadata", "needs a listener: listenerPath");
        for (int i = 0; i < seccomp.Rules.Length; i++)
            ValidateRule($"seccomp.rules[{i}]", seccomp.Rules[i], findings);
    }

    private static void ValidateRule(string path, SeccompRule rule, Findings findings)
    {
        if (rule.Names.IsEmpty)
            findings.Add($"{path}.names", "a rule names one system call at least");
        for (int i = 0; i < rule.Names.Length; i++)
            if (rule.Names[i].Length == 0)
                findings.Add(new Where($"{path}.names", i), "a system call has a name");
        ValidateAction($"{path}.action", rule.Action, $"{path}.errno", rule.Errno, findings);
        for (int i = 0; i < rule.Arguments.Length; i++)
        {
            SeccompArgument argument = rule.Arguments[i];
            findings.CheckRange(new Where($"{path}.arguments", i, "index"), argument.Index, 0, MaxArgumentIndex);
            findings.CheckDefined(new Where($"{path}.arguments", i, "operator"), argument.Operator, "an operator that is known");
            if (argument.ValueTwo != 0 && argument.Operator != SeccompOperator.MaskedEqual)
                findings.Add(new Where($"{path}.arguments", i, "valueTwo"), $"{argument.Operator} compares with one value");
        }
    }

    private static void ValidateAction(string path, SeccompAction action, string errnoPath, uint? errno, Findings findings)
    {
        findings.CheckDefined(path, action, "an action that is known");
        if (errno is null)
            return;
        findings.CheckRange(errnoPath, errno.Value, 0, ushort.MaxValue);
        if (action is not (SeccompAction.Errno or SeccompAction.Trace))
            findings.Add(errnoPath, $"{action} has no errno");
    }
}
