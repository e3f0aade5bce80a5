using Assistant.Domain.Security;
using Assistant.Domain.Security.External;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Security.Sessions;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.ApiKeys;
using Assistant.Infrastructure.Security.External;
using Assistant.Infrastructure.Security.Identity;
using Assistant.Infrastructure.Security.Invitations;
using Assistant.Infrastructure.Security.Memberships;
using Assistant.Infrastructure.Security.Passkeys;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Security.Sessions;
using Assistant.Infrastructure.Security.StepUp;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Security;

public static class SecurityServices
{
    /// <summary>Sealing, users and API keys. Needs the database and a <see cref="DataFolder"/>.</summary>
    public static IServiceCollection AddSecurity(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<SignInOptions>().BindConfiguration(SignInOptions.Section).ValidateDataAnnotations()
            .Validate(options => options.BreachedPasswordsFile is null or "" || File.Exists(options.BreachedPasswordsFile), $"{SignInOptions.Section}:BreachedPasswordsFile names a file that is not there.").ValidateOnStart();

        services.AddSealing();

        // Sessions outlive a restart, and a container's home folder does not.
        services.AddDataProtection().SetApplicationName("Assistant");
        services.AddSingleton<SessionKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<SessionKeys, InstallationKey, ILoggerFactory>((options, keys, installation, loggers) =>
        {
            options.XmlRepository = new FileSystemXmlRepository(keys.Folder, loggers);
            options.XmlEncryptor = new SessionKeySealer(installation);
        });

        services.AddSingleton<ITotp, OtpNetTotp>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<AccessRights>();
        services.AddSingleton<IAccessRights>(provider => provider.GetRequiredService<AccessRights>());
        services.AddOptions<SessionOptions>().BindConfiguration(SessionOptions.Section).ValidateDataAnnotations()
            .Validate(options => options.Idle <= options.Total, $"{SessionOptions.Section}:Idle is longer than {SessionOptions.Section}:Total.").ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SessionOptions>>().Value.Limits);
        services.AddSingleton<IUserSessionStore, SqlUserSessionStore>();
        services.AddSingleton<IKnownDeviceStore, SqlKnownDeviceStore>();
        services.AddSingleton<DeviceDesk>();
        services.AddSingleton<SessionBoard>();
        services.AddSingleton<SessionDesk>();
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
        services.AddSingleton<IExternalLoginStore, SqlExternalLoginStore>();
        services.AddSingleton<ExternalLoginDesk>();
        services.AddSingleton<IInvitationStore, SqlInvitationStore>();
        services.AddSingleton<InvitationDesk>();
        services.AddSingleton<IApiKeyStore, SqlApiKeyStore>();
        services.AddSingleton<ApiKeyDesk>();
        return services;
    }

    /// <summary>Notices what other processes change about rights, and seals rows of earlier versions: only in a process that serves.</summary>
    public static IServiceCollection AddSecurityWorkers(this IServiceCollection services)
        => services.AddHostedService<AccessWatch>().AddHostedService<PlainRowsWorker>();
}
