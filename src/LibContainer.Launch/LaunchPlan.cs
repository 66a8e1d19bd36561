using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using LibContainer.Linux;

namespace LibContainer.Launch;

/// <summary>A start, whole: namespaces, and every step in order. Immutable; one plan can start any number of processes.</summary>
public sealed class LaunchPlan
{
    private LaunchPlan(ulong cloneFlags, ImmutableArray<LaunchStep> steps)
    {
        CloneFlags = cloneFlags;
        Steps = steps;
    }

    /// <summary>CLONE_NEW* of the namespaces that the process is born in. Source: namespaces(7).</summary>
    public ulong CloneFlags { get; }

    /// <summary>No capability is left that the program could gain. Not in another user namespace, where every process begins with the whole set.</summary>
    internal bool EmptiesBoundingSet
    {
        get
        {
            if ((CloneFlags & (ulong)Uapi.CLONE_NEWUSER) != 0)
                return false;
            foreach (LaunchStep step in Steps)
                if (step is Steps.EnterNamespacesStep { Kinds: var kinds } && (kinds & (ulong)Uapi.CLONE_NEWUSER) != 0)
                    return false;
                else if (step is Steps.LimitCapabilitiesStep { Keep: 0 })
                    return true;
            return false;
        }
    }

    /// <summary>The process that runs the program is a child of the one that the start clones.</summary>
    internal bool Forks
    {
        get
        {
            foreach (LaunchStep step in Steps)
                if (step is Steps.ForkStep)
                    return true;
            return false;
        }
    }

    /// <summary>The steps in the order in which they are carried out.</summary>
    public ImmutableArray<LaunchStep> Steps { get; }

    /// <summary>The same for a process that is not to die with who starts it.</summary>
    public LaunchPlan WithoutParentDeathSignal() => new(CloneFlags, Steps.RemoveAll(static step => step is Steps.SetParentDeathSignalStep));

    /// <summary>Numbered lines: what each step does, and in brackets the system calls it makes.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        int width = (Steps.Length + 1).ToString(CultureInfo.InvariantCulture).Length;
        AppendLine(1, $"clone3 {CloneFlagNames.Describe(CloneFlags)}", ["clone3"]);
        for (int i = 0; i < Steps.Length; i++)
            AppendLine(i + 2, Steps[i].Description, Steps[i].SystemCalls);
        return text.ToString();

        void AppendLine(int number, string description, IReadOnlyList<string> calls)
        {
            text.Append(number.ToString(CultureInfo.InvariantCulture).PadLeft(width)).Append("  ").Append(description);
            text.Append("  [").AppendJoin(' ', calls).Append(']').Append('\n');
        }
    }

    /// <summary>Collects steps in order.</summary>
    /// <param name="cloneFlags">CLONE_NEW*.</param>
    public sealed class Builder(ulong cloneFlags = 0)
    {
        // Borrowed: a plan has some fifty steps, and every start builds one.
        private LaunchStep[] _steps = ArrayPool<LaunchStep>.Shared.Rent(64);
        private int _count;

        /// <summary>Adds a step behind all others.</summary>
        public void Add(LaunchStep step)
        {
            ArgumentNullException.ThrowIfNull(step);
            if (_count == _steps.Length)
            {
                LaunchStep[] larger = ArrayPool<LaunchStep>.Shared.Rent(_count * 2 + 1);
                _steps.CopyTo(larger, 0);
                ArrayPool<LaunchStep>.Shared.Return(_steps, clearArray: true);
                _steps = larger;
            }
            _steps[_count++] = step;
        }

        /// <summary>The plan. The builder is empty again.</summary>
        public LaunchPlan Build()
        {
            ImmutableArray<LaunchStep> steps = ImmutableArray.Create(_steps, 0, _count);
            ArrayPool<LaunchStep>.Shared.Return(_steps, clearArray: true);
            (_steps, _count) = ([], 0);
            return new LaunchPlan(cloneFlags, steps);
        }
    }
}
