// A plug-in: a line of JSON in, a line of JSON out, until its input ends. Besides what it is for it can do all that a host has to be ready for.
using System.Runtime.InteropServices;
using System.Text.Json;
using PluginHost;

Stream output = Console.OpenStandardOutput();
while (Console.ReadLine() is { } line)
{
    Request request = JsonSerializer.Deserialize(line, Messages.Default.Request)!;
    Answer answer = request.Method switch
    {
        "upper" => new Answer(request.Id, request.Text.ToUpperInvariant(), null),
        "crash" => throw new InvalidOperationException(request.Text),
        "exit" => Exit(request.Text),
        "hang" => Hang(),
        "eat" => Eat(),
        "chatter" => Chatter(request.Id),
        "garbage" => Garbage(output),
        _ => new Answer(request.Id, null, $"there is no method '{request.Method}'"),
    };
    output.Write([.. JsonSerializer.SerializeToUtf8Bytes(answer, Messages.Default.Answer), (byte)'\n']);
}

static Answer Exit(string code)
{
    Environment.Exit(int.Parse(code, System.Globalization.CultureInfo.InvariantCulture));
    throw new InvalidOperationException();
}

static Answer Hang()
{
    Thread.Sleep(Timeout.Infinite);
    throw new InvalidOperationException();
}

// Not of the runtime's heap, which has a limit of its own: until the kernel kills.
static Answer Eat()
{
    const int Size = 1 << 20, PageSize = 4096;
    while (true)
    {
        IntPtr block = Marshal.AllocHGlobal(Size);
        for (int offset = 0; offset < Size; offset += PageSize)
            Marshal.WriteByte(block, offset, 1);
    }
}

// More than a pipe holds: it stands still here when nobody reads.
static Answer Chatter(long id)
{
    string line = new('x', 100);
    for (int count = 0; count < 10_000; count++)
        Console.Error.WriteLine(line);
    return new Answer(id, "said all", null);
}

static Answer Garbage(Stream output)
{
    output.Write("this is no answer\n"u8);
    return Hang();
}
