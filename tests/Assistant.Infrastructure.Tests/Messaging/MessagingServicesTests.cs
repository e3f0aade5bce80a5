using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging;

/// <summary>What runs while the program serves, and in which order it ends.</summary>
public sealed class MessagingServicesTests
{
    [Fact]
    public async Task What_is_sent_ends_before_the_sessions_do()
    {
        var (connections, sessions, options) = (new FakeConnections(), Unwatched.Sessions(), Options.Create(new OutboxOptions()));
        using var supervisor = new ConnectionSupervisor(
            connections, new FakeChannel(), sessions, new RecordingGateway(), Options.Create(new PublicAddressOptions()), options, TimeProvider.System,
            NullLogger<ConnectionSupervisor>.Instance);
        using var outbox = new OutboxWorker(null!, sessions, connections, Unwatched.Pauses(TimeProvider.System), null!, options, TimeProvider.System, NullLogger<OutboxWorker>.Instance);
        await using var provider = new ServiceCollection().AddSingleton(supervisor).AddSingleton(outbox).AddMessagingWorkers().BuildServiceProvider();

        var workers = provider.GetServices<IHostedService>().ToList();

        Assert.Equal(2, workers.Count);
        Assert.Same(supervisor, workers[0]); // the host ends them in the opposite order
        Assert.Same(outbox, workers[1]);
    }

    [Theory]
    [InlineData(30, 120)]
    [InlineData(300, 120)]
    public async Task The_end_of_the_program_has_time_for_the_longest_send(int sendSeconds, int fileSeconds)
    {
        var options = new OutboxOptions { SendTimeout = TimeSpan.FromSeconds(sendSeconds), FileTimeout = TimeSpan.FromSeconds(fileSeconds) };
        await using var provider = new ServiceCollection().AddSingleton(Options.Create(options)).AddTimeToEnd().BuildServiceProvider();

        var host = provider.GetRequiredService<IOptions<HostOptions>>().Value;

        Assert.True(host.ShutdownTimeout > TimeSpan.FromSeconds(Math.Max(sendSeconds, fileSeconds)));
    }
}
