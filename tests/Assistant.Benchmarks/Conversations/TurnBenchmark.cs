using System.Globalization;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure;
using Assistant.Infrastructure.Attachments;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Memory.Search;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Benchmarks.Conversations;

// What a turn reads before an engine is asked. The floor is the same turn without its history: what the history takes beyond it is twenty
// rows and twenty bodies to open, or less.

/// <summary>What a turn reads; prints microseconds of processor time and bytes allocated per call.</summary>
internal static class TurnBenchmark
{
    private const int Rounds = 5;
    private const int HistoryLimit = 20;
    private const int RecallLimit = 6;

    /// <summary>Arguments: <c>[--turns 5000] [--messages 40]</c>.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var turns = int.Parse(Argument(args, "--turns") ?? "5000", CultureInfo.InvariantCulture);
        var messages = int.Parse(Argument(args, "--messages") ?? "40", CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("assistant-bench-");
        try
        {
            await using var services = Compose(folder.FullName);
            await services.GetRequiredService<Installation>().PrepareAsync(CancellationToken.None);
            var store = services.GetRequiredService<ITurnStore>();
            var conversation = await TalkAsync(services, store, messages);
            await ActivatorUtilities.CreateInstance<SearchProjector>(services).ProjectAsync(TenantId.Default, CancellationToken.None);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{turns} turns of a conversation of {messages} messages, best of {Rounds} rounds\n"));

            var start = (await BeginAsync(store, conversation, HistoryLimit))!;
            var recall = services.GetRequiredService<IRecall>();
            await PrintAsync("floor: ITurnStore.BeginAsync, no history", turns, () => BeginAsync(store, conversation, 0));
            await PrintAsync($"ITurnStore.BeginAsync, {start.History.Count} messages", turns, () => BeginAsync(store, conversation, HistoryLimit));
            await PrintAsync("IRecall.RecallAsync, before the history", turns, () => recall.RecallAsync(
                TenantId.Default, start.Person.Id, start.Utterance.Body.Markdown, conversation, start.History[0].Seq, onlyHere: false, RecallLimit, RecallLimit, CancellationToken.None));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ConversationId> TalkAsync(ServiceProvider services, ITurnStore store, int messages)
    {
        var inbox = services.GetRequiredService<IInbox>();
        var now = TimeProvider.System.GetUtcNow();
        var line = new Connection(new ConnectionId("line"), TenantId.Default, "bench", "Line", AccessPolicy.Open, true, false, SettingValues.Empty, now, now);
        ConversationId conversation = default;
        for (var i = 0; i <= messages / 2; i++)
        {
            var said = new InboundMessage
            {
                Connection = line.Id, DedupeKey = $"m{i}", ExternalMessageId = $"m{i}", Chat = new ExternalChat("1"), Sender = new ExternalSender("1", "Ada"),
                Content = new InboundContent.Said($"Message {i} about the boiler in the cellar, which leaks a little on rainy days.", []), SentAt = now,
            };
            conversation = ((InboxOutcome.Stored)await inbox.StoreAsync(line, said, _ => new Admission.Admit(), CancellationToken.None)).Conversation;
            if (i < messages / 2 && await BeginAsync(store, conversation, 0) is { } start)
            {
                var reply = new MessageBody($"Answer {i}: have a plumber look at the boiler, and put a bucket below it until then.");
                await store.CommitAsync(
                    new TurnCommit(
                        Guid.CreateVersion7(), start.Conversation, start.Entry, start.Conversation.Version, start.Utterance.EditedAt, TurnResult.Answered, reply, [reply], null, [],
                        false, null, now),
                    CancellationToken.None);
            }
        }

        return conversation;
    }

    private static Task<TurnStart?> BeginAsync(ITurnStore store, ConversationId conversation, int historyLimit)
        => store.BeginAsync(conversation, historyLimit, TimeProvider.System.GetUtcNow(), CancellationToken.None);

    private static async Task PrintAsync(string name, int calls, Func<Task> work)
    {
        var (best, bytes) = (double.MaxValue, 0L);
        for (var round = 0; round <= Rounds; round++)
        {
            var (begun, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
            for (var i = 0; i < calls; i++)
            {
                await work();
            }

            // The first one warms up.
            best = round == 0 ? best : Math.Min(best, (Environment.CpuUsage.TotalTime - begun).TotalMicroseconds / calls);
            bytes = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / calls;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-42} {best,8:N1} µs {bytes,10:N0} bytes"));
    }

    private static ServiceProvider Compose(string folder)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        services.AddPersistence(new DataFolder(folder));
        services.AddSecurity();
        services.AddHouse();
        services.AddMessaging();
        services.AddConversations();
        services.AddAttachments();
        return services.BuildServiceProvider();
    }

    private static string? Argument(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
