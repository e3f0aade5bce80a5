namespace Assistant.Web.Components.Shared;

/// <summary>A name for something new that its maker need not think about: <c>openai</c>, <c>openai-2</c>, <c>openai-3</c>…</summary>
internal static class FreeName
{
    public static string Of(string type, IEnumerable<string> names)
    {
        var taken = names.ToHashSet(StringComparer.Ordinal);
        var name = type;
        for (var number = 2; taken.Contains(name); number++)
        {
            name = $"{type}-{number}";
        }

        return name;
    }
}
