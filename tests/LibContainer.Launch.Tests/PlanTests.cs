using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using LibContainer.Launch.Steps;
using LibContainer.Linux;

namespace LibContainer.Launch.Tests;

public sealed class PlanTests
{
    [Fact]
    public void A_plan_prints_its_steps_numbered_with_their_system_calls()
        => Plan(new NewSessionStep(), new MountStep("proc", "/proc", "proc", MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec)).ToString().Should().Be(
            "1  clone3 no namespace of its own  [clone3]\n2  setsid  [setsid]\n3  mount proc on /proc (nosuid,nodev,noexec)  [openat2 fchdir mount]\n");

    [Theory]
    [InlineData("mount", "mount proc on /proc (nosuid): EPERM (Operation not permitted)")]
    [InlineData("openat2", "mount proc on /proc (nosuid): openat2: EPERM (Operation not permitted)")]
    public void A_failed_step_is_a_sentence(string call, string sentence)
    {
        MountStep step = new("proc", "/proc", "proc", MountFlags.NoSuid);

        LaunchException error = LaunchException.AtStep(step, Errno.EPERM, call);

        error.Message.Should().Be(sentence);
        error.Step.Should().BeSameAs(step);
        error.Error.Should().Be(Errno.EPERM);
    }

    [Fact]
    public void A_death_during_the_start_is_a_sentence()
        => LaunchException.Ended(new PivotRootStep(), ExitStatus.FromWaitStatus(9)).Message.Should().Be(
            "the container ended while it was being set up (killed by SIGKILL), at: pivot_root to the root, and unmount the host's");

    /// <summary>Whatever the texts are, the launcher finds them whole, at the offset that the record says.</summary>
    [Fact]
    public void Texts_survive_the_way_into_the_plan()
        => Gen.Select(Gen.String[Gen.Char['\u0001', '\ud7ff'], 0, 300].Array[1, 40], Gen.String[Gen.Char['a', 'z'], 1, 20].Array[0, 40])
            .Sample((arguments, environment) =>
            {
                LaunchPlan plan = Plan(new ExecuteStep(["/bin/x"], [.. arguments], [.. environment]));
                using PlanWriter writer = PlanWriter.Write(plan);
                ReadOnlySpan<byte> bytes = writer.Bytes;
                PlanHeader header = MemoryMarshal.Read<PlanHeader>(bytes);
                StepRecord record = MemoryMarshal.Read<StepRecord>(bytes[Marshal.SizeOf<PlanHeader>()..]);

                return header is { Magic: PlanHeader.CurrentMagic, StepCount: 1 }
                    && record is { Kind: StepKind.Execute, Value: 1 }
                    && Texts(bytes, record.Text2).SequenceEqual(arguments)
                    && Texts(bytes, record.Text3).SequenceEqual(environment);
            });

    [Fact]
    public void A_text_with_a_NUL_is_refused_before_anything_is_started()
        => FluentActions.Invoking(() => PlanWriter.Write(Plan(new SetHostnameStep("a\0b")))).Should().Throw<ArgumentException>();

    [Fact]
    public void Equal_steps_are_equal()
    {
        new MountStep("a", "/b", "tmpfs", MountFlags.NoDev).Should().Be(new MountStep("a", "/b", "tmpfs", MountFlags.NoDev));
        new MountStep("a", "/b", "tmpfs", MountFlags.NoDev).Should().NotBe(new MountStep("a", "/b", "tmpfs", MountFlags.NoExec));
        new SetGroupsStep([1, 2]).Should().Be(new SetGroupsStep([1, 2]));
        new ExecuteStep(["/x"], ["x"], ["A=1"]).Should().Be(new ExecuteStep(["/x"], ["x"], ["A=1"])).And.NotBe(new ExecuteStep(["/x"], ["x"], ["A=2"]));
        ((LaunchStep)new NewSessionStep()).Should().Be(new NewSessionStep());
    }

    [Theory]
    [InlineData(0x20000000UL, "CLONE_NEWPID")]
    [InlineData(0x20020000UL, "CLONE_NEWNS|CLONE_NEWPID")]
    [InlineData(0x10UL, "0x10")]
    [InlineData(0UL, "no namespace of its own")]
    public void Clone_flags_are_named(ulong flags, string names) => CloneFlagNames.Describe(flags).Should().Be(names);

    private static List<string> Texts(ReadOnlySpan<byte> plan, uint array)
    {
        List<string> texts = [];
        for (int i = 0; MemoryMarshal.Read<ulong>(plan[((int)array + i * 8)..]) is not 0 and ulong offset; i++)
        {
            ReadOnlySpan<byte> text = plan[(int)offset..];
            texts.Add(Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]));
        }
        return texts;
    }

    private static LaunchPlan Plan(params LaunchStep[] steps)
    {
        LaunchPlan.Builder plan = new();
        foreach (LaunchStep step in steps)
            plan.Add(step);
        return plan.Build();
    }
}
