using Assistant.Domain.Diagnostics;

namespace Assistant.Web.Verbs;

internal static class VerbServices
{
    /// <summary>The verbs of this folder; those of users, API keys and the audit log are registered where they are.</summary>
    public static IServiceCollection AddVerbs(this IServiceCollection services)
    {
        services.AddSingleton<IDiagnostic, ListenDiagnostic>();
        services.AddScoped<IVerb, DoctorVerb>();
        services.AddScoped<IVerb, ChannelsVerb>();
        services.AddScoped<IVerb, EnginesVerb>();
        return services;
    }
}
