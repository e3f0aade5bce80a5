namespace Assistant.Web.Components.Pages.SetUp;

/// <summary>The seed of one-time codes as people type it.</summary>
internal static class SeedText
{
    private const int Group = 4;

    public static string InGroups(string seed) => string.Join(' ', seed.Chunk(Group).Select(group => new string(group)));
}
