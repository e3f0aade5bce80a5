using Assistant.Domain.Security;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.ApiKeys;
using Assistant.Infrastructure.Security.Identity;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Infrastructure.Security;

public static class SecurityServices
{
    /// <summary>Name of the setting, usually an environment variable, that puts the master key outside the data folder.</summary>
    public const string MasterKeySetting = "ASSISTANT_MASTER_KEY_FILE";

    /// <summary>Sealing, users and API keys. Needs the database and a <see cref="DataFolder"/>.</summary>
    public static IServiceCollection AddSecurity(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<SignInOptions>().BindConfiguration(SignInOptions.Section).ValidateDataAnnotations().ValidateOnStart();

        services.AddSingleton<IDataKeyStore, SqlDataKeyStore>();
        services.AddSingleton<ISecretSealer>(provider =>
        {
            var path = provider.GetRequiredService<IConfiguration>()[MasterKeySetting];
            var file = string.IsNullOrWhiteSpace(path) ? Path.Combine(provider.GetRequiredService<DataFolder>().Path, "master.key") : path;
            return new EnvelopeSealer(MasterKeyFile.ReadOrCreate(file), provider.GetRequiredService<IDataKeyStore>());
        });

        services.AddSingleton<ITotp, OtpNetTotp>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<IUserDirectory, SqlUserDirectory>();
        services.AddSingleton<UserDesk>();
        services.AddSingleton<SetupGate>();
        services.AddSingleton<IApiKeyStore, SqlApiKeyStore>();
        services.AddSingleton<ApiKeyDesk>();
        return services;
    }
}
