using System.Text;
using Assistant.Infrastructure.Messaging.Channels.Email;
using MimeKit;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

public sealed class EmailProofTests
{
    private const string OfMicrosoft = "spf=pass (sender IP is 40.107.1.1)\r\n smtp.mailfrom=x.test; dkim=pass (signature was verified)\r\n header.d=x.test;dmarc=pass action=none\r\n header.from=x.test;compauth=pass reason=100";
    private const string Forged = "spf=pass smtp.mailfrom=x.test; dkim=pass header.d=x.test; dmarc=pass action=none header.from=x.test";

    [Theory]
    [InlineData("mx.h.test; dkim=pass header.d=x.test; dmarc=none header.from=x.test", true)] // OpenDMARC, of a domain without a record
    [InlineData("mx.h.test; spf=pass smtp.mailfrom=lin@x.test; dmarc=none header.from=x.test", true)]
    [InlineData("mx.h.test; dkim=pass header.d=evil.test; dmarc=none header.from=x.test", false)]
    [InlineData("mx.h.test; dkim=none; dmarc=none header.from=x.test", false)]
    [InlineData("mx.h.test; dkim=pass header.d=x.test; dmarc=none header.from=evil.test; dmarc=fail header.from=x.test", false)]
    [InlineData("mx.h.test; dkim=pass header.d=x.test; dmarc=temperror header.from=x.test", false)]
    public void A_domain_without_a_rule_is_proven_by_signature_or_way(string results, bool isProven) => Assert.Equal(isProven, IsProven("mx.h.test", results));

    [Theory]
    [InlineData(OfMicrosoft, true)]
    [InlineData("spf=none smtp.mailfrom=x.test; dkim=pass (signature was verified) header.d=x.test;dmarc=bestguesspass action=none header.from=x.test;compauth=pass reason=109", true)]
    [InlineData("spf=fail (sender IP is 1.1.1.1) smtp.mailfrom=evil.test; dkim=none (message not signed) header.d=none;dmarc=fail action=quarantine header.from=x.test;compauth=fail reason=000", false)]
    [InlineData("spf=pass smtp.mailfrom=evil.test; dkim=pass header.d=evil.test;dmarc=bestguesspass action=none header.from=x.test", false)]
    [InlineData("dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=x.test;", false)]
    [InlineData("mx.evil.test; dmarc=pass header.from=x.test", false)]
    [InlineData("microsoft365; dmarc=pass header.from=x.test", false)]
    public void Microsoft_365_names_itself_by_no_name(string results, bool isProven)
    {
        Assert.Equal(isProven, IsProven(EmailProof.Microsoft365, results));
        Assert.False(IsProven("mx.h.test", results));
    }

    [Theory]
    [InlineData("spf=fail smtp.mailfrom=evil.test; dkim=none header.d=none;dmarc=fail action=none header.from=x.test")]
    [InlineData("mx.other.test; none")]
    [InlineData("=")]
    public void What_stands_below_the_word_of_Microsoft_365_proves_nothing(string topmost) => Assert.False(IsProven(EmailProof.Microsoft365, topmost, Forged));

    [Fact]
    public void What_has_no_name_is_nobody_elses_word() => Assert.False(IsProven("mx.h.test", Forged, Forged));

    private static bool IsProven(string judge, params string[] results)
    {
        var raw = string.Concat(results.Select(result => $"Authentication-Results: {result}\r\n")) + "From: Lin <lin@x.test>\r\n\r\nx";
        using var mail = MimeMessage.Load(new MemoryStream(Encoding.ASCII.GetBytes(raw)));
        return EmailProof.IsProven(mail, judge, "x.test");
    }
}
