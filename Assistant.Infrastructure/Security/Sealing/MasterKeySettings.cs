using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.Configuration;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>The settings that say where the master key comes from, usually environment variables. At most one of them is set.</summary>
/// <remarks>Each exists a second time with <c>NEXT_</c> in its name, for the key a rotation changes to.</remarks>
internal static class MasterKeySettings
{
    public const string File = "KEY_FILE";
    public const string Key = "KEY";
    public const string Passphrase = "PASSPHRASE";
    public const string PassphraseFile = "PASSPHRASE_FILE";

    private static readonly string[] All = [File, Key, Passphrase, PassphraseFile];

    /// <summary>Name of the setting in full.</summary>
    public static string NameOf(string setting, bool isNext = false) => isNext ? $"ASSISTANT_NEXT_MASTER_{setting}" : $"ASSISTANT_MASTER_{setting}";

    /// <summary>The settings in use that do not name a key file; with one that does, when there are both.</summary>
    public static IReadOnlyList<string> SetBesideFile(IConfiguration configuration)
    {
        var set = Set(configuration, isNext: false).ToList();
        return set is [File] ? [] : [.. set.Select(setting => NameOf(setting))];
    }

    /// <summary>The master key as the settings have it; they are read when it is needed first.</summary>
    public static MasterKey Read(IConfiguration configuration, DataFolder folder) => new(
        () => Find(configuration, folder, isNext: false) ?? new MasterKeyFile(Path.Combine(folder.Path, "master.key")),
        () => Find(configuration, folder, isNext: true));

    private static IMasterKeySource? Find(IConfiguration configuration, DataFolder folder, bool isNext)
    {
        var set = Set(configuration, isNext).ToList();
        if (set.Count > 1)
        {
            throw new MasterKeyException(
                $"{string.Join(" and ", set.Select(setting => NameOf(setting, isNext)))} are both set. Keep the one this data was made with and remove the other.");
        }

        if (set is not [var only])
        {
            return null;
        }

        var name = NameOf(only, isNext);
        var value = configuration[name]!;
        return only switch
        {
            File => new MasterKeyFile(value),
            Key => new KnownKey(Decode(name, value), $"The master key in {name}"),
            Passphrase => new PassphraseKey($"The passphrase in {name}", () => value, folder),
            PassphraseFile => new PassphraseKey($"The passphrase in {value}", () => PassphraseKey.ReadFile(value), folder),
            _ => throw new InvalidOperationException($"Unknown setting {only}."),
        };
    }

    private static IEnumerable<string> Set(IConfiguration configuration, bool isNext)
        => All.Where(setting => !string.IsNullOrWhiteSpace(configuration[NameOf(setting, isNext)]));

    private static byte[] Decode(string name, string value)
    {
        var key = new byte[MasterKey.Size];
        return Convert.TryFromBase64String(value.Trim(), new byte[value.Length], out var length) && length == MasterKey.Size
            && Convert.TryFromBase64String(value.Trim(), key, out _)
            ? key
            : throw new MasterKeyException($"{name} is not a key: give {MasterKey.Size} random bytes in base64, e.g. of: openssl rand -base64 {MasterKey.Size}");
    }
}
