using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure;

/// <summary>Engines and channels were set without <c>Assistant:</c> in front once. Who set them so keeps what was set.</summary>
internal static class FormerSections
{
    private const string Prefix = "Assistant:";

    /// <summary>Binds what <paramref name="section"/> says, and of the same section without the prefix what it leaves open.</summary>
    public static OptionsBuilder<T> BindConfigurationOrFormer<T>(this OptionsBuilder<T> options, string section) where T : class
        => options.BindConfiguration(section[Prefix.Length..]).BindConfiguration(section);
}
