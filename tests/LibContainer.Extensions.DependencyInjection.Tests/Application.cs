using System.Diagnostics.Metrics;
using LibContainer.Cgroups;
using LibContainer.Configuration;
using LibContainer.TestUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LibContainer.Tests;

/// <summary>An application with a host that keeps its containers apart from all others', and remembers what they tell.</summary>
internal sealed class Application : IAsyncDisposable
{
    private readonly TemporaryDirectory _states = new();
    private readonly string _cgroupParent = $"libcontainer-test-{Environment.ProcessId}-{Random.Shared.Next():x8}";
    private readonly IHost _host;

    internal Application(Action<IServiceCollection>? configure = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(Logs).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddLibContainer(options => (options.StateDirectory, options.CgroupParent) = (_states["states"], _cgroupParent));
        configure?.Invoke(builder.Services);
        _host = builder.Build();
        Measurements = new RecordedMeasurements(_host.Services.GetRequiredService<IMeterFactory>());
    }

    internal static ContainerConfiguration Configuration { get; } = new() { Root = RootFileSystem.HostUserland(), ReadOnlyRoot = true };

    /// <summary>A program whose input and output the test has.</summary>
    internal static ContainerStartOptions Piped { get; } = new() { StandardInput = StandardStream.Pipe, StandardOutput = StandardStream.Pipe, StandardError = StandardStream.Null };

    internal RecordedLogs Logs { get; } = new();

    internal RecordedMeasurements Measurements { get; }

    internal IServiceProvider Services => _host.Services;

    internal IContainerRuntime Runtime => Services.GetRequiredService<IContainerRuntime>();

    internal Task StartAsync() => _host.StartAsync(TestContext.Current.CancellationToken);

    /// <summary>Ends as an application does: with its services.</summary>
    internal async Task EndAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_host).DisposeAsync();
        Measurements.Dispose();
        ContainerCgroup.At(_cgroupParent).Delete();
        _states.Dispose();
    }
}
