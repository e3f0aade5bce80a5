using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Testing.InMemory;

namespace Assistant.Infrastructure.Tests.Messaging;

/// <summary>What tells screens of connections, where no screen is open.</summary>
internal static class Unwatched
{
    public static ChannelSessions Sessions() => new(Pauses(TimeProvider.System), new InMemoryLiveFeed(), TimeProvider.System);

    public static ConnectionPauses Pauses(TimeProvider clock) => new(new InMemoryLiveFeed(), clock);
}
