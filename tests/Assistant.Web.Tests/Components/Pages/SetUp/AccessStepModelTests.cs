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
        foreach (var name in new[] { "one", "two" })
        {
            _store.Put(new Connection(
                new ConnectionId(name), TenantId.Default, "fake", name, AccessPolicy.Pairing, IsEnabled: false, IsProvisioned: false,
                new SettingValues([KeyValuePair.Create("token", "kept")]), default, default));
        }

        var desk = new ConnectionDesk(_store, _channel, _channel, _channel, new OneProofEach(), new InMemoryLiveFeed(), TimeProvider.System);
        var step = new AccessStepModel(desk, Callers.Admin, await desk.ListAsync(Callers.Admin, Cancel)) { Choice = AccessPolicy.Open };

        await step.ApplyAsync(Cancel);
        Assert.Equal(("connection/one", false), (step.Act.Wanted?.Subject, step.IsApplied));
        await step.RepeatAsync();
        Assert.Equal(("connection/two", false), (step.Act.Wanted?.Subject, step.IsApplied));
        await step.RepeatAsync();

        Assert.True(step.IsApplied);
        Assert.All(["one", "two"], name => Assert.Equal((AccessPolicy.Open, false), (_store[name].Access, _store[name].IsEnabled)));
    }

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
