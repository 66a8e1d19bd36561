using System.Globalization;
using LibContainer;
using LibContainer.Configuration;

/// <summary>Through a program in a container and back, at once.</summary>
internal static class LongStream
{
    private const int ChunkLength = 64 * 1024;

    internal static async Task<int> Run(long bytes)
    {
        ExecOptions options = new() { StandardInput = StandardStream.Pipe };
        await using ContainerProcess container = Namespaces.Start(new() { Root = RootFileSystem.HostUserland(), ReadOnlyRoot = true }, new ProcessConfiguration("/bin/cat"), options);
        using RunningContainer running = RunningContainer.Of(container);
        await Through(running, ChunkLength); // what is loaded and compiled once is not the stream's

        long before = Resident("VmRSS:");
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5"); // the highest is the current one: proc_pid_clear_refs(5)
        long count = await Through(running, bytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count}\n{Resident("VmHWM:") - before}"));
        return 0;
    }

    /// <returns>How many bytes came back in their order; less than were sent when one was another.</returns>
    private static async Task<long> Through(RunningContainer container, long bytes)
    {
        ExecInOptions pipes = new() { StandardInput = StandardStream.Pipe, StandardOutput = StandardStream.Pipe };
        await using ContainerProcess cat = Namespaces.StartIn(container, new ProcessConfiguration("/bin/cat"), pipes);
        Task send = Send(cat.StandardInput, bytes);
        long count = await Receive(cat.StandardOutput);
        await send;
        return (await cat.WaitForExitAsync()).Success ? count : -1;
    }

    private static async Task Send(Stream input, long bytes)
    {
        byte[] chunk = new byte[ChunkLength];
        for (long sent = 0; sent < bytes; sent += chunk.Length)
        {
            Fill(chunk, sent);
            await input.WriteAsync(chunk);
        }
        input.Dispose();
    }

    private static async Task<long> Receive(Stream output)
    {
        byte[] chunk = new byte[ChunkLength], expected = new byte[ChunkLength];
        for (long received = 0; ;)
        {
            int count = await output.ReadAtLeastAsync(chunk, ChunkLength, throwOnEndOfStream: false);
            if (count == 0)
                return received;
            Fill(expected, received);
            if (!chunk.AsSpan(0, count).SequenceEqual(expected.AsSpan(0, count)))
                return received;
            received += count;
        }
    }

    /// <summary>Each chunk is another.</summary>
    private static void Fill(byte[] chunk, long at)
    {
        for (int i = 0; i < chunk.Length; i += sizeof(long))
            BitConverter.TryWriteBytes(chunk.AsSpan(i), at + i);
    }

    private static long Resident(string field)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture);
    }
}
