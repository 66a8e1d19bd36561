namespace LibContainer.Cgroups.Tests.Events;

/// <summary>Tests of what is told of cgroups. They run alone: some count the descriptors and threads of the whole process, and other tests have files of cgroups open.</summary>
[CollectionDefinition(nameof(EventCgroups), DisableParallelization = true)]
#pragma warning disable CA1711 // a collection is what xUnit calls it
public sealed class EventCgroupsCollection;
#pragma warning restore CA1711
