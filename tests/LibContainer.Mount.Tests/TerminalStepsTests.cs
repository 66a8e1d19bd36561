using LibContainer.Configuration;
using LibContainer.Launch;
using LibContainer.Launch.Steps;

namespace LibContainer.Mount.Tests;

/// <summary>A terminal and its console as steps.</summary>
public sealed class TerminalStepsTests
{
    [Fact]
    public void The_console_is_bound_in_dev_once_devpts_is_there_and_before_dev_may_become_read_only()
    {
        ContainerConfiguration container = Plans.Bare with
        {
            Mounts = [new("/dev", "tmpfs", "tmpfs", MountOptions.ReadOnly), new("/dev/pts", "devpts", "devpts")],
            Devices = [new("/srv/x", DeviceType.Character, 1, 3)],
        };

        List<LaunchStep> steps = [.. Plans.Root(container, new TerminalConfiguration(24, 80))];

        int terminal = steps.IndexOf(new OpenTerminalStep(24, 80));
        terminal.Should().BeGreaterThan(steps.FindIndex(step => step is MountStep { Type: "devpts" }));
        steps[terminal + 1].Should().Be(new BindTerminalStep("console"));
        steps.Take(terminal).OfType<OpenDirectoryStep>().Last().Should().Be(new OpenDirectoryStep("/dev"), "that is where the console's name is made");
        steps.FindIndex(step => step is ReadOnlyMountStep).Should().BeGreaterThan(terminal + 1);
    }

    [Fact]
    public void A_terminal_of_the_host_is_opened_while_its_name_is_there()
    {
        List<LaunchStep> steps = [.. Plans.Root(Plans.Bare, new TerminalConfiguration { Path = "/dev/pts/7" })];

        steps.IndexOf(new UseTerminalStep("/dev/pts/7", 0, 0)).Should().BePositive().And.BeLessThan(steps.FindIndex(step => step is PivotRootStep));
    }

    [Fact]
    public void Nothing_is_made_in_a_dev_of_the_hosts()
        => Plans.Root(Plans.Bare with { Mounts = [MountConfiguration.Bind("/dev", "/dev")] }, new TerminalConfiguration()).Should().NotContain(step => step is BindTerminalStep);

    [Fact]
    public void Without_a_terminal_there_is_no_console()
        => Plans.Root(Plans.Bare).Should().NotContain(step => step is OpenTerminalStep || step is UseTerminalStep || step is BindTerminalStep);
}
