using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Testing.Fakes;

/// <summary>The condition of a store's statement, for what keeps connections in memory.</summary>
internal static class Readings
{
    /// <summary>What is stored when a connection that was made from what was read takes the place of what is; <see langword="null"/> when that is another.</summary>
    public static Connection? Replace(Connection connection, Connection? read, Connection? stored)
    {
        var isAsRead = (read, stored) switch
        {
            (null, null) => true,
            ({ } before, { } now) => (now.Tenant, now.ChannelType, now.UpdatedAt) == (connection.Tenant, connection.ChannelType, before.UpdatedAt),
            _ => false,
        };
        return isAsRead ? connection with { UpdatedAt = Change.TimeAfter(connection.UpdatedAt, read?.UpdatedAt) } : null;
    }
}
