namespace Assistant.Domain.People;

/// <summary>How names are compared when somebody is looked for.</summary>
public static class NameLetters
{
    /// <summary>The name in small letters, with I, İ and ı as i.</summary>
    /// <remarks>
    /// Of these letters it depends on the language which is the small one of which, and a database goes by the one it was made for. So a store
    /// that has the database fold its names has it replace these three before it makes small letters of the others.
    /// </remarks>
    public static string Fold(string name) => name.Replace('İ', 'i').Replace('ı', 'i').ToLowerInvariant();
}
