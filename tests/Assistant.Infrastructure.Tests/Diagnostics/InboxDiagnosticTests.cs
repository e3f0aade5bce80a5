using Assistant.Domain.Diagnostics;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Diagnostics;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Assistant.Infrastructure.Tests.Diagnostics;

public sealed class InboxDiagnosticTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_doctor_warns_of_messages_that_have_long_been_due_and_of_no_other(bool onPostgres)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var house = onPostgres ? await TestHouse.OnPostgresAsync() : await TestHouse.OnSqliteAsync();
        var diagnostic = new InboxDiagnostic(house.Get<IReadPool>(), house.Clock);
        await using (var context = house.Get<IDatabase>().OpenSchemaContext())
        {
            await context.Database.ExecuteSqlRawAsync(
                """
                INSERT INTO tenants (id, display_name, created_at) VALUES ('home', 'Home', 0);
                INSERT INTO people (id, tenant_id, display_name, created_at) VALUES ('01900000-0000-7000-8000-000000000001', 'home', 'Ann', 0);
                INSERT INTO conversations (id, tenant_id, connection_id, chat_id, thread_id, is_group, person_id, status, version, last_seq, created_at, last_at)
                VALUES ('01900000-0000-7000-8000-000000000002', 'home', 'tg', '7', '', false, '01900000-0000-7000-8000-000000000001', 'Open', 1, 2, 0, 0);
                INSERT INTO inbox (id, tenant_id, connection_id, dedupe_key, conversation_id, message_seq, kind, is_addressed, state, attempts, due_at, received_at)
                VALUES ('01900000-0000-7000-8000-000000000003', 'home', 'tg', 'k1', '01900000-0000-7000-8000-000000000002', 1, 'said', true, 'Pending', 0, {0}, {0}),
                       ('01900000-0000-7000-8000-000000000004', 'home', 'tg', 'k2', '01900000-0000-7000-8000-000000000002', 2, 'said', true, 'Dead', 0, {0}, {0});
                """,
                [house.Clock.GetUtcNow().ToUnixTimeMilliseconds()],
                cancel);
        }

        Assert.Empty(await diagnostic.RunAsync(cancel));
        house.Clock.Advance(TimeSpan.FromMinutes(11));
        var finding = Assert.Single(await diagnostic.RunAsync(cancel));

        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Equal("1 message has been due for an answer for more than 10 minutes.", Assert.IsType<Phrase.Verbatim>(finding.Detail).Text);
    }
}
