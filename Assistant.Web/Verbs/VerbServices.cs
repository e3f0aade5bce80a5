using Assistant.Domain.Diagnostics;

namespace Assistant.Web.Verbs;

internal static class VerbServices
{
    /// <summary>The verbs about the installation, its channels and engines; users, API keys and audit come with security.</summary>
    public static IServiceCollection AddVerbs(this IServiceCollection services)
    {
        services.AddSingleton<IDiagnostic, ListenDiagnostic>();
        services.AddSingleton<IDiagnostic, TimeZoneDiagnostic>();
        services.AddScoped<IVerb, DoctorVerb>();
        services.AddScoped<IVerb, ChannelsVerb>();
        services.AddScoped<IVerb, EnginesVerb>();
        services.AddScoped<IVerb, PeopleVerb>();
        services.AddScoped<IVerb, BackupVerb>();
        services.AddSingleton<MappedDoors>();
        services.AddScoped<IVerb, PermissionsVerb>();
        return services;
    }
}
