using System.Globalization;
using Assistant.Testing.Contracts;
using Assistant.Testing.Servers;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Xmpp;

/// <summary>One server for the class; every test has an assistant and people of its own.</summary>
public sealed class XmppContractTests(XmppServerFixture servers) : ChannelContract, IClassFixture<XmppServerFixture>
{
    protected override async Task<ChannelRig> NewRigAsync() => await XmppRig.NewAsync(servers.Server, servers.NextBot());
}

public sealed class XmppServerFixture : IAsyncLifetime
{
    private const int Rigs = 100;
    private int _next;

    public ProsodyServer Server { get; private set; } = null!;

    public string NextBot() => BotOf(Interlocked.Increment(ref _next));

    public async ValueTask InitializeAsync() => Server = await ProsodyServer.StartAsync([.. Enumerable.Range(1, Rigs).Select(BotOf).SelectMany(XmppRig.AccountsOf)]);

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }

    private static string BotOf(int number) => string.Create(CultureInfo.InvariantCulture, $"bot{number}");
}
