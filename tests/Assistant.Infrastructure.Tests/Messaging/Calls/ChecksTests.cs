using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Calls;

public sealed class ChecksTests
{
    [Theory]
    [InlineData("channel.insecure", "channel.certificate-fix")]
    [InlineData("channel.unreachable", "channel.network-fix")]
    public void Whom_this_machine_reached_and_does_not_trust_is_told_by_the_certificate(string reason, string advice)
        => Assert.Equal(Phrase.Of(advice, ("name", "Matrix")), Checks.Unreachable("Matrix", Phrase.Of(reason, ("name", "Matrix"))).Fix);
}
