// The file is what the downloader of "Have I Been Pwned" writes: one line per password, the SHA-1 of its UTF-8 form in hexadecimal, a colon and
// how often it was seen; lines ordered by hash. It is some forty gigabytes, so it is searched where it lies: halving byte offsets, and
// from each going on to the beginning of the next line.
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Security;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Assistant.Infrastructure.Security.Identity;

/// <summary>Passwords known from breaches, in a file the operator provides.</summary>
internal sealed class BreachedPasswordFile(IOptions<SignInOptions> options) : IBreachedPasswords
{
    private const int HashLength = 40;
    private const int Window = 256; // more than a line

    public Task<bool> ContainsAsync(string password, CancellationToken cancellationToken)
    {
        if (options.Value.BreachedPasswordsFile is not { Length: > 0 } path)
        {
            return Task.FromResult(false);
        }

#pragma warning disable CA5350 // the format of the file; it protects nothing
        var hash = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
        return Task.Run(() => Contains(path, hash), cancellationToken);
    }

    private static bool Contains(string path, string hash)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, FileOptions.RandomAccess);
        // The line looked for begins at or behind low and before high.
        var (low, high) = (0L, RandomAccess.GetLength(file));
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var (start, next, found) = LineFrom(file, middle);
            if (start >= high || found.Length < HashLength)
            {
                high = middle;
                continue;
            }

            switch (string.Compare(hash, found, StringComparison.OrdinalIgnoreCase))
            {
                case 0:
                    return true;
                case < 0:
                    high = middle;
                    break;
                default:
                    low = next;
                    break;
            }
        }

        return false;
    }

    // The first line that begins at the offset or behind it: where it and its successor begin, and its hash.
    private static (long Start, long Next, string Hash) LineFrom(SafeFileHandle file, long offset)
    {
        var buffer = new byte[2 * Window];
        var from = Math.Max(0, offset - 1); // a line begins at the offset when the byte before ends one
        var text = Encoding.ASCII.GetString(buffer, 0, RandomAccess.Read(file, buffer, from));
        var start = offset == 0 ? 0 : text.IndexOf('\n', StringComparison.Ordinal) + 1;
        if (offset > 0 && start == 0)
        {
            return (long.MaxValue, long.MaxValue, "");
        }

        var end = text.IndexOf('\n', start);
        var line = text[start..(end < 0 ? text.Length : end)];
        return (from + start, end < 0 ? long.MaxValue : from + end + 1, line.Length < HashLength ? "" : line[..HashLength]);
    }
}
