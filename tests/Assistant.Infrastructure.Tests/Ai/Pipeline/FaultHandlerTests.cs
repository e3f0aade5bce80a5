using Assistant.Domain.Wording;
using Assistant.Infrastructure.Ai.Pipeline;
using Xunit;

namespace Assistant.Infrastructure.Tests.Ai.Pipeline;

public sealed class FaultHandlerTests
{
    [Fact]
    public async Task An_address_that_drops_what_is_sent_there_is_not_reached()
    {
        using var silent = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(20),
            ConnectCallback = async (_, stop) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
                return Stream.Null;
            },
        };
        using var client = new HttpClient(new FaultHandler(silent, TimeProvider.System)) { Timeout = Timeout.InfiniteTimeSpan };

        var fault = (await Assert.ThrowsAsync<EngineFaultException>(() => client.GetAsync(new Uri("http://engine.example/v1"), TestContext.Current.CancellationToken))).Fault;

        Assert.Equal(new EngineFault(EngineFaultKind.Unreachable, Phrase.Of("engine.no-server", ("host", "engine.example"))), fault);
    }
}
