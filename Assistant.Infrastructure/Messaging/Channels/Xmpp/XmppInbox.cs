using System.Xml.Linq;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

// What comes by itself and what an archive has are the same messages seen from two sides. While an archive is read, what comes waits, so that
// the order is kept; both have the archive's id, by which the inbox knows them. How far an archive is read moves in two places: behind a whole
// page that is committed, and, for what comes by itself, where the stream acknowledges, in order, so that nothing that failed is ever passed.

/// <summary>Brings messages to the gateway, each archive's in its order.</summary>
internal sealed class XmppInbox(XmppReading reading, XmppRoom account, XmppArchive archive, XmppOptions options, TimeProvider time)
{
    /// <summary>How much earlier than the last known message reading begins where it goes by time: by so much the clocks may differ.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    private XmppCursor _cursor = new([]);
    private IChannelHost? _host;

    public async Task BeginAsync(IChannelHost host, CancellationToken cancellationToken)
        => (_host, _cursor) = (host, XmppCursor.Read(await host.ReadCursorAsync(cancellationToken)));

    /// <summary>Takes a message that came by itself.</summary>
    /// <param name="place">The room it is from, or the account.</param>
    public Task<XmppMark?> TakeAsync(XElement stanza, XmppRoom place)
    {
        var holder = ArchiveOf(stanza, place);
        return holder.TryHold(stanza) ?? OfferAsync(stanza, place, holder);
    }

    /// <summary>Keeps how far archives are read.</summary>
    public async Task SaveAsync(IReadOnlyCollection<XmppMark> marks)
    {
        foreach (var mark in marks)
        {
            _cursor.Set(mark);
        }

        await _host!.SaveCursorAsync(_cursor.ToString(), CancellationToken.None);
    }

    /// <summary>Offers what an archive has beyond the cursor, page by page, each committed before the next is asked for.</summary>
    /// <param name="placeOf">The room somebody's address is in, or the account.</param>
    public async Task CatchUpAsync(XmppRoom of, Func<XmppAddress, XmppRoom> placeOf, CancellationToken cancellationToken)
    {
        var mark = _cursor.Find(of.Address);
        if (mark is null && of.IsRoom)
        {
            return; // what was said before the assistant ever came is nobody's question to it
        }

        var page = mark is null ? null : await archive.ReadAfterAsync(of, mark.Id, cancellationToken);
        if (page is null or { Error: not null })
        {
            // It does not know the last id, or no longer: by time, then.
            page = await archive.ReadFromAsync(of, mark?.At - Overlap ?? time.GetUtcNow() - options.FirstCatchUp, cancellationToken);
        }

        if (page.Error is not null)
        {
            return; // there is no archive
        }

        while (true)
        {
            await Task.WhenAll(page.Found.Select(found => OfferAsync(found, of, placeOf, cancellationToken)));
            var before = mark;
            if (page.Last is not null)
            {
                mark = page.MarkOf(of, before);
                await SaveAsync([mark]);
            }

            if (page.IsLast || mark?.Id == before?.Id)
            {
                return;
            }

            page = await archive.ReadAfterAsync(of, mark!.Id, cancellationToken);
            if (page.Error is { } error)
            {
                throw new IOException($"The archive does not go on: {error}.");
            }
        }
    }

    /// <summary>Learns who wrote the last messages of a room, and where reading begins in one that is new.</summary>
    public async Task LearnAsync(XmppRoom room, CancellationToken cancellationToken)
    {
        var page = await archive.ReadLastAsync(room, cancellationToken);
        foreach (var found in page.Found)
        {
            XmppStanzas.Remember(found.Stanza, room, found.Id);
        }

        if (page.Last is not null && _cursor.Find(room.Address) is null)
        {
            await SaveAsync([page.MarkOf(room, null)]);
        }
    }

    /// <summary>Lets in what waited for the archive, in the order it came.</summary>
    public async Task ReleaseAsync(XmppRoom of, Func<XmppAddress, XmppRoom> placeOf)
    {
        while (of.Release() is var (stanza, done))
        {
            try
            {
                done.TrySetResult(XmppAddress.TryParse(stanza.Get("from"), out var from) ? await OfferAsync(stanza, placeOf(from), of) : null);
            }
            catch (Exception fault)
            {
                done.TrySetException(fault); // seen where it would have been acknowledged
            }
        }
    }

    private XmppRoom ArchiveOf(XElement stanza, XmppRoom place) => stanza.Get("type") == "groupchat" ? place : account;

    private async Task<XmppMark?> OfferAsync(XElement stanza, XmppRoom place, XmppRoom holder)
    {
        if (XmppStanzas.Read(stanza, place, holder, reading, null, time.GetUtcNow()) is { } message)
        {
            await _host!.Gateway.AcceptAsync(message, CancellationToken.None);
        }

        // Not the time the stanza tells: anybody can write one.
        return XmppStanzas.StanzaIdOf(stanza, holder) is { } id ? new XmppMark(holder.Address, id, time.GetUtcNow()) : null;
    }

    private async Task OfferAsync(XmppArchived found, XmppRoom of, Func<XmppAddress, XmppRoom> placeOf, CancellationToken cancellationToken)
    {
        if (XmppAddress.TryParse(found.Stanza.Get("from"), out var from) && ArchiveOf(found.Stanza, placeOf(from)) == of
            && XmppStanzas.Read(found.Stanza, placeOf(from), of, reading, (found.Id, found.At), time.GetUtcNow()) is { } message)
        {
            await _host!.Gateway.AcceptAsync(message, cancellationToken);
        }
    }
}
