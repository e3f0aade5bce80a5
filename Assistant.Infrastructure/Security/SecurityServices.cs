using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Security.Passkeys;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.ApiKeys;
using Assistant.Infrastructure.Security.Identity;
using Assistant.Infrastructure.Security.Memberships;
using Assistant.Infrastructure.Security.Passkeys;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Security.Sessions;
using Assistant.Infrastructure.Security.StepUp;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Security;

public static class SecurityServices
{
    /// <summary>Name of the setting, usually an environment variable, that puts the master key outside the data folder.</summary>
    public const string MasterKeySetting = "ASSISTANT_MASTER_KEY_FILE";

    /// <summary>Sealing, users and API keys. Needs the database and a <see cref="DataFolder"/>.</summary>
    public static IServiceCollection AddSecurity(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<SignInOptions>().BindConfiguration(SignInOptions.Section).ValidateDataAnnotations()
            .Validate(options => options.BreachedPasswordsFile is null or "" || File.Exists(options.BreachedPasswordsFile), $"{SignInOptions.Section}:BreachedPasswordsFile names a file that is not there.").ValidateOnStart();

        services.AddSingleton<IDataKeyStore, SqlDataKeyStore>();
        services.AddSingleton(provider =>
        {
            var path = provider.GetRequiredService<IConfiguration>()[MasterKeySetting];
            return MasterKey.InFile(string.IsNullOrWhiteSpace(path) ? Path.Combine(provider.GetRequiredService<DataFolder>().Path, "master.key") : path);
        });
        services.AddSingleton<EnvelopeSealer>();
        services.AddSingleton<ISecretSealer>(provider => provider.GetRequiredService<EnvelopeSealer>());

        // Sessions outlive a restart, and a container's home folder does not.
        services.AddDataProtection().SetApplicationName("Assistant");
        services.AddSingleton<SessionKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<SessionKeys, MasterKey, ILoggerFactory>((options, keys, master, loggers) =>
        {
            options.XmlRepository = new FileSystemXmlRepository(keys.Folder, loggers);
            options.XmlEncryptor = new SessionKeySealer(master);
        });

        services.AddSingleton<ITotp, OtpNetTotp>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<AccessRights>();
        services.AddSingleton<IAccessRights>(provider => provider.GetRequiredService<AccessRights>());
        services.AddSingleton<IUserDirectory, SqlUserDirectory>();
        services.AddSingleton<IMembershipStore, SqlMembershipStore>();
        services.AddSingleton<IRoleStore, SqlRoleStore>();
        services.AddSingleton<MembershipDesk>();
        services.AddSingleton<RoleDesk>();
        services.AddSingleton<TenantDesk>();
        services.AddSingleton<IStepUpStore, SqlStepUpStore>();
        services.AddSingleton<IStepUpGuard, StepUpGuard>();
        services.AddSingleton<StepUpDesk>();
        services.AddSingleton<IBreachedPasswords, BreachedPasswordFile>();
        services.AddSingleton<PasswordCheck>();
        services.AddSingleton<UserDesk>();
        services.AddSingleton<AccountDesk>();
        services.AddSingleton<SetupGate>();
        services.AddOptions<PasskeyOptions>().BindConfiguration(PasskeyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IPostConfigureOptions<PasskeyOptions>, PasskeyOptions.Defaults>();
        services.AddSingleton<IPasskeyStore, SqlPasskeyStore>();
        services.AddSingleton<IPasskeyVerifier, IdentityPasskeyVerifier>();
        services.AddSingleton<PasskeyDesk>();
        services.AddSingleton<IApiKeyStore, SqlApiKeyStore>();
        services.AddSingleton<ApiKeyDesk>();
        return services;
    }

    /// <summary>Notices what other processes change about rights: only in a process that serves.</summary>
    public static IServiceCollection AddSecurityWorkers(this IServiceCollection services) => services.AddHostedService<AccessWatch>();
}
