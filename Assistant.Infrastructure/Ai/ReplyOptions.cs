using Assistant.Domain.Ai;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai;

/// <summary>Call options that carry the structured context beside the prompt made of it. Vendors' clients do not see it.</summary>
internal sealed class ReplyOptions : ChatOptions
{
    public ReplyOptions(ReplyContext context) => Context = context;

    private ReplyOptions(ReplyOptions other) : base(other) => (Context, IsStandIn) = (other.Context, other.IsStandIn);

    public ReplyContext Context { get; }

    /// <summary>An engine before this one failed.</summary>
    public bool IsStandIn { get; private init; }

    public override ReplyOptions Clone() => new(this);

    public ReplyOptions AsStandIn() => new(this) { IsStandIn = true };
}
