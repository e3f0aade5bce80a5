using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Tenancy;
using Microsoft.AspNetCore.Http.Extensions;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>The room's state as it stands in the address, so that a view can be sent to a colleague.</summary>
public sealed record ConversationAddress(ConversationView View, string? Text, string? On)
{
    /// <summary>Reads what a query says; what it does not understand it leaves out.</summary>
    public static ConversationAddress Read(string? view, string? text, string? on) => new(
        Enum.TryParse<ConversationView>(view, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : ConversationView.All,
        string.IsNullOrWhiteSpace(text) ? null : text.Trim(),
        Slug.IsValid(on) ? on : null);

    public ConversationFilter Filter => new(View, Text, On is null ? null : new ConnectionId(On));

    public bool IsFiltered => Text is not null || On is not null || View is not ConversationView.All;

    /// <param name="pane">What a phone shows beside the thread, if anything.</param>
    public string Href(ConversationId? selected, string? pane = null)
    {
        var query = new QueryBuilder();
        if (View is not ConversationView.All)
        {
            query.Add("view", View.ToString().ToLowerInvariant());
        }

        if (!string.IsNullOrWhiteSpace(Text))
        {
            query.Add("q", Text.Trim());
        }

        if (On is not null)
        {
            query.Add("on", On);
        }

        if (pane is not null)
        {
            query.Add("pane", pane);
        }

        return $"conversations{(selected is null ? "" : $"/{selected}")}{query.ToQueryString()}";
    }
}
