using System.Globalization;
using LibContainer.TestUtilities;

namespace LibContainer.IntegrationTests;

/// <summary>A disk that is a file, and goes with the test.</summary>
internal sealed class LoopDevice : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly string _path;

    private LoopDevice(long length)
    {
        using (FileStream file = File.Create(_folder["disk"]))
            file.SetLength(length);
        Command.Result attached = Command.Run("losetup", "--find", "--show", _folder["disk"]);
        Requires.Host(attached.ExitCode == 0, $"a loop device: {attached.Error}");
        _path = attached.Output.Trim();
        string[] numbers = File.ReadAllText($"/sys/block/{Path.GetFileName(_path)}/dev").Trim().Split(':');
        (Major, Minor) = (int.Parse(numbers[0], CultureInfo.InvariantCulture), int.Parse(numbers[1], CultureInfo.InvariantCulture));
    }

    internal int Major { get; }

    internal int Minor { get; }

    internal static LoopDevice Create(long length)
    {
        Requires.Program("losetup");
        return new(length);
    }

    public void Dispose()
    {
        Command.Run("losetup", "--detach", _path);
        _folder.Dispose();
    }
}
