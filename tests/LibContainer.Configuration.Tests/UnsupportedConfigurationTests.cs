using System.Collections.Immutable;

namespace LibContainer.Configuration.Tests;

/// <summary>What the model can say and nothing carries out: each says so, under its path. And no member is in neither list.</summary>
public sealed class UnsupportedConfigurationTests
{
    private static readonly ImmutableDictionary<string, string> SomeText = ImmutableDictionary<string, string>.Empty.Add("a", "b");

    private static readonly ImmutableArray<HookConfiguration> SomeHooks = [new HookConfiguration { Path = "/bin/hook" }];


    /// <summary>Each member that is not supported, set alone.</summary>
    private static readonly Dictionary<string, Func<ContainerConfiguration, ContainerConfiguration>> OfContainers = new()
    {
        ["rootPropagation"] = container => container with { RootPropagation = MountPropagation.Private },
        ["namespaces"] = container => container with { Namespaces = NamespaceKinds.Default | NamespaceKinds.User },
        ["userIdMappings"] = container => container with { UserIdMappings = [new(0, 1000, 1)] },
        ["groupIdMappings"] = container => container with { GroupIdMappings = [new(0, 1000, 1)] },
        ["monotonicOffset"] = container => container with { MonotonicOffset = new(-1) },
        ["boottimeOffset"] = container => container with { BoottimeOffset = new(1) },
        ["domainName"] = container => container with { DomainName = "a" },
        ["sysctls"] = container => container with { Sysctls = SomeText },
        ["intelRdt"] = container => container with { IntelRdt = new() },
        ["memoryPolicy"] = container => container with { MemoryPolicy = new() { Mode = MemoryPolicyMode.Local } },
        ["seccomp"] = container => container with { Seccomp = new() { DefaultAction = SeccompAction.Allow } },
        ["personality"] = container => container with { Personality = PersonalityDomain.Linux },
        ["annotations"] = container => container with { Annotations = SomeText },
        ["hooks.prestart"] = container => container with { Hooks = new() { Prestart = SomeHooks } },
        ["hooks.createRuntime"] = container => container with { Hooks = new() { CreateRuntime = SomeHooks } },
        ["hooks.createContainer"] = container => container with { Hooks = new() { CreateContainer = SomeHooks } },
        ["hooks.startContainer"] = container => container with { Hooks = new() { StartContainer = SomeHooks } },
        ["hooks.poststart"] = container => container with { Hooks = new() { Poststart = SomeHooks } },
        ["hooks.poststop"] = container => container with { Hooks = new() { Poststop = SomeHooks } },
        ["mounts[0].options"] = container => Mount(container, mount => mount with { Options = MountOptions.CopyUp }),
        ["mounts[0].clearedOptions"] = container => Mount(container, mount => mount with { ClearedOptions = MountOptions.NoExec }),
        ["mounts[0].recursiveOptions"] = container => Mount(container, mount => mount with { RecursiveOptions = MountOptions.ReadOnly }),
        ["mounts[0].clearedRecursiveOptions"] = container =>
            Mount(container, mount => mount with { ClearedRecursiveOptions = MountOptions.NoDev }),
        ["mounts[0].propagation"] = container => Mount(container, mount => mount with { Propagation = [MountPropagation.RecursiveSlave] }),
        ["mounts[0].idMap"] = container => Mount(container, mount => mount with { IdMap = new() }),
    };

    private static readonly Dictionary<string, Func<ProcessConfiguration, ProcessConfiguration>> OfProcesses = new()
    {
        ["process.oomScoreAdjustment"] = process => process with { OomScoreAdjustment = 0 },
        ["process.scheduler"] = process => process with { Scheduler = new() { Policy = SchedulingPolicy.Other } },
        ["process.ioPriority"] = process => process with { IOPriority = new(IOPriorityClass.BestEffort, 0) },
    };

    /// <summary>Carried out, by whom is not the business of this test; a list without a record in it is one member.</summary>
    private static readonly HashSet<string> Supported =
    [
        "root", "cgroupPath", "resources", "readOnlyRoot", "rootSwitch", "mountLabel", "namespaces", "hostname", "initProcess", "joinedNamespaces", "networks[0]", "networkDevices",
        "nameResolution.nameservers", "nameResolution.searchDomains", "nameResolution.options", "nameResolution.hosts",
        "routes[0].destination", "routes[0].source", "routes[0].gateway", "routes[0].interface", "maskedPaths", "readOnlyPaths",
        "mounts[0].destination", "mounts[0].type", "mounts[0].source", "mounts[0].options", "mounts[0].data",
        "devices[0].path", "devices[0].type", "devices[0].major", "devices[0].minor",
        "devices[0].mode", "devices[0].userId", "devices[0].groupId",
        "process.arguments", "process.environment", "process.workingDirectory", "process.user", "process.userId", "process.groupId",
        "process.additionalGroupIds", "process.noNewPrivileges", "process.appArmorProfile", "process.selinuxLabel", "process.umask",
        "process.capabilities.bounding", "process.capabilities.effective", "process.capabilities.permitted",
        "process.capabilities.inheritable", "process.capabilities.ambient",
        "process.terminal.rows", "process.terminal.columns", "process.terminal.path",
        "process.execCpuAffinity.initial", "process.execCpuAffinity.final",
        "process.resourceLimits[0].kind", "process.resourceLimits[0].soft", "process.resourceLimits[0].hard",
    ];

