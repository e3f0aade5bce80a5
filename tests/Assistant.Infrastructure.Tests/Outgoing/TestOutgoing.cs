using System.Net;
using System.Net.Sockets;
using Assistant.Infrastructure.Outgoing;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Outgoing;

internal static class TestOutgoing
{
    /// <summary>As an installation has it: emulators on this machine may be reached.</summary>
    public static OutgoingHttp Default { get; } = With(new SystemHostResolver());

    public static OutgoingHttp With(IHostResolver resolver, bool allowPrivate = true)
        => new(Options.Create(new OutgoingOptions { AllowPrivate = allowPrivate }), resolver, TimeProvider.System);
}

/// <summary>Names a test makes up. Each look-up takes the next answer; the last one stays.</summary>
internal sealed class ScriptedResolver : IHostResolver
{
    private readonly Dictionary<string, Queue<IPAddress[]>> _answers = [];

    public int LookUps { get; private set; }

    public ScriptedResolver Answers(string host, params string[] addresses)
    {
        if (!_answers.TryGetValue(host, out var answers))
        {
            _answers[host] = answers = new();
        }

        answers.Enqueue([.. addresses.Select(IPAddress.Parse)]);
        return this;
    }

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        LookUps++;
        if (IPAddress.TryParse(host, out var literal))
        {
            return Task.FromResult<IPAddress[]>([literal]);
        }

        return _answers.TryGetValue(host, out var answers)
            ? Task.FromResult(answers.Count > 1 ? answers.Dequeue() : answers.Peek())
            : throw new SocketException((int)SocketError.HostNotFound);
    }
}
