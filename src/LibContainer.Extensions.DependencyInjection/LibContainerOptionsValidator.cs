using LibContainer;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Tells all that is wrong with the options at once, each with the name of the option.</summary>
internal sealed class LibContainerOptionsValidator : IValidateOptions<LibContainerOptions>
{
    public ValidateOptionsResult Validate(string? name, LibContainerOptions options)
        => options.Validate() is { IsEmpty: false } findings ? ValidateOptionsResult.Fail(findings.Select(finding => finding.ToString())) : ValidateOptionsResult.Success;
}
