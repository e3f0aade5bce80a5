using Assistant.Domain.Messaging.WebChat;

namespace Assistant.Web.Hubs;

/// <summary>Brings a device into its visitor's conversation, over either kind of line.</summary>
internal sealed class ChatEntrance(ChatArrivals arrivals, ChatSessions sessions, ChatCalls calls, ChatHistory history, ChatLimits limits)
{
    /// <returns>What the device is told, and the device when it was let in.</returns>
    public async Task<(JoinResult Result, ChatDevice? Device)> JoinAsync(JoinRequest? request, ChatLine line, HttpContext? http)
    {
        if (limits.Arrive(line.Address) > TimeSpan.Zero)
        {
            return (JoinResult.Not("busy"), null);
        }

        if (request is null)
        {
            return (JoinResult.Not("closed"), null); // it names no chat, and there is none without a name
        }

        var arrival = await arrivals.AdmitAsync(request, http, line.IsSealed, line.Aborted);
        if (arrival.Refusal is { } refusal)
        {
            return (JoinResult.Not(refusal), null);
        }

        var key = new VisitorKey(arrival.Connection!.Tenant, arrival.Connection.Id, arrival.Visitor);
        if (sessions.Enter(key, line.Id, line.Events, limits.MaxDevicesPerVisitor) is not { } session)
        {
            arrivals.TurnBack(arrival);
            return (JoinResult.Not("busy"), null);
        }

        try
        {
            return (await ShowAsync(request, arrival, session, line), new ChatDevice(line, session, arrival.Connection, request.Language));
        }
        catch
        {
            // The line fell, or the store did not answer: nobody knows of the device yet who could take it out.
            await sessions.LeaveAsync(session, line.Id);
            arrivals.TurnBack(arrival);
            throw;
        }
    }

    private async Task<JoinResult> ShowAsync(JoinRequest request, Arrival arrival, VisitorSession session, ChatLine line)
    {
        // A page of an earlier version does not say whose messages it has; then they are its token's.
        var visitor = arrival.Visitor.ToString();
        var isSame = request.Visitor is { } named ? named == visitor : arrival.IsKnown;
        var known = isSame ? request : request with { LastSeq = 0, ReadSeq = 0 };
        await session.Others(line.Id).Presence(session.Devices);
        await calls.AttachAsync(session, line.Aborted);
        await ChatCalls.MarkReadAsync(session, line.Id, known.ReadSeq);
        var tenant = session.Key.Tenant;
        var conversation = await arrivals.FindAsync(tenant, session.Conversation, line.Aborted);
        var missed = await history.SinceAsync(tenant, session.Conversation, known.LastSeq, line.Aborted);
        return new JoinResult(
            "ok",
            arrival.FreshToken,
            ChatViews.StateOf(conversation),
            session.Devices,
            session.ReadSeq,
            known.LastSeq == request.LastSeq ? missed : missed with { Replaces = true },
            // It saw messages of a conversation that is none any more.
            IsForgotten: arrival.IsKnown && conversation is null && Math.Max(known.LastSeq, known.ReadSeq) > 0,
            visitor,
            arrival.IsPassRefused);
    }
}
