using System.Text;
using Assistant.Infrastructure.Messaging.Channels.Email;
using MimeKit;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

/// <summary>Files among words that are not read.</summary>
public sealed class EmailBodyTests
{
    private const string Plain = "Content-Type: text/plain\n\nwords\n";
    private const string Html = "Content-Type: text/html\n\n<p>words</p>\n";
    private const string Pdf = "Content-Type: application/pdf; name=a.pdf\n\nx\n";

    [Theory]
    [InlineData("mixed", "application/pdf; name=invoice.pdf", 10, true)] // Apple Mail
    [InlineData("mixed", "image/png; name=small.png", 10, true)]
    [InlineData("related", "image/jpeg; name=IMG_0815.jpeg", 30_000, true)] // Apple Mail, Thunderbird
    [InlineData("related", "application/pdf; name=invoice.pdf", 10, true)]
    [InlineData("related", "image/png; name=logo.png", 10, false)]
    [InlineData("related", "image/png", 30_000, false)]
    [InlineData("related", "text/x-amp-html", 30_000, false)]
    public void What_somebody_attached_is_told_from_what_a_program_shows(string kind, string type, int size, bool isFound)
    {
        var file = $"Content-Type: {type}\nContent-Disposition: inline\n\n{new string('x', size)}\n";

        var body = Read(Several("alternative", Plain, Several(kind, Html, file, Html)));

        string[] expected = isFound ? ["2.2"] : [];
        Assert.Equal("words", body.Text.Trim());
        Assert.Equal(expected, body.Files.Select(found => found.Part));
    }

    [Fact]
    public void A_form_is_looked_through_to_its_ground()
        => Assert.Equal(["2.1.2", "2.2"], Read(Several("alternative", Plain, Several("mixed", Several("related", Html, Pdf), Pdf))).Files.Select(found => found.Part));

    [Fact]
    public void Files_that_all_forms_of_the_words_have_are_found_once()
        => Assert.Equal("2.2", Assert.Single(Read(Several("alternative", Several("mixed", Plain, Pdf), Several("mixed", Html, Pdf))).Files).Part);

    [Fact]
    public void A_form_that_is_a_kind_of_words_is_no_file()
        => Assert.Empty(Read(Several("alternative", Plain, "Content-Type: text/vnd.google.email-reaction+json\n\n{}\n", Html)).Files);

    private static EmailBody Read(string raw)
    {
        using var mail = MimeMessage.Load(new MemoryStream(Encoding.ASCII.GetBytes(raw.ReplaceLineEndings("\r\n"))));
        return EmailBody.Of(mail, 20);
    }

    private static string Several(string kind, params string[] parts)
    {
        var boundary = $"b{parts.Sum(part => part.Length)}";
        return $"Content-Type: multipart/{kind}; boundary={boundary}\n\n{string.Concat(parts.Select(part => $"--{boundary}\n{part}\n"))}--{boundary}--\n";
    }
}
