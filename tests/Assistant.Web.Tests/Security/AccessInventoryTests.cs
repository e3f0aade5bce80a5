using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Assistant.Web.Tests.Security;

/// <summary>What the inventory finds, and that it finds what states nothing.</summary>
public sealed class AccessInventoryTests
{
    [Fact]
    public void An_endpoint_that_states_nothing_is_found()
    {
        var doors = Read(app =>
        {
            app.MapGet("/stated", () => "").Requires(Permissions.AuditRead);
            app.MapPost("/silent", () => "");
            app.MapGet("/open", () => "").OpenTo("everybody may know");
        });

        Assert.Equal("POST /silent", Assert.Single(doors, door => !door.IsStated).Name);
        Assert.Equal(Permissions.AuditRead, Assert.Single(doors, door => door.Name == "GET /stated").Permission);
        Assert.Equal("open: everybody may know", Assert.Single(doors, door => door.Name == "GET /open").Words);
    }

    [Fact]
    public void The_statement_nearest_to_the_endpoint_counts()
    {
        var door = Assert.Single(Read(app => app.MapGroup("/own").SignedIn("theirs").MapGet("/audit", () => "").Requires(Permissions.AuditRead)));

        Assert.Equal(Permissions.AuditRead, door.Permission);
    }

    [Fact]
    public void What_is_left_in_the_audit_log_is_stated_by_each_endpoint_and_only_reads_by_their_group()
    {
        var doors = Read(app =>
        {
            var group = app.MapGroup("/own").OpenTo("everybody").ReadsAreNotAudited();
            group.MapGet("/read", () => "");
            group.MapPost("/silent", () => "");
            group.MapPost("/loud", () => "").AuditsUnderProof(AuditActions.RoleSaved);
            group.MapGet("/export", () => "").Audits(AuditActions.AuditExported);
        });

        Assert.Equal("POST /own/silent", Assert.Single(doors, door => !door.IsAuditStated).Name);
        Assert.Equal(NotAuditedAttribute.Reads, Assert.Single(doors, door => door.Name == "GET /own/read").NotAudited);
        Assert.Equal(
            [AuditActions.RoleSaved, AuditActions.StepUpRequested, AuditActions.StepUpUsed],
            Assert.Single(doors, door => door.Name == "POST /own/loud").Audits!);
        Assert.Equal([AuditActions.AuditExported], Assert.Single(doors, door => door.Name == "GET /own/export").Audits!);
    }

    [Fact]
    public void A_hub_method_and_a_worker_that_state_nothing_are_found()
    {
        var doors = Read(app => app.MapHub<Chatter>("/chatter"), services => services.AddHostedService<Idler>());

        Assert.Equal(["Chatter.Whisper", "Idler"], doors.Where(door => !door.IsStated).Select(door => door.Name));
        Assert.Equal("open: anybody", Assert.Single(doors, door => door.Name == "Chatter.Shout").Words);
    }

    [Fact]
    public void A_document_shows_what_is_not_stated()
    {
        var text = AccessInventory.ToMarkdown(
        [
            new(DoorKind.Verb, "assistant x", null, null),
            new(DoorKind.Verb, "assistant y", "audit.read", "holders", [AuditActions.RoleSaved, AuditActions.RoleDeleted]),
            new(DoorKind.Verb, "assistant z", "audit.read", "holders", [], NotAuditedAttribute.Reads),
        ]);

        Assert.Contains("| `assistant x` |  | **not stated** | **not stated** |", text, StringComparison.Ordinal);
        Assert.Contains("| `assistant y` | `audit.read` | holders | `role.saved` `role.deleted` |", text, StringComparison.Ordinal);
        Assert.Contains("| `assistant z` | `audit.read` | holders | none: changes nothing |", text, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Door> Read(Action<WebApplication> map, Action<IServiceCollection>? add = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSignalR();
        builder.Services.AddSingleton<IChannelCatalog>(new NoChannels());
        add?.Invoke(builder.Services);
        var app = builder.Build();
        map(app);
        return AccessInventory.Read(app, app.Services);
    }

    [Open("the line")]
    private sealed class Chatter : Hub
    {
        [Open("anybody")]
        public void Shout() => Context.Abort();

        public void Whisper() => Context.Abort();
    }

    private sealed class NoChannels : IChannelCatalog
    {
        public IReadOnlyList<IChannel> All => [];

        public IChannel? Find(string type) => null;
    }

    private sealed class Idler : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
