using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Web.Components.Pages.SetUp;

namespace Assistant.Web.Tests.Components.Pages.SetUp;

public sealed class AccessStepModelTests
{
    private readonly FakeConnections _store = new();
    private readonly FakeChannel _channel = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Opening_several_connections_asks_for_the_proof_of_each_and_does_all()
    {
        Put("one", "kept");
        Put("two", "kept");
        var desk = DeskWith(new OneProofEach());
        var step = new AccessStepModel(desk, Callers.Admin, await desk.ListAsync(Callers.Admin, Cancel)) { Choice = AccessPolicy.Open };

        await step.ApplyAsync(Cancel);
        Assert.Equal(("connection/one", false), (step.Act.Wanted?.Subject, step.IsApplied));
        await step.RepeatAsync();
        Assert.Equal(("connection/two", false), (step.Act.Wanted?.Subject, step.IsApplied));
        await step.RepeatAsync();

        Assert.True(step.IsApplied);
        Assert.All(["one", "two"], name => Assert.Equal((AccessPolicy.Open, false), (_store[name].Access, _store[name].IsEnabled)));
    }

    [Fact]
    public async Task What_was_deleted_since_is_not_made_again_and_what_was_renamed_keeps_its_name()
    {
        Put("one", "kept");
        Put("two", "kept");
        var desk = DeskWith(new OpenGuard());
        var step = new AccessStepModel(desk, Callers.Admin, await desk.ListAsync(Callers.Admin, Cancel)) { Choice = AccessPolicy.Open };
        _store.Put(_store["one"] with { DisplayName = "renamed" });
        Assert.IsType<ConnectionOutcome.Deleted>(await desk.DeleteAsync(Callers.Admin, "two", Cancel));

        await step.ApplyAsync(Cancel);

        Assert.True(step.IsApplied);
        Assert.Equal(["one"], (await _store.ListAsync(null, Cancel)).Select(connection => connection.Id.Value));
        Assert.Equal(("renamed", AccessPolicy.Open), (_store["one"].DisplayName, _store["one"].Access));
    }

    [Fact]
    public async Task What_was_deleted_while_its_proof_was_given_is_passed_over()
    {
        Put("one", "kept");
        Put("two", "kept");
        var desk = DeskWith(new OneProofEach());
        var step = new AccessStepModel(desk, Callers.Admin, await desk.ListAsync(Callers.Admin, Cancel)) { Choice = AccessPolicy.Open };
        await step.ApplyAsync(Cancel);
        Assert.IsType<ConnectionOutcome.Deleted>(await DeskWith(new OpenGuard()).DeleteAsync(Callers.Admin, "one", Cancel));

        await step.RepeatAsync();
        Assert.Equal("connection/two", step.Act.Wanted?.Subject);
        await step.RepeatAsync();

        Assert.True(step.IsApplied);
        Assert.Equal(["two"], (await _store.ListAsync(null, Cancel)).Select(connection => connection.Id.Value));
    }

    [Fact]
    public async Task Those_that_could_not_be_changed_are_told_from_those_that_were()
    {
        Put("one", "kept");
        Put("two", token: null);
        var desk = DeskWith(new OpenGuard());
        var step = new AccessStepModel(desk, Callers.Admin, await desk.ListAsync(Callers.Admin, Cancel)) { Choice = AccessPolicy.Open };

        await step.ApplyAsync(Cancel);

        Assert.Equal((false, true), (step.IsApplied, step.HasChanged));
        Assert.Equal(["two"], step.Refused);
    }

    /// <param name="token">A connection without one is refused.</param>
    private void Put(string name, string? token) => _store.Put(new Connection(
        new ConnectionId(name), TenantId.Default, "fake", name, AccessPolicy.Pairing, IsEnabled: false, IsProvisioned: false,
        new SettingValues(token is null ? [] : [KeyValuePair.Create("token", token)]), default, default));

    private ConnectionDesk DeskWith(IStepUpGuard guard) => new(_store, _channel, _channel, _channel, guard, new InMemoryLiveFeed(), TimeProvider.System);

    /// <summary>Wants a proof of its own for each act.</summary>
    private sealed class OneProofEach : IStepUpGuard
    {
        private readonly Dictionary<StepUpId, string> _asked = [];

        public Task DemandAsync(Caller caller, BoundOperation operation, CancellationToken cancellationToken)
        {
            if (caller.Proof is { } proof && _asked.Remove(proof, out var subject) && subject == operation.Subject)
            {
                return Task.CompletedTask;
            }

            var request = new StepUpRequest(
                StepUpId.Create(), caller.Tenant, caller.Actor, operation.What.Name, operation.Subject, new Dictionary<string, string>(), new byte[32], default, default);
            _asked[request.Id] = operation.Subject;
            throw new StepUpRequiredException(request);
        }
    }
}
