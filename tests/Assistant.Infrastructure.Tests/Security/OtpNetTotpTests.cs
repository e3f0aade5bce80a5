using Assistant.Domain.Security;
using Assistant.Infrastructure.Security.Identity;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

public sealed class OtpNetTotpTests
{
    // RFC 6238, appendix B, the rows of SHA-1: seed "12345678901234567890"; six digits are the last six of the eight printed there.
    [Theory]
    [InlineData(59, "287082", 0x1)]
    [InlineData(1111111109, "081804", 0x23523EC)]
    [InlineData(1111111111, "050471", 0x23523ED)]
    [InlineData(1234567890, "005924", 0x273EF07)]
    [InlineData(2000000000, "279037", 0x3F940AA)]
    [InlineData(20000000000, "353130", 0x27BC86AA)]
    public void The_vectors_of_the_standard_hold(long seconds, string code, long step)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(seconds));
        var totp = new OtpNetTotp(clock);
        var secret = new TotpSecret("12345678901234567890"u8);

        Assert.Equal(step, totp.FindStep(secret, code));
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(step, totp.FindStep(secret, code));
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(totp.FindStep(secret, code));
    }
}
