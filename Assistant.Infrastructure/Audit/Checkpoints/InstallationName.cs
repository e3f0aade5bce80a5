using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Audit.Checkpoints;

/// <summary>A name of this installation that no other has: a file in the data folder, made on the first use. Safe for concurrent use.</summary>
internal sealed class InstallationName(DataFolder folder)
{
    private readonly string _file = Path.Combine(folder.Path, "installation-id");

    public string Read()
    {
        if (!File.Exists(_file))
        {
            var aside = $"{_file}.{Guid.CreateVersion7():N}";
            File.WriteAllText(aside, $"{Guid.CreateVersion7():N}\n");
            try
            {
                File.Move(aside, _file, overwrite: false);
            }
            catch (IOException) when (File.Exists(_file))
            {
                File.Delete(aside); // another process was faster, and its name is the name
            }
        }

        return File.ReadAllText(_file).Trim();
    }
}
