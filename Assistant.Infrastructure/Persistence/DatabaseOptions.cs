using System.ComponentModel.DataAnnotations;
using Assistant.Infrastructure.Security;

namespace Assistant.Infrastructure.Persistence;

/// <summary>Where the relational store is.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Assistant:Database";

    /// <summary><c>sqlite</c> (default: a file in the data folder) or <c>postgres</c>.</summary>
    [RegularExpression("^(sqlite|postgres)$", ErrorMessage = "Assistant:Database:Provider must be 'sqlite' or 'postgres'.")]
    public string Provider { get; set; } = "sqlite";

    /// <summary>Npgsql connection string for <c>postgres</c>. For <c>sqlite</c> it must be empty.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// For <c>postgres</c>: who owns the tables and changes them, where <see cref="ConnectionString"/> names a user who must not. Empty when
    /// one user is both; its statements run as a role beside it all the same.
    /// </summary>
    public string? OwnerConnectionString { get; set; }

    /// <summary>Connections kept open for reading. Default 4.</summary>
    [Range(1, 64)]
    public int Readers { get; set; } = 4;

    /// <summary>Units of work that share one commit at most. Default 512.</summary>
    [Range(1, 10_000)]
    public int MaxBatch { get; set; } = 512;

    public bool IsPostgres => Provider == "postgres";
}

/// <summary>The folder that holds everything of an embedded installation: database, keys, files.</summary>
/// <param name="Path">Absolute; created when missing.</param>
public sealed record DataFolder(string Path)
{
    /// <param name="path">As the environment has it; one that is blank, as a template leaves it, names none.</param>
    public static DataFolder Named(string? path) => new(System.IO.Path.GetFullPath(string.IsNullOrWhiteSpace(path) ? "data" : path));

    public string DatabaseFile => System.IO.Path.Combine(Path, "assistant.db");

    /// <summary>What helps when something in it belongs to another account.</summary>
    public string HowToOwn => $"It belongs to another account, as after a verb run as root. Give the data folder to this one, as root: chown -R {Environment.UserName} {Path}";

    /// <summary>Makes the folder when it is missing and makes sure that it can be written.</summary>
    /// <exception cref="InstallationException">It cannot.</exception>
    public void Prepare()
    {
        try
        {
            PrivateFolder.Create(Path);
            using var probe = new FileStream(
                System.IO.Path.Combine(Path, $".probe-{Guid.CreateVersion7():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1,
                FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InstallationException(
                $"The data folder {Path} cannot be written: {error.Message.TrimEnd('.')}. Give it to the account this program runs under, or name "
                + "another folder with ASSISTANT_DATA.", error);
        }
    }
}
