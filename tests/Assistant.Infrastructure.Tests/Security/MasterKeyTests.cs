using Assistant.Domain.Audit;
using Assistant.Domain.Diagnostics;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Diagnostics;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tests.Persistence;
using Konscious.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

/// <summary>Where the master key comes from, and how it is replaced.</summary>
public abstract class MasterKeyTests(bool onPostgres) : IAsyncLifetime
{
    private const string Place = "engines/e/settings";
    private const string Phrase = "six random words make a passphrase";

    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");
    private static readonly byte[] Secret = "a token"u8.ToArray();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-test-");
    private Stores _stores = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string KeyPath => Path.Combine(_folder.FullName, "master.key");

    private string NextPath => KeyPath + ".next";

    public async ValueTask InitializeAsync() => _stores = await Stores.CreateAsync(
        onPostgres, TimeProvider.System, MasterKeySettings.Read(Configuration(), new DataFolder(_folder.FullName)), Own, Other);

    public async ValueTask DisposeAsync()
    {
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_new_master_key_opens_everything_and_the_old_one_nothing()
    {
        var before = await StartAsync();
        var sealedBytes = await before.Sealer.SealAsync(Own, Place, Secret, Cancel);
        var theirs = await before.Sealer.SealAsync(Other, Place, Secret, Cancel);
        var old = File.ReadAllBytes(KeyPath);

        Assert.IsType<MasterRotateOutcome.Rotated>(await before.Rotation.RotateMasterAsync(Draft(), Cancel));

        Assert.NotEqual(old, File.ReadAllBytes(KeyPath));
        Assert.False(File.Exists(NextPath));
        Assert.Equal(Secret, await (await StartAsync()).Sealer.OpenAsync(Own, Place, sealedBytes, Cancel));
        Assert.Equal(Secret, await (await StartAsync()).Sealer.OpenAsync(Other, Place, theirs, Cancel));
        await Assert.ThrowsAsync<MasterKeyException>(() => new Sealing(_stores, new MasterKey(old, "The old key")).Installation.LoadAsync(Cancel));
        await Assert.ThrowsAsync<SealBrokenException>(() => new Sealing(_stores, new MasterKey(old, "The old key")).Sealer.OpenAsync(Own, Place, sealedBytes, Cancel));
    }

    [Fact]
    public async Task A_process_that_has_the_old_master_key_in_mind_makes_no_key_with_it()
    {
        var server = await StartAsync();
        await server.Sealer.SealAsync(Own, Place, Secret, Cancel);
        await (await StartAsync()).Rotation.RotateMasterAsync(Draft(), Cancel);

        await server.Rotation.BeginAsync(Other, Draft() with { Tenant = Other }, Cancel);
        var late = await server.Sealer.SealAsync(Other, Place, Secret, Cancel);

        Assert.Equal(Secret, await (await StartAsync()).Sealer.OpenAsync(Other, Place, late, Cancel));
    }

    [Fact]
    public async Task Cut_off_before_the_file_takes_its_place_the_next_start_finishes_it()
    {
        var before = await StartAsync();
        var sealedBytes = await before.Sealer.SealAsync(Own, Place, Secret, Cancel);
        var old = File.ReadAllBytes(KeyPath);
        await before.Rotation.RotateMasterAsync(Draft(), Cancel);
        var current = File.ReadAllBytes(KeyPath);
        File.Move(KeyPath, NextPath);
        Write(KeyPath, old);

        var after = await StartAsync();

        Assert.Equal(Secret, await after.Sealer.OpenAsync(Own, Place, sealedBytes, Cancel));
        Assert.Equal(current, File.ReadAllBytes(KeyPath));
        Assert.False(File.Exists(NextPath));
    }

    [Fact]
    public async Task Cut_off_before_anything_was_wrapped_again_the_old_key_stays_in_force_and_the_next_run_takes_the_one_that_was_made()
    {
        var before = await StartAsync();
        var sealedBytes = await before.Sealer.SealAsync(Own, Place, Secret, Cancel);
        var old = File.ReadAllBytes(KeyPath);
        var next = MasterKeyFile.ReadOrCreate(NextPath);

        var after = await StartAsync();
        Assert.Equal(old, File.ReadAllBytes(KeyPath));
        await after.Rotation.RotateMasterAsync(Draft(), Cancel);

        Assert.Equal(next, File.ReadAllBytes(KeyPath));
        Assert.Equal(Secret, await (await StartAsync()).Sealer.OpenAsync(Own, Place, sealedBytes, Cancel));
    }

    [Fact]
    public async Task A_file_gives_way_to_a_passphrase_and_a_passphrase_to_a_key_of_the_environment()
    {
        var key = Convert.ToBase64String(Enumerable.Repeat((byte)7, MasterKey.Size).ToArray());
        var byFile = await StartAsync(("ASSISTANT_NEXT_MASTER_PASSPHRASE", Phrase));
        var sealedBytes = await byFile.Sealer.SealAsync(Own, Place, Secret, Cancel);
        await byFile.Rotation.RotateMasterAsync(Draft(), Cancel);

        Assert.Equal(Secret, await (await StartAsync(("ASSISTANT_MASTER_PASSPHRASE", Phrase))).Sealer.OpenAsync(Own, Place, sealedBytes, Cancel));
        var byPhrase = await StartAsync(("ASSISTANT_MASTER_PASSPHRASE", Phrase), ("ASSISTANT_NEXT_MASTER_KEY", key));
        await byPhrase.Rotation.RotateMasterAsync(Draft(), Cancel);

        Assert.Equal(Secret, await (await StartAsync(("ASSISTANT_MASTER_KEY", key))).Sealer.OpenAsync(Own, Place, sealedBytes, Cancel));
        var refusal = await Assert.ThrowsAsync<MasterKeyException>(() => StartAsync(("ASSISTANT_MASTER_PASSPHRASE", Phrase)));
        Assert.StartsWith("The passphrase in ASSISTANT_MASTER_PASSPHRASE is not the one this data was made with.", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Phrase, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_the_environment_cannot_be_replaced_without_its_successor()
    {
        var keys = await StartAsync(("ASSISTANT_MASTER_KEY", Convert.ToBase64String(File.ReadAllBytes(KeyPath))));

        var refused = Assert.IsType<MasterRotateOutcome.Refused>(await keys.Rotation.RotateMasterAsync(Draft(), Cancel));

        Assert.Contains("ASSISTANT_NEXT_MASTER_KEY", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_missing_is_not_replaced_and_is_said_to_be_missing()
    {
        await StartAsync();
        var key = File.ReadAllBytes(KeyPath);
        File.Delete(KeyPath);

        var refusal = await Assert.ThrowsAsync<MasterKeyException>(() => StartAsync());

        Assert.StartsWith($"The master key file {KeyPath} does not exist", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(KeyPath));
        Write(KeyPath, key);
        await StartAsync();
    }

    [Fact]
    public async Task The_doctor_tries_the_key_and_makes_none()
    {
        await StartAsync();
        var key = File.ReadAllBytes(KeyPath);
        Assert.Equal(FindingLevel.Fine, (await ExamineAsync()).Level);

        Write(KeyPath, [.. key.Select(part => (byte)(part ^ 1))]);
        Assert.Contains("is not the one", (await ExamineAsync()).Detail.ToString(), StringComparison.Ordinal);
        Write(KeyPath, []);
        Assert.Contains("0 bytes", (await ExamineAsync()).Detail.ToString(), StringComparison.Ordinal);
        File.Delete(KeyPath);
        Assert.Contains("does not exist", (await ExamineAsync()).Detail.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(KeyPath));
    }

    // By a process of its own, as the verb is.
    private async Task<Finding> ExamineAsync()
    {
        var folder = new DataFolder(_folder.FullName);
        var diagnostic = new MasterKeyDiagnostic(folder, Configuration(), MasterKeySettings.Read(Configuration(), folder), _stores.Reads);
        return Assert.Single(await diagnostic.RunAsync(Cancel));
    }

    private async Task<Sealing> StartAsync(params (string Name, string Value)[] settings)
    {
        var keys = new Sealing(_stores, MasterKeySettings.Read(Configuration(settings), new DataFolder(_folder.FullName)));
        await keys.Installation.LoadAsync(Cancel);
        return keys;
    }

    internal static IConfiguration Configuration(params (string Name, string Value)[] settings)
        => new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build();

    private static void Write(string path, byte[] key)
    {
        File.WriteAllBytes(path, key);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static AuditDraft Draft()
        => new(Own, DateTimeOffset.UnixEpoch, Actor.System, AuditActions.MasterKeyRotated, "installation", "local", AuditDraft.NoDetails);
}

public sealed class SqliteMasterKeyTests() : MasterKeyTests(onPostgres: false);

public sealed class PostgresMasterKeyTests() : MasterKeyTests(onPostgres: true);

/// <summary>What the settings about the master key may be.</summary>
public sealed class MasterKeySettingsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("ASSISTANT_MASTER_KEY", "ASSISTANT_MASTER_PASSPHRASE")]
    [InlineData("ASSISTANT_MASTER_KEY_FILE", "ASSISTANT_MASTER_KEY")]
    [InlineData("ASSISTANT_MASTER_PASSPHRASE", "ASSISTANT_MASTER_PASSPHRASE_FILE")]
    public void Two_sources_are_refused_and_named(string one, string other)
    {
        var refusal = Refusal((one, "x"), (other, "y"));

        Assert.Contains(one, refusal, StringComparison.Ordinal);
        Assert.Contains(other, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_key_of_the_environment_has_32_bytes_and_is_not_repeated_in_the_message(string value)
    {
        var refusal = Refusal(("ASSISTANT_MASTER_KEY", value));

        Assert.Contains("32 random bytes in base64", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain(value, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_passphrase_is_refused()
        => Assert.Contains("shorter than 16", Refusal(("ASSISTANT_MASTER_PASSPHRASE", "fifteen letters")), StringComparison.Ordinal);

    [Fact]
    public void A_passphrase_from_a_file_is_the_same_as_from_the_environment_and_needs_its_salt()
    {
        var file = Path.Combine(_folder.FullName, "phrase");
        PrivateFile.Create(file, "a passphrase of some length\n"u8.ToArray());

        var fromFile = Read(("ASSISTANT_MASTER_PASSPHRASE_FILE", file)).First;
        var fromEnvironment = Read(("ASSISTANT_MASTER_PASSPHRASE", "a passphrase of some length")).First;
        File.Delete(Path.Combine(_folder.FullName, PassphraseKey.FileName));
        var withoutSalt = Read(("ASSISTANT_MASTER_PASSPHRASE", "a passphrase of some length")).First;

        Assert.Equal(fromFile, fromEnvironment);
        Assert.NotEqual(fromFile, withoutSalt);
    }

    [Fact]
    public void Costs_somebody_made_weak_are_refused()
    {
        PrivateFile.Create(
            Path.Combine(_folder.FullName, PassphraseKey.FileName),
            """{"Algorithm":"argon2id-v19","Salt":"AAAAAAAAAAAAAAAAAAAAAA==","MemoryKiB":8,"Iterations":1,"Lanes":1}"""u8.ToArray());

        Assert.Contains(PassphraseKey.FileName, Refusal(("ASSISTANT_MASTER_PASSPHRASE", "a passphrase of some length")), StringComparison.Ordinal);
    }

    // RFC 9106, section 5.3.
    [Fact]
    public void Argon2id_gives_the_tag_of_its_specification()
    {
        using var argon = new Argon2id([.. Enumerable.Repeat((byte)1, 32)])
        {
            Salt = [.. Enumerable.Repeat((byte)2, 16)], KnownSecret = [.. Enumerable.Repeat((byte)3, 8)], AssociatedData = [.. Enumerable.Repeat((byte)4, 12)],
            MemorySize = 32, Iterations = 3, DegreeOfParallelism = 4,
        };

        Assert.Equal("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659", Convert.ToHexStringLower(argon.GetBytes(32)));
    }

    private MasterKey Read(params (string Name, string Value)[] settings)
        => MasterKeySettings.Read(MasterKeyTests.Configuration(settings), new DataFolder(_folder.FullName));

    private string Refusal(params (string Name, string Value)[] settings) => Assert.Throws<MasterKeyException>(() => Read(settings).Require()).Message;
}
