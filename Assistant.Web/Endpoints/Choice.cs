namespace Assistant.Web.Endpoints;

/// <summary>One of a few words in a query, written in any case. An enum by itself is read as its members are spelled, or as a number.</summary>
internal readonly record struct Choice<T>(T Value) where T : struct, Enum
{
    public static bool TryParse(string? text, out Choice<T> choice)
    {
        var isOne = Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase);
        choice = new Choice<T>(value);
        return isOne;
    }
}
