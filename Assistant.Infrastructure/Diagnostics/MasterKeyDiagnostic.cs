using System.Data.Common;
using Assistant.Domain.Diagnostics;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Extensions.Configuration;

namespace Assistant.Infrastructure.Diagnostics;

/// <summary>Whether the master key is there, nobody else's, and the one this data was made with.</summary>
internal sealed class MasterKeyDiagnostic(DataFolder folder, IConfiguration configuration, MasterKey master, IReadPool reads) : IDiagnostic
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public int Order => 25; // it is tried on what the database holds

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var found = Look();
        return [found.Level == FindingLevel.Fine ? await TryAsync(found, cancellationToken) : found];
    }

    private Finding Look()
    {
        var others = MasterKeySettings.SetBesideFile(configuration);
        if (others.Count > 0)
        {
            return others is [var only]
                ? Finding.Fine("master key", $"It comes from {only}.")
                : Finding.Failed("master key", $"{string.Join(" and ", others)} are both set.", "Keep the one this data was made with.");
        }

        var named = configuration[MasterKeySettings.NameOf(MasterKeySettings.File)];
        var file = string.IsNullOrWhiteSpace(named) ? Path.Combine(folder.Path, "master.key") : named;
        if (Directory.Exists(file))
        {
            return Finding.Failed("master key", $"{file} is a folder.", "Remove it and put the key file in its place.");
        }

        if (!File.Exists(file))
        {
            return Finding.Failed("master key", $"{file} does not exist.", "Restore it from its backup. On a new installation the first start makes it.");
        }

        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != UnixFileMode.None
            ? Finding.Failed("master key", $"{file} can be used by other accounts.", $"chmod 600 {file}")
            : Finding.Fine("master key", $"{file} is private.");
    }

    private async Task<Finding> TryAsync(Finding fine, CancellationToken cancellationToken)
    {
        try
        {
            master.Require();
            var wrapped = await reads.ReadAsync(
                TenantScope.System, session => session.QueryFirst(InstallationKey.Select, row => row.GetBytes(0)), cancellationToken);
            return wrapped is null || master.FindFor(wrapped, InstallationKey.Binding) is not null
                ? fine
                : Finding.Failed("master key", $"{master.Name} is not the one this data was made with.", master.Source.Advice);
        }
        catch (MasterKeyException error)
        {
            return Finding.Failed("master key", error.Message, "Put the one this data was made with in its place.");
        }
        catch (Exception error) when (error is DbException or InvalidOperationException)
        {
            return fine; // nothing to try it on, which is a finding of the database
        }
    }
}
