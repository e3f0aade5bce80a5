using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Conversations;

/// <summary>Whether whoever holds a conversation may still answer in it: they may have left or got another role, their key may have been revoked.</summary>
public sealed class ConversationHolders(IMembershipStore memberships, IRoleStore roles, IApiKeyStore keys)
{
    public async Task<bool> MayReplyAsync(TenantId tenant, UserId holder, CancellationToken cancellationToken)
    {
        var role = (await memberships.FindAsync(tenant, holder, cancellationToken))?.Role
            ?? (await keys.ListAsync(tenant, cancellationToken)).FirstOrDefault(key => key.Id.Value == holder.Value && key.RevokedAt is null)?.Role;
        return role is not null && await MayReplyAsync(tenant, role, cancellationToken);
    }

    private async Task<bool> MayReplyAsync(TenantId tenant, string role, CancellationToken cancellationToken)
        => Roles.Exists(role)
            ? Roles.PermissionsOf(role).Contains(Permissions.ConversationsReply)
            : (await roles.FindAsync(tenant, role, cancellationToken))?.Permissions.Contains(Permissions.ConversationsReply) is true;
}
