using System.Globalization;
using Assistant.Domain.Audit;
using Microsoft.AspNetCore.Http.Extensions;

namespace Assistant.Web.Components.Pages.Audit;

/// <summary>The filter as it stands in the address. Days are the person's own: a day ends where theirs does.</summary>
public sealed record AuditAddress(string? Action, string? Actor, string? Subject, string? Text, DateOnly? From, DateOnly? Until)
{
    private const string DayFormat = "yyyy-MM-dd";

    public static AuditAddress Read(string? action, string? actor, string? subject, string? text, string? from, string? until) =>
        new(Given(action), Given(actor), Given(subject), Given(text), Day(from), Day(until));

    public bool IsEmpty => this is { Action: null, Actor: null, Subject: null, Text: null, From: null, Until: null };

    public AuditFilter Filter(TimeZoneInfo zone) => new(Action, Actor, Subject, Text, Start(From, zone), Start(Until?.AddDays(1), zone));

    /// <summary>The address of a kept filter; its times as days of whoever looks.</summary>
    public static AuditAddress Of(AuditFilter filter, TimeZoneInfo zone) => new(
        filter.Action, filter.Actor, filter.Subject, filter.Text, Day(filter.From, zone), Day(filter.Until?.AddTicks(-1), zone));

    public string Href(long? selected)
    {
        var query = new QueryBuilder();
        Add(query, "action", Action);
        Add(query, "actor", Actor);
        Add(query, "subject", Subject);
        Add(query, "q", Text);
        Add(query, "from", From?.ToString(DayFormat, CultureInfo.InvariantCulture));
        Add(query, "until", Until?.ToString(DayFormat, CultureInfo.InvariantCulture));
        return $"audit{(selected is null ? "" : string.Create(CultureInfo.InvariantCulture, $"/{selected}"))}{query.ToQueryString()}";
    }

    public static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static DateOnly? Day(DateTimeOffset? at, TimeZoneInfo zone)
        => at is { } time ? DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime) : null;

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static DateTimeOffset? Start(DateOnly? day, TimeZoneInfo zone)
    {
        if (day is not { } date)
        {
            return null;
        }

        var midnight = date.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    private static void Add(QueryBuilder query, string key, string? value)
    {
        if (value is not null)
        {
            query.Add(key, value);
        }
    }
}
