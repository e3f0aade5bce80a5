using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

/// <summary>Calls for one account.</summary>
internal sealed class TwilioApi(TwilioSettings settings, MessengerHttp http)
{
    private const string OwnHosts = ".twilio.com";
    private static readonly SearchValues<char> SidCharacters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly string _root = $"{settings.ApiBaseUrl}/2010-04-01/Accounts/{Uri.EscapeDataString(settings.AccountSid)}";

    public TwilioSettings Settings => settings;

    public Task<CallOutcome> ReadAccountAsync(CancellationToken cancellationToken) => GetAsync(".json", cancellationToken);

    /// <summary>Asks whether a number is the account's.</summary>
    public Task<CallOutcome> FindNumberAsync(string number, CancellationToken cancellationToken)
        => GetAsync($"/IncomingPhoneNumbers.json?PhoneNumber={Uri.EscapeDataString(number)}", cancellationToken);

    /// <summary>The messages since a time, the newest first, those of ours among them.</summary>
    public Task<CallOutcome> ListAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var to = settings.IsService ? "" : $"To={Uri.EscapeDataString(settings.From)}&";
        return GetAsync(string.Create(CultureInfo.InvariantCulture, $"/Messages.json?{to}DateSent%3E={since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}&PageSize=100"), cancellationToken);
    }

    /// <summary>The next page of a list, as the last one names it; <see langword="null"/> when that is no page of this account.</summary>
    public async Task<CallOutcome?> ListOnAsync(string nextPage, CancellationToken cancellationToken)
    {
        if (!nextPage.StartsWith(new Uri(_root).AbsolutePath + "/Messages.json?", StringComparison.Ordinal))
        {
            return null;
        }

        using var request = NewRequest(HttpMethod.Get, new Uri(new Uri(_root), nextPage));
        return await http.CallAsync(TwilioChannel.Name, request, cancellationToken);
    }

    /// <summary>The files of a message. Of a sid that is none, and of a message that Twilio will never tell them of, nothing.</summary>
    /// <exception cref="PhrasedException">Twilio cannot say now.</exception>
    public async Task<IReadOnlyList<Attachment>> ListFilesAsync(string? sid, CancellationToken cancellationToken)
    {
        if (sid is null || sid.AsSpan().ContainsAnyExcept(SidCharacters))
        {
            return [];
        }

        var outcome = await GetAsync($"/Messages/{sid}/Media.json", cancellationToken);
        if (outcome is CallOutcome.Answered { Status: HttpStatusCode.NotFound } || TwilioFaults.OutcomeOf(outcome) is SendOutcome.Rejected)
        {
            return [];
        }

        if (outcome is not CallOutcome.Answered { IsSuccess: true } answer || Read(answer, TwilioJson.Default.TwilioMedia)?.MediaList is not { } files)
        {
            throw new PhrasedException(TwilioFaults.ReasonOf(outcome) ?? Phrase.Of("channel.unreadable", ("name", TwilioChannel.Name)));
        }

        return [.. files.Where(file => file?.Sid is not null).Select(file => TwilioReader.FileOf($"{_root}/Messages/{sid}/Media/{file!.Sid}", file.ContentType))];
    }

    public async Task<CallOutcome> SendAsync(IReadOnlyList<KeyValuePair<string, string>> fields, CancellationToken cancellationToken)
    {
        using var request = NewRequest(HttpMethod.Post, new Uri($"{_root}/Messages.json"));
        request.Content = new FormUrlEncodedContent(fields);
        return await http.CallAsync(TwilioChannel.Name, request, cancellationToken);
    }

    /// <summary>Opens a file at the address the callback named. The account's token goes to Twilio and to the relay of the settings, and nowhere else.</summary>
    /// <exception cref="AttachmentUnavailableException">It is not handed out, or not now.</exception>
    public async Task<Stream> OpenAsync(string address, CancellationToken cancellationToken)
    {
        var root = new Uri(settings.ApiBaseUrl);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var file)
            || (file.GetLeftPart(UriPartial.Authority) != root.GetLeftPart(UriPartial.Authority)
                && (file.Scheme != "https" || !file.IsDefaultPort || !file.Host.EndsWith(OwnHosts, StringComparison.OrdinalIgnoreCase))))
        {
            throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", TwilioChannel.Name)), AttachmentFault.Final);
        }

        using var request = NewRequest(HttpMethod.Get, file);
        return await http.DownloadElsewhereAsync(TwilioChannel.Name, request, cancellationToken);
    }

    /// <summary>What an answer says; <see langword="null"/> when it cannot be read.</summary>
    public static T? Read<T>(CallOutcome.Answered answer, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private async Task<CallOutcome> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = NewRequest(HttpMethod.Get, new Uri(_root + path));
        return await http.CallAsync(TwilioChannel.Name, request, cancellationToken);
    }

    private HttpRequestMessage NewRequest(HttpMethod method, Uri address)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.AccountSid}:{settings.AuthToken}")));
        return request;
    }
}
