namespace Assistant.Domain.Backups;

/// <summary>Why a backup is not made, not believed or not restored.</summary>
public enum BackupFault
{
    /// <summary>The file cannot be opened, or cannot be written.</summary>
    File,

    /// <summary>There is a file where the backup should go.</summary>
    Exists,

    NotABackup,
    NewerFormat,

    /// <summary>It is whole as far as can be seen without a key, and no master key at hand opens it.</summary>
    WrongKey,

    /// <summary>Altered, cut short, or put together anew.</summary>
    Damaged,

    OtherDatabase,
    NewerSchema,

    /// <summary>A process serves from the data folder.</summary>
    Served,

    /// <summary>Something is there, and nobody said that it may be replaced.</summary>
    InTheWay,

    NoSpace,

    /// <summary>The database refuses.</summary>
    Database,
}

/// <summary>A backup was refused; nothing was changed. The message is one sentence for whoever asked.</summary>
public sealed class BackupRefusedException(BackupFault fault, string message, Exception? inner = null) : InvalidOperationException(message, inner)
{
    public BackupFault Fault => fault;

    /// <param name="how">Goes on from "The backup is damaged:".</param>
    public static BackupRefusedException Damaged(string how) => new(BackupFault.Damaged, $"The backup is damaged: {how}. Nothing of it is used.");
}
