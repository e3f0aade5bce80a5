using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

/// <summary>The promises of every channel, kept with Dovecot and Exim.</summary>
public sealed class EmailContractTests(MailHouse house) : ChannelContract, IClassFixture<MailHouse>
{
    protected override async Task<ChannelRig> NewRigAsync() => await house.NewRigAsync();
}
