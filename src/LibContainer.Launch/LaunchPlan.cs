using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace LibContainer.Launch;

/// <summary>A start, whole: every step in order. Immutable; one plan can start any number of processes.</summary>
public sealed class LaunchPlan
{
    private LaunchPlan(ImmutableArray<LaunchStep> steps) => Steps = steps;

    /// <summary>The steps in the order in which they are carried out.</summary>
    public ImmutableArray<LaunchStep> Steps { get; }

    /// <summary>Numbered lines: what each step does, and in brackets the system calls it makes.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        int width = Steps.Length.ToString(CultureInfo.InvariantCulture).Length;
        for (int i = 0; i < Steps.Length; i++)
        {
            text.Append((i + 1).ToString(CultureInfo.InvariantCulture).PadLeft(width)).Append("  ").Append(Steps[i].Description);
            text.Append("  [").AppendJoin(' ', Steps[i].SystemCalls).Append(']').Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Collects steps in order.</summary>
    public sealed class Builder
    {
        private readonly ImmutableArray<LaunchStep>.Builder _steps = ImmutableArray.CreateBuilder<LaunchStep>(64);

        /// <summary>Adds a step behind all others.</summary>
        public void Add(LaunchStep step)
        {
            ArgumentNullException.ThrowIfNull(step);
            _steps.Add(step);
        }

        /// <summary>The plan as it is now.</summary>
        public LaunchPlan Build() => new(_steps.ToImmutable());
    }
}
