using System.Globalization;
using System.Reflection;
using System.Resources;

namespace Assistant.Web.Composition;

/// <summary>The sentences that channels bring along: <c>Phrases.resx</c> in the folder of a channel has those whose codes begin with its name.</summary>
internal static class ChannelPhrases
{
    private const string Folder = "Assistant.Infrastructure.Messaging.Channels.";
    private const string File = ".Phrases.resources";

    private static readonly Dictionary<string, ResourceManager> Books = Find(Assembly.Load("Assistant.Infrastructure"));

    /// <summary>The sentence for <c>telegram.blocked</c> and the like, or <see langword="null"/>.</summary>
    public static string? FindIn(CultureInfo culture, string code)
        => code.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && Books.TryGetValue(code[..dot], out var book) ? book.GetString(code, culture) : null;

    private static Dictionary<string, ResourceManager> Find(Assembly assembly) => assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(File, StringComparison.Ordinal))
        .ToDictionary(
            name => name[Folder.Length..^File.Length],
            name => new ResourceManager(name[..^".resources".Length], assembly),
            StringComparer.OrdinalIgnoreCase);
}
