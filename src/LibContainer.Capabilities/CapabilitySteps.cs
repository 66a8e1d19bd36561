using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Capabilities;

/// <summary>The five capability sets as steps.</summary>
public static class CapabilitySteps
{
    /// <summary>The bounding set: while CAP_SETPCAP is still effective, so before the ids change.</summary>
    public static void AddBounding(LaunchPlan.Builder plan, CapabilityConfiguration capabilities, int lastCapability)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(capabilities);
        plan.Add(new LimitCapabilitiesStep((ulong)capabilities.Bounding, lastCapability));
    }

    /// <summary>
    /// The other four, after the ids have changed: then CAP_SETUID and CAP_SETGID need not be among them. Ambient comes last, since it can only
    /// hold what is permitted and inheritable by then.
    /// </summary>
    public static void AddSets(LaunchPlan.Builder plan, CapabilityConfiguration capabilities)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(capabilities);
        plan.Add(new SetCapabilitiesStep((ulong)capabilities.Effective, (ulong)capabilities.Permitted, (ulong)capabilities.Inheritable));
        // What is not inheritable any more has left the ambient set by itself: capabilities(7).
        if ((capabilities.Ambient | capabilities.Inheritable) != CapabilitySet.None)
            plan.Add(new SetAmbientCapabilitiesStep((ulong)capabilities.Ambient));
    }
}
