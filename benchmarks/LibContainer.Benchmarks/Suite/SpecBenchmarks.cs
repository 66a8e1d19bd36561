using BenchmarkDotNet.Attributes;
using LibContainer.Configuration;
using LibContainer.Configuration.ContainerJson;

namespace LibContainer.Benchmarks.Suite;

/// <summary>container.json of 2014 and the format of our own, read and written. What they give is checked once, before.</summary>
[MemoryDiagnoser]
public class SpecBenchmarks
{
    private readonly ContainerConfiguration _container = new()
    {
        Root = RootFileSystem.Directory("/root"),
        ReadOnlyRoot = true,
        Hostname = "bench",
    };

    private readonly byte[] _spec = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "container.json"));
    private ContainerSpec _readSpec = null!;
    private byte[] _configuration = [];

    [GlobalSetup]
    public void Setup()
    {
        _readSpec = ReadSpec();
        string written = WriteSpec();
        ContainerSpec again = ContainerSpecReader.Read(System.Text.Encoding.UTF8.GetBytes(written));
        if (_readSpec.Mounts.IsEmpty || ContainerSpecWriter.Write(again) != written)
            throw new InvalidOperationException("container.json does not come back as it was written: an error is not measured");
        _configuration = WriteConfiguration();
        (ContainerConfiguration container, ProcessConfiguration process) = ReadConfiguration();
        if (!ConfigurationJson.Write(container, process).AsSpan().SequenceEqual(_configuration))
            throw new InvalidOperationException("the configuration does not come back as it was written: an error is not measured");
    }

    [Benchmark]
    public ContainerSpec ReadSpec() => ContainerSpecReader.Read(_spec);

    [Benchmark]
    public string WriteSpec() => ContainerSpecWriter.Write(_readSpec);

    [Benchmark]
    public (ContainerConfiguration Container, ProcessConfiguration Process) ReadConfiguration() => ConfigurationJson.Read(_configuration);

    [Benchmark]
    public byte[] WriteConfiguration() => ConfigurationJson.Write(_container, BenchmarkRoot.Process);
}
