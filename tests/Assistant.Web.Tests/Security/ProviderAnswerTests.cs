using System.Net;
using Assistant.Domain.Audit;
using Assistant.Domain.Security.External;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Web.Tests.Security;

/// <summary>What strangers send to the address at which providers answer.</summary>
public sealed class ProviderAnswerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_to_no_question_are_sent_back_and_fill_no_log()
    {
        await using var host = await SecurityHost.StartAsync(new FakeTimeProvider(), new IdentityProvider("example", "Example", IsMultiFactor: false));
        var stranger = host.Open();

        for (var i = 0; i < 200; i++)
        {
            using var answer = await stranger.GetAsync("/account/sign-in/with/example/callback");
            Assert.Equal((HttpStatusCode.Redirect, "/account/sign-in?problem=provider"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        }

        var written = (await host.Audit.ListAsync(TenantId.Default, new AuditFilter(AuditActions.SignInFailed), null, 1000, Cancel)).Items;
        Assert.InRange(written.Count, 1, 30);
    }
}