    public static TheoryData<string> Paths => [.. OfContainers.Keys, .. OfProcesses.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void What_is_asked_for_and_not_carried_out_is_one_finding_with_its_path(string path)
    {
        ConfigurationFinding[] findings = OfContainers.TryGetValue(path, out Func<ContainerConfiguration, ContainerConfiguration>? change)
            ? [.. Valid.Findings(change(Valid.Container))]
            : [.. Valid.Findings(OfProcesses[path](Valid.Process))];

        findings.Should().ContainSingle().Which.Path.Should().Be(path);
        findings[0].Message.Should().EndWith("is not supported yet");
    }

    [Fact]
    public void Every_member_of_the_model_is_carried_out_or_says_that_it_is_not()
    {
        string[] members = [.. Decided(typeof(ContainerConfiguration), ""), .. Decided(typeof(ProcessConfiguration), "process.")];

        members.Where(path => !Supported.Contains(path) && !Paths.Any(row => row.Data == path)).Should().BeEmpty(
            "a new member is either on the list of what works, or UnsupportedConfiguration reports it");
        Supported.Should().BeSubsetOf(members);
        Paths.Select(row => row.Data).Should().BeSubsetOf(members);
    }

    [Theory]
    [InlineData(NamespaceKinds.Mount, "mount")]
    [InlineData(NamespaceKinds.Cgroup, "cgroup")]
    [InlineData(NamespaceKinds.Uts, "uts")]
    [InlineData(NamespaceKinds.Ipc, "ipc")]
    [InlineData(NamespaceKinds.User, "user")]
    [InlineData(NamespaceKinds.Pid, "pid")]
    [InlineData(NamespaceKinds.Time, "time")]
    public void Of_the_namespaces_only_that_of_the_network_can_be_joined(NamespaceKinds kind, string name)
        => Valid.Findings(Valid.Container with
        {
            Namespaces = NamespaceKinds.Default & ~(kind | NamespaceKinds.Network),
            JoinedNamespaces = Valid.Container.JoinedNamespaces.Add(kind, "/a").Add(NamespaceKinds.Network, "/b"),
            Networks = [],
        }).Should().Equal(new ConfigurationFinding($"joinedNamespaces[\"{name}\"]", "is not supported yet"));

    [Fact]
    public void What_says_nothing_asks_for_nothing()
        => Valid.Findings(Valid.Container with
        {
            Resources = new() { Memory = new(), Cpu = new(), BlockIO = new(), Network = new() },
            Hooks = new(),
        }).Should().BeEmpty();

    [Theory]
    [InlineData(NamespaceKinds.User, "User is not supported yet")]
    [InlineData(NamespaceKinds.Time, "Time is not supported yet")]
    [InlineData(NamespaceKinds.User | NamespaceKinds.Time, "Time, User is not supported yet")]
    public void A_namespace_that_is_not_supported_is_named(NamespaceKinds kinds, string message)
        => Valid.Findings(Valid.Container with { Namespaces = NamespaceKinds.Default | kinds })
            .Should().Equal(new ConfigurationFinding("namespaces", message));

    [Fact]
    public void Mount_options_that_are_not_supported_are_named_and_the_others_are_not()
        => Valid.Findings(Mount(Valid.Container, mount => mount with
        {
            Options = MountOptions.ReadOnly | MountOptions.RelativeAtime | MountOptions.Silent,
        }))
            .Should().Equal(new ConfigurationFinding("mounts[0].options", "RelativeAtime, Silent is not supported yet"));

    /// <summary>Members on which a decision falls: a record that is neither supported nor refused as a whole: its members.</summary>
    private static IEnumerable<string> Decided(Type type, string prefix)
        => ModelWalk.MembersOf(type, prefix).SelectMany(member =>
        {
            string whole = member.Path[^1] == ']' ? member.Path[..member.Path.LastIndexOf('[')] : member.Path;
            if (OfContainers.ContainsKey(whole) || OfProcesses.ContainsKey(whole) || Supported.Contains(whole))
                return [whole];
            return member.IsRecord && !member.Type.IsAbstract ? Decided(member.Type, member.Path + ".") : [member.Path];
        });

    private static ContainerConfiguration Mount(ContainerConfiguration container, Func<MountConfiguration, MountConfiguration> change)
        => container with { Mounts = [change(MountConfiguration.Bind("/a", "/b"))] };
}
