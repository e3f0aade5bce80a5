using Assistant.Domain.Ai;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Provisioning;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Assistant.Infrastructure.Provisioning;

/// <summary>Reads <c>assistant.yaml</c> as a whole: a plan, or every problem with its line and column.</summary>
internal sealed class ProvisioningReader(IChannelCatalog channels, IEngineCatalog engines)
{
    private static readonly string[] Later = ["sources", "flows"];

    /// <param name="file">Name to show in problems.</param>
    /// <param name="known">Tenants that exist already; <see langword="null"/> when that cannot be told, and any may.</param>
    public (ProvisioningPlan Plan, IReadOnlyList<ProvisioningProblem> Problems) Read(
        string text, string file, References references, IReadOnlySet<TenantId>? known)
    {
        var problems = new YamlProblems(file);
        YamlNode? document;
        try
        {
            if (!YamlShape.IsLoadable(text, problems))
            {
                return (ProvisioningPlan.Empty, problems.Found);
            }

            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count > 1)
            {
                // Whatever it declares would be taken for no longer declared, and removed.
                problems.Add(stream.Documents[1].RootNode, "The file holds one document; remove '---'.");
                return (ProvisioningPlan.Empty, problems.Found);
            }

            document = stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode;
        }
        catch (YamlException error)
        {
            return (ProvisioningPlan.Empty,
                [new(file, (int)error.Start.Line, (int)error.Start.Column, $"This is not YAML: {error.Message}")]);
        }

        if (document is null or YamlScalarNode { Value: null or "" })
        {
            return (ProvisioningPlan.Blank, []);
        }

        if (document is not YamlMappingNode mapping)
        {
            problems.Add(document, "The file must be a mapping with the keys tenants, channels, engines.");
            return (ProvisioningPlan.Empty, problems.Found);
        }

