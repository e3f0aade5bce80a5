using System.Net;
using System.Net.Sockets;
using Assistant.Domain.Diagnostics;
using Assistant.Domain.Wording;
using Assistant.Web.Composition;
using Assistant.Web.Verbs;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Assistant.Web.Tests.Verbs;

/// <summary>The doctor tries the address that would be listened on, and no other.</summary>
public sealed class ListenDiagnosticTests
{
    [Fact]
    public async Task A_port_that_another_program_has_at_another_address_is_free()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var hangUp = HangUpAsync(other);

        Assert.Equal(FindingLevel.Fine, Assert.Single(await RunAsync($"http://127.0.0.2:{port}")).Level);
        Assert.Equal("Another program has it.", Text(Assert.Single(await RunAsync($"http://127.0.0.1:{port}"))));
        await hangUp;
    }

    [Fact]
    public async Task An_address_of_another_machine_is_not_told_to_be_taken()
    {
        var finding = Assert.Single(await RunAsync("http://192.0.2.1:8080")); // RFC 5737: nobody's

        Assert.Equal(FindingLevel.Failed, finding.Level);
        Assert.StartsWith("It cannot be listened on: ", Text(finding), StringComparison.Ordinal);
        Assert.Equal(new Phrase.Verbatim(StartFault.AddressAdvice), finding.Fix);
    }

    [Fact]
    public void A_port_this_account_may_not_have_is_not_told_to_be_taken()
    {
        var finding = ListenDiagnostic.OfRefusal("port 80", SocketError.AccessDenied); // root may have every one

        Assert.Equal(FindingLevel.Failed, finding.Level);
        Assert.Equal(new Phrase.Verbatim(StartFault.AddressAdvice), finding.Fix);
    }

    [Fact]
    public async Task A_socket_of_the_file_system_has_no_port() => Assert.Empty(await RunAsync("http://unix:/run/assistant.sock"));

    // Whoever calls need not wait for an answer that never comes.
    private static async Task HangUpAsync(TcpListener listener)
    {
        using var caller = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
    }

    private static Task<IReadOnlyList<Finding>> RunAsync(string urls)
        => new ListenDiagnostic(new ConfigurationBuilder().AddInMemoryCollection([new("urls", urls)]).Build()).RunAsync(TestContext.Current.CancellationToken);

    private static string Text(Finding finding) => Assert.IsType<Phrase.Verbatim>(finding.Detail).Text;
}
