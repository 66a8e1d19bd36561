using System.Collections.Immutable;

namespace LibContainer.Configuration;

/// <summary>The rules about programs that are run beside a container.</summary>
internal static class HookValidator
{
    internal static void Validate(LifecycleHooks? hooks, Findings findings)
    {
        if (hooks is null)
            return;
        Validate("hooks.prestart", hooks.Prestart, findings);
        Validate("hooks.createRuntime", hooks.CreateRuntime, findings);
        Validate("hooks.createContainer", hooks.CreateContainer, findings);
        Validate("hooks.startContainer", hooks.StartContainer, findings);
        Validate("hooks.poststart", hooks.Poststart, findings);
        Validate("hooks.poststop", hooks.Poststop, findings);
    }

    private static void Validate(string list, ImmutableArray<HookConfiguration> hooks, Findings findings)
    {
        for (int i = 0; i < hooks.Length; i++)
        {
            HookConfiguration hook = hooks[i];
            string path = $"{list}[{i}]";
            findings.CheckHostPath($"{path}.path", hook.Path);
            for (int j = 0; j < hook.Arguments.Length; j++)
                findings.CheckArgument(new Where($"{path}.arguments", j), hook.Arguments[j]);
            for (int j = 0; j < hook.Environment.Length; j++)
            {
                findings.CheckArgument(new Where($"{path}.environment", j), hook.Environment[j]);
                findings.CheckVariable(new Where($"{path}.environment", j), hook.Environment[j]);
            }
            if (hook.TimeoutSeconds <= 0)
                findings.Add($"{path}.timeoutSeconds", $"{hook.TimeoutSeconds} is not a time: 1 second at least, or null for no limit");
        }
    }
}
