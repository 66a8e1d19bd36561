using LibContainer.TestUtilities;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Linux.Tests;

public sealed class EventPollTests
{
    [Fact]
    public void A_descriptor_that_is_ready_is_told_by_its_key_until_it_is_read()
    {
        using EventPoll poll = new();
        using EventCounter first = new(), second = new();
        poll.Add(first, 7);
        poll.Add(second, ulong.MaxValue);
        ReadyDescriptor[] ready = new ReadyDescriptor[8];

        second.Signal();
        second.Signal();

        poll.Wait(ready).Should().Be(1);
        poll.Wait(ready).Should().Be(1);
        ready[0].Should().Be(new ReadyDescriptor(ulong.MaxValue, IsError: false, CanRead: true, CanWrite: false));
        second.Take().Should().Be(2);
        second.Take().Should().Be(0);
        first.Signal();
        poll.Wait(ready).Should().Be(1);
        ready[0].Key.Should().Be(7);
        poll.Remove(first);
        second.Signal();
        poll.Wait(ready).Should().Be(1);
        ready[0].Key.Should().Be(ulong.MaxValue);
    }

    [Fact]
    public void More_than_there_is_room_for_comes_with_the_next_wait()
    {
        using EventPoll poll = new();
        List<EventCounter> counters = [.. Enumerable.Range(0, 100).Select(_ => new EventCounter())];
        for (int i = 0; i < counters.Count; i++)
        {
            poll.Add(counters[i], (ulong)i);
            counters[i].Signal();
        }
        ReadyDescriptor[] ready = new ReadyDescriptor[30];
        HashSet<ulong> told = [];

        while (told.Count < counters.Count)
        {
            foreach (ReadyDescriptor descriptor in ready[..poll.Wait(ready)])
            {
                told.Add(descriptor.Key).Should().BeTrue();
                counters[(int)descriptor.Key].Take().Should().Be(1);
            }
        }
        foreach (EventCounter counter in counters)
            counter.Dispose();
    }

    [Fact]
    public void A_file_that_cannot_be_waited_for_is_an_error()
    {
        using TemporaryDirectory folder = new();
        using EventPoll poll = new();
        using SafeFileHandle file = File.OpenHandle(folder["x"], FileMode.Create, FileAccess.Write);

        FluentActions.Invoking(() => poll.Add(file, 1)).Should().Throw<LinuxException>().WithMessage("epoll_ctl EPOLL_CTL_ADD: EPERM *");
    }

    [Fact]
    public void What_is_removed_from_a_directory_is_told_by_name()
    {
        using TemporaryDirectory folder = new(), other = new();
        using DirectoryRemovals removals = new();
        using EventPoll poll = new();
        poll.Add(removals, 1);
        int watch = removals.Watch(folder.Path), otherWatch = removals.Watch(other.Path);
        removals.Watch($"{folder.Path}/.").Should().Be(watch, "it is the same directory");
        removals.Take().Should().BeEmpty();
        string longName = new('x', 255);
        Directory.CreateDirectory(folder["ä"]);
        Directory.CreateDirectory(folder[longName]);
        File.WriteAllText(other["file"], "");

        Directory.Delete(folder["ä"]);
        Directory.Delete(folder[longName]);
        File.Delete(other["file"]);

        poll.Wait(new ReadyDescriptor[1]).Should().Be(1);
        removals.Take().Should().Equal(new Removal(watch, "ä"), new Removal(watch, longName), new Removal(otherWatch, "file"));
        removals.Forget(watch);
        removals.Take().Should().Equal(new Removal(watch, ""));
        FluentActions.Invoking(() => removals.Watch(folder["nowhere"])).Should().Throw<LinuxException>().WithMessage($"inotify_add_watch {folder["nowhere"]} IN_DELETE: ENOENT *");
    }
}