        var root = new YamlSection(mapping, references, problems);
        root.AllowOnly("tenants", "channels", "engines", "sources", "flows");
        var tenants = ReadTenants(root, problems);
        HashSet<TenantId>? all = known is null ? null : [.. known, TenantId.Default, .. tenants.Select(t => t.Id)];
        var plan = new ProvisioningPlan(
            tenants, ReadConnections(root, all, problems), ReadEngines(root, all, problems), ReadUnavailable(root, problems), references.Files);
        return (plan, problems.Found);
    }

    private static List<PlannedTenant> ReadTenants(YamlSection root, YamlProblems problems)
    {
        var names = new UniqueNames(problems, "tenant");
        var tenants = new List<PlannedTenant>();
        foreach (var section in root.Sections("tenants"))
        {
            section.AllowOnly("name", "displayName", "index");
            Indexing? indexing = section.Find("index") is null ? null : section.Choice("index", Indexing.Everything);
            var title = ReadTitle(section, problems);
            if (names.Read(section) is { } name)
            {
                tenants.Add(new(new TenantId(name), title, indexing));
            }
        }

        return tenants;
    }

    private List<PlannedConnection> ReadConnections(YamlSection root, HashSet<TenantId>? tenants, YamlProblems problems)
    {
        var names = new UniqueNames(problems, "channel");
        var connections = new List<PlannedConnection>();
        foreach (var section in root.Sections("channels"))
        {
            section.AllowOnly("name", "type", "tenant", "displayName", "access", "enabled", "settings");
            var name = names.Read(section);
            var tenant = ReadTenant(section, tenants, problems);
            var manifest = ReadType(section, type => channels.Find(type)?.Manifest, "channel", channels.All.Select(c => c.Manifest.Type), problems);
            var access = section.Choice("access", AccessPolicy.Pairing);
            var isEnabled = section.Flag("enabled", fallback: true);
            var title = ReadTitle(section, problems);
            var settings = ReadSettings(section, manifest?.Settings, problems);
            if (name is not null && tenant is { } owner && manifest is not null)
            {
                connections.Add(new(new ConnectionId(name), owner, manifest.Type, title ?? name, access, isEnabled, settings));
            }
        }

        return connections;
    }

    private List<PlannedEngine> ReadEngines(YamlSection root, HashSet<TenantId>? tenants, YamlProblems problems)
    {
        var names = new Dictionary<TenantId, UniqueNames>();
        var defaults = new HashSet<TenantId>();
        var planned = new List<PlannedEngine>();
        foreach (var section in root.Sections("engines"))
        {
            section.AllowOnly("name", "type", "tenant", "default", "order", "settings");
            var tenant = ReadTenant(section, tenants, problems);
            var owner = tenant ?? TenantId.Default;
            if (!names.TryGetValue(owner, out var taken))
            {
                names[owner] = taken = new UniqueNames(problems, "engine");
            }

            var name = taken.Read(section);
            var manifest = ReadType(section, engines.Find, "engine", engines.All.Select(m => m.Type), problems);
            var isDefault = section.Flag("default", fallback: false);
            var order = section.Number("order", planned.Count);
            var settings = ReadSettings(section, manifest?.Settings, problems);
            if (isDefault && tenant is not null && !defaults.Add(owner))
            {
                problems.Add(section.At("default"), $"The tenant '{owner}' already has a default engine above.");
            }

            if (name is not null && tenant is not null && manifest is not null)
            {
                planned.Add(new(name, owner, manifest.Type, isDefault, order, settings));
            }
        }

        return planned;
    }

    /// <summary>Checks the shape of sections whose feature comes later, so that a file can be written ahead.</summary>
    private static List<string> ReadUnavailable(YamlSection root, YamlProblems problems)
    {
        var names = new UniqueNames(problems, "source", isSlug: false);
        foreach (var section in root.Sections("sources"))
        {
            section.AllowOnly("name", "type", "tenant", "settings");
            names.Read(section);
            section.Text("type", isRequired: true);
            _ = section.Values("settings").Count();
        }

        root.CheckTexts("flows");
        return [.. Later.Where(key => root.Find(key) is not null)];
    }

    private static string? ReadTitle(YamlSection section, YamlProblems problems)
    {
        var title = section.Text("displayName");
        if (title is not null && !ShownName.IsFit(title))
        {
            problems.Add(section.At("displayName"), $"'displayName' has at most {ShownName.MaxLength} characters and none that cannot be stored or seen.");
        }

        return title;
    }

    private static TenantId? ReadTenant(YamlSection section, HashSet<TenantId>? tenants, YamlProblems problems)
    {
        if (section.Find("tenant") is null)
        {
            return TenantId.Default;
        }

        if (section.Text("tenant", isRequired: true) is not { } name)
        {
            return null;
        }

        if (Slug.IsValid(name) && tenants?.Contains(new TenantId(name)) != false)
        {
            return new TenantId(name);
        }

        problems.Add(section.At("tenant"), $"There is no tenant '{name}'. Add it under 'tenants', or correct the name.");
        return null;
    }

    private static T? ReadType<T>(YamlSection section, Func<string, T?> find, string what, IEnumerable<string> known, YamlProblems problems)
        where T : class
    {
        if (section.Text("type", isRequired: true) is not { } type)
        {
            return null;
        }

        if (find(type) is { } found)
        {
            return found;
        }

        problems.Add(section.At("type"), $"There is no {what} type '{type}'. Known: {string.Join(", ", known)}.");
        return null;
    }

    private static SettingValues ReadSettings(YamlSection section, IReadOnlyList<SettingField>? fields, YamlProblems problems)
    {
        var read = section.Values("settings").ToList();
        var settings = new SettingValues(read.Select(v => KeyValuePair.Create(v.Name, v.Value))).Tidied(fields ?? []);
        var unread = Unread(section, read.Select(v => v.Name));
        foreach (var problem in settings.Check(fields ?? []).Where(p => fields is not null && !unread.Contains(p.Key)))
        {
            var at = read.FirstOrDefault(v => v.Name == problem.Key).Key ?? section.At("settings");
            problems.Add(at, problem.Message);
        }

        return settings;
    }

    /// <summary>Settings that are there but could not be read: they have their problem already.</summary>
    private static HashSet<string> Unread(YamlSection section, IEnumerable<string> read)
    {
        var there = section.Find("settings") is YamlMappingNode mapping
            ? mapping.Children
                .Where(pair => pair.Value is not YamlScalarNode scalar || scalar.Value?.Contains("${", StringComparison.Ordinal) == true)
                .Select(pair => (pair.Key as YamlScalarNode)?.Value ?? "")
            : [];
        return there.Except(read, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Reads names and notes those that are missing, malformed or given twice.</summary>
    private sealed class UniqueNames(YamlProblems problems, string what, bool isSlug = true)
    {
        private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

        public string? Read(YamlSection section)
        {
            if (section.Text("name", isRequired: true) is not { } name)
            {
                return null;
            }

            if (isSlug && !Slug.IsValid(name))
            {
                problems.Add(section.At("name"), $"'{name}' is not a {what} name: use 1 to 63 lower-case letters, digits and inner hyphens.");
                return null;
            }

            if (!_taken.Add(name))
            {
                problems.Add(section.At("name"), $"The {what} '{name}' is declared twice.");
                return null;
            }

            return name;
        }
    }
}
