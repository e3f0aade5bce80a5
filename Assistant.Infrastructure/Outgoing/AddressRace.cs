// Happy Eyeballs (RFC 8305): where a network's IPv6 is broken, or one of several servers is silent, waiting for the first address to fail takes
// longer than any caller waits. The addresses take turns by family, each a moment after the one before or as soon as that one failed; whichever
// connects first is used and the others are given up. Rejected: asking for the names of each family apart, for the system's resolver asks for both.
using System.Net;
using System.Net.Sockets;

namespace Assistant.Infrastructure.Outgoing;

/// <summary>Connects to the first of several addresses that answers. Safe for concurrent use.</summary>
internal static class AddressRace
{
    /// <summary>How long an address has before the next is tried beside it: the "Connection Attempt Delay" of section 5.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(250);

    /// <param name="addresses">In order of preference.</param>
    /// <param name="connect">Connects to one of them; the winner's connection is the caller's.</param>
    /// <exception cref="SocketException">None took it: what the last of them said. Or there was none.</exception>
    public static async Task<T> RunAsync<T>(
        IReadOnlyList<IPAddress> addresses, Func<IPAddress, CancellationToken, Task<T>> connect, TimeProvider time, CancellationToken cancellationToken)
        where T : IDisposable
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = new Queue<IPAddress>(TakingTurns(addresses));
        var running = new List<Task<T>>();
        var lead = Task.CompletedTask;
        SocketException? last = null;
        try
        {
            while (waiting.Count + running.Count > 0)
            {
                if (waiting.Count > 0 && lead.IsCompleted)
                {
                    running.Add(connect(waiting.Dequeue(), over.Token));
                    lead = waiting.Count > 0 ? Task.Delay(Lead, time, over.Token) : Task.CompletedTask;
                }

                var ended = waiting.Count > 0 ? await Task.WhenAny(running.Append<Task>(lead)) : await Task.WhenAny(running);
                if (ended is not Task<T> attempt)
                {
                    continue;
                }

                running.Remove(attempt);
                try
                {
                    return await attempt;
                }
                catch (SocketException failure)
                {
                    last = failure;
                    lead = Task.CompletedTask;
                }
            }
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested(); // under the token the caller knows
            throw;
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(running.Select(CloseAsync<T>));
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>Section 4: the families alternate, the resolver's favourite first.</summary>
    private static IEnumerable<IPAddress> TakingTurns(IReadOnlyList<IPAddress> addresses) => addresses
        .GroupBy(address => address.AddressFamily)
        .SelectMany(family => family.Select((address, turn) => (address, turn)))
        .OrderBy(one => one.turn) // stable: within a turn, as the families came
        .Select(one => one.address);

    private static async Task CloseAsync<T>(Task<T> attempt)
        where T : IDisposable
    {
        try
        {
            (await attempt).Dispose();
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // It lost.
        }
    }
}
