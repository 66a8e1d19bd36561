using System.Diagnostics.Metrics;
using LibContainer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>LibContainer as a service of an application.</summary>
public static class LibContainerServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IContainerRuntime"/>, one for the application, which has the application's logs and meters. It is disposed with the services, and with it every container of its making that is not detached: of a provider
    /// that is disposed by hand, by <see cref="IAsyncDisposable.DisposeAsync"/>.
    /// </summary>
    /// <param name="services">To what.</param>
    /// <param name="configure">Sets options. Null: they are as they are by themselves, or as they are configured elsewhere. Wrong ones end the application's start with an <see cref="OptionsValidationException"/> that has all findings.</param>
    /// <returns>The same services.</returns>
    /// <remarks>Called again it adds to the options, and nothing else.</remarks>
    public static IServiceCollection AddLibContainer(this IServiceCollection services, Action<LibContainerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<LibContainerOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LibContainerOptions>, LibContainerOptionsValidator>());
        services.TryAddSingleton<IContainerRuntime>(provider => ContainerRuntime.Create(
            provider.GetRequiredService<IOptions<LibContainerOptions>>().Value, provider.GetService<ILoggerFactory>(), provider.GetService<IMeterFactory>()));
        return services;
    }
}
