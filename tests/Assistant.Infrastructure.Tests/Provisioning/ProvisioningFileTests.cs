using Assistant.Domain.Ai;
using Assistant.Domain.Messaging;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Provisioning;
using Assistant.Testing.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Assistant.Infrastructure.Tests.Provisioning;

/// <summary>A file that is reached by links, as Kubernetes mounts one: what counts is what lies behind them.</summary>
public sealed class ProvisioningFileTests : IDisposable
{
    private static readonly DateTime Then = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly string _folder = Directory.CreateTempSubdirectory("provisioning-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Link => In("assistant.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_change_of_the_file_behind_a_link_is_a_change()
    {
        Write("real.yaml", "tenants: [ { name: one } ]");
        File.CreateSymbolicLink(Link, "real.yaml");
        var before = ProvisioningFile.StampOf(Link);

        Write("real.yaml", "tenants: [ { name: one }, { name: two } ]");

        Assert.NotEqual(before, ProvisioningFile.StampOf(Link));
        Assert.Equal(ProvisioningFile.StampOf(Link), ProvisioningFile.StampOf(Link));
    }

    [Fact]
    public void A_link_that_leads_to_another_file_is_a_change_though_length_and_time_are_the_same()
    {
        Write("one.yaml", "tenants: [ { name: one } ]");
        Write("two.yaml", "tenants: [ { name: two } ]");
        File.CreateSymbolicLink(Link, "one.yaml");
        var before = ProvisioningFile.StampOf(Link);

        File.Delete(Link);
        File.CreateSymbolicLink(Link, "two.yaml");

        Assert.NotEqual(before, ProvisioningFile.StampOf(Link));
    }

    [Fact]
    public void A_folder_on_the_way_that_is_swapped_is_a_change()
    {
        Mount("..first", "tenants: [ { name: one } ]");
        File.CreateSymbolicLink(Link, Path.Combine("..data", "assistant.yaml"));
        var before = ProvisioningFile.StampOf(Link);

        Mount("..second", "tenants: [ { name: two } ]");

        Assert.NotEqual(before, ProvisioningFile.StampOf(Link));
    }

    [Fact]
    public void A_secret_behind_a_link_is_stamped_as_what_it_is()
    {
        Write("first", "old");
        File.CreateSymbolicLink(In("token"), "first");
        var references = new References(_folder, _ => null);

        var (value, _) = references.Resolve("${file:token}");
        Write("first", "newer");

        Assert.Equal("old", value);
        Assert.NotEqual(ProvisioningFile.StampOf(In("token")), Assert.Single(references.Stamps));
    }

    [Fact]
    public async Task A_link_that_leads_nowhere_or_in_a_circle_is_no_file_until_it_is_mended()
    {
        File.CreateSymbolicLink(Link, "nowhere.yaml");
        var broken = ProvisioningFile.StampOf(Link);
        Assert.StartsWith("The file ", Assert.Single((await ReadAsync()).Problems).Message, StringComparison.Ordinal);

        Write("nowhere.yaml", "");
        Assert.NotEqual(broken, ProvisioningFile.StampOf(Link));
        Assert.Empty((await ReadAsync()).Problems);

        File.Delete(Link);
        File.CreateSymbolicLink(Link, "other.yaml");
        File.CreateSymbolicLink(In("other.yaml"), "assistant.yaml");
        Assert.Equal(broken, ProvisioningFile.StampOf(Link));
        Assert.StartsWith("The file cannot be read: ", Assert.Single((await ReadAsync()).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_too_large_is_not_read_by_a_link_either()
    {
        Write("real.yaml", new string('#', (1 << 20) + 1));
        File.CreateSymbolicLink(Link, "real.yaml");

        Assert.Equal("The file is larger than 1 MB.", Assert.Single((await ReadAsync()).Problems).Message);
    }

    [Fact]
    public async Task A_secret_file_that_changes_while_it_is_read_is_read_again()
    {
        var secret = In("token");
        await File.WriteAllTextAsync(secret, "old", Cancel);
        var references = new References(_folder, _ => null);

        var (value, _) = references.Resolve("${file:token}");
        await File.WriteAllTextAsync(secret, "newer", Cancel);

        Assert.Equal("old", value);
        Assert.NotEqual(ProvisioningFile.StampOf(secret), Assert.Single(references.Stamps));
    }

    private string In(string name) => Path.Combine(_folder, name);

    [Fact]
    public async Task An_index_is_declared_where_the_file_says_something_of_it_and_only_while_it_does()
    {
        var declared = new FileDeclaredIndexing(NewFile());
        Write("assistant.yaml", "tenants: [ { name: attic, index: everything }, { name: cellar } ]");
        Assert.True(await declared.IsDeclaredAsync(new TenantId("attic"), Cancel));
        Assert.False(await declared.IsDeclaredAsync(new TenantId("cellar"), Cancel));

        Write("assistant.yaml", "tenants: [ { name: attic } ]");

        Assert.False(await declared.IsDeclaredAsync(new TenantId("attic"), Cancel));
    }

    [Fact]
    public async Task Read_alone_it_tells_its_own_faults_and_takes_any_tenant_for_a_stored_one()
    {
        Write("assistant.yaml", "engines: [ { name: one, type: embedded, tenant: attic, colour: blue } ]");
        var file = new ProvisioningFile(
            Link, isNamed: true, new ProvisioningReader(new FakeChannel(), new FakeEngines()),
            new FakeTenants { OnList = () => throw new IOException("no such table: tenants") });

        var reading = await file.ReadAloneAsync(Cancel);

        Assert.Contains("colour", Assert.Single(reading.Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "assistant.yaml")]
    [InlineData(" ", "other.yaml", "other.yaml")]
    [InlineData("mine.yaml", "other.yaml", "mine.yaml")]
    public void What_is_named_blank_is_not_named(string option, string variable, string expected)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Assistant:Provisioning:File"] = option.Trim().Length > 0 ? In(option) : option, ["ASSISTANT_CONFIG"] = variable.Length > 0 ? In(variable) : variable,
        };
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<IChannelCatalog>(new FakeChannel()).AddSingleton<IEngineCatalog>(new FakeEngines()).AddSingleton<ITenantDirectory>(new FakeTenants())
            .AddProvisioning(_folder).BuildServiceProvider();

        Assert.Equal(In(expected), services.GetRequiredService<ProvisioningFile>().FullPath);
    }

    [Fact]
    public async Task A_folder_in_its_place_is_told()
    {
        Directory.CreateDirectory(Link);

        Assert.StartsWith("This is a folder", Assert.Single((await ReadAsync()).Problems).Message, StringComparison.Ordinal);
    }

    // All of the same time, as in a store that keeps none.
    private void Write(string name, string text)
    {
        File.WriteAllText(In(name), text);
        File.SetLastWriteTimeUtc(In(name), Then);
    }

    // Kubernetes writes a folder and swaps the link '..data' to it, which no file's own link shows.
    private void Mount(string version, string text)
    {
        Directory.CreateDirectory(In(version));
        Write(Path.Combine(version, "assistant.yaml"), text);
        File.Delete(In("..data"));
        Directory.CreateSymbolicLink(In("..data"), version);
    }

    private ProvisioningFile NewFile() => new(Link, isNamed: true, new ProvisioningReader(new FakeChannel(), new FakeEngines()), new FakeTenants());

    private Task<ProvisioningReading> ReadAsync() => NewFile().ReadAsync(Cancel);
}
