using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Outgoing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

public static class EmailServices
{
    /// <summary>Adds the e-mail channel.</summary>
    public static IServiceCollection AddEmail(this IServiceCollection services)
    {
        // Before anything of a mail is read: GBK and its like.
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        services.AddOptions<EmailOptions>()
            .BindConfigurationOrFormer(EmailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOutgoing();
        services.AddMessengerCalls();
        services.AddSingleton<EmailDialer>();
        services.AddSingleton<IChannel, EmailChannel>();
        return services;
    }
}
