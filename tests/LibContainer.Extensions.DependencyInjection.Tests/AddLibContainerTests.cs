using LibContainer.Configuration;
using LibContainer.TestUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LibContainer.Tests;

public sealed class AddLibContainerTests
{
    [Fact]
    public async Task Bad_options_end_the_start_of_the_application_with_all_that_is_wrong()
    {
        await using Application application = new(services => services.AddLibContainer(options =>
        {
            options.StateDirectory = "states";
            options.CgroupParent = "../other";
            options.StopTimeout = TimeSpan.FromSeconds(-3);
        }));

        OptionsValidationException error = (await FluentActions.Awaiting(application.StartAsync).Should().ThrowAsync<OptionsValidationException>()).Which;
        error.OptionsType.Should().Be<LibContainerOptions>();
        error.Failures.Should().HaveCount(3);
        error.Message.Should().ContainAll("StateDirectory", "'states'", "CgroupParent", "'../other'", "StopTimeout", "-00:00:03");
    }

    [Fact]
    public async Task There_is_one_runtime_however_often_it_is_added()
    {
        await using Application application = new(services => services.AddLibContainer().AddLibContainer(options => options.StopTimeout = TimeSpan.FromSeconds(3)));
        using IServiceScope scope = application.Services.CreateScope();

        application.Services.GetServices<IContainerRuntime>().Should().ContainSingle();
        application.Services.GetServices<IValidateOptions<LibContainerOptions>>().Should().ContainSingle();
        scope.ServiceProvider.GetRequiredService<IContainerRuntime>().Should().BeSameAs(application.Runtime);
        application.Services.GetRequiredService<IOptions<LibContainerOptions>>().Value.StopTimeout.Should().Be(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_runtime_of_the_applications_own_is_left_as_it_is()
    {
        await using ContainerRuntime own = ContainerRuntime.Create();
        await using ServiceProvider services = new ServiceCollection().AddSingleton<IContainerRuntime>(own).AddLibContainer().BuildServiceProvider();

        services.GetRequiredService<IContainerRuntime>().Should().BeSameAs(own);
    }

    [Fact]
    public async Task Neither_logs_nor_meters_are_needed()
    {
        await using ServiceProvider services = new ServiceCollection().AddLibContainer().BuildServiceProvider();

        services.GetRequiredService<IContainerRuntime>().Explain(Application.Configuration, new ProcessConfiguration("true")).Steps.Should().NotBeEmpty();
    }

    [Fact]
    public async Task Containers_end_with_the_application()
    {
        Requires.Root();
        await using Application application = new();
        await application.StartAsync();
        IContainer container = await application.Runtime.CreateAsync("last", Application.Configuration, TestContext.Current.CancellationToken);
        await container.StartAsync(new ProcessConfiguration("cat"), Application.Piped, TestContext.Current.CancellationToken);

        await application.EndAsync();

        container.ExitStatus!.ToString().Should().Be("killed by SIGKILL");
        await FluentActions.Awaiting(() => container.GetProcessesAsync()).Should().ThrowAsync<ObjectDisposedException>();
    }
}
