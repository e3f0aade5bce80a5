using Assistant.Domain.Audit;
using Assistant.Domain.Memory;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Web.Verbs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Assistant.Web.Tests.Verbs;

public sealed class TenantsVerbTests
{
    private readonly FakeIndexing _indexing = new();
    private readonly FakeTenants _tenants = new();
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_may_be_searched_is_said_and_decided()
    {
        Assert.Equal(VerbExit.Fine, await RunAsync("index"));
        Assert.Contains("everything may be searched", _out.ToString(), StringComparison.Ordinal);

        Assert.Equal(VerbExit.Fine, await RunAsync("index", "--set", "nothing"));

        Assert.Contains("nothing may be searched", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal([TenantId.Default], _indexing.Unindexed);
    }

    [Fact]
    public async Task What_a_file_decides_is_said_and_left_to_it()
    {
        _indexing.Declared.Add(TenantId.Default);

        Assert.Equal(VerbExit.CheckFailed, await RunAsync("index", "--set", "nothing"));

        Assert.Contains("assistant.yaml", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_indexing.Unindexed);
        Assert.Equal(VerbExit.Fine, await RunAsync("index"));
    }

    [Theory]
    [InlineData("--tenant", "nosuch")]
    [InlineData("--tenant", "nosuch", "--set", "nothing")]
    [InlineData("--set", "half")]
    public async Task A_tenant_or_a_choice_that_does_not_exist_is_wrong_use_and_decides_nothing(params string[] options)
    {
        Assert.Equal(VerbExit.WrongUse, await RunAsync(["index", .. options]));

        Assert.NotEmpty(_error.ToString());
        Assert.Empty(_out.ToString());
        Assert.Empty(_indexing.Unindexed);
    }

    [Fact]
    public async Task A_new_tenants_log_names_the_command_line()
    {
        Assert.Equal(VerbExit.Fine, await RunAsync("create", "--name", "annex"));

        var made = Assert.Single(_tenants.Audited);
        Assert.Equal((new TenantId("annex"), AuditActions.TenantCreated, "Command line"), (made.Tenant, made.Action, made.Actor.Name));
    }

    private async Task<int> RunAsync(params string[] args)
    {
        var log = new InMemoryAuditLog();
        var memberships = new InMemoryMembershipStore(new InMemoryUserDirectory(log, TimeProvider.System, TenantId.Default), log);
        var services = new ServiceCollection()
            .AddSingleton(new TenantDesk(_tenants, memberships, new OpenGuard(), TimeProvider.System))
            .AddSingleton(new IndexingDesk(_indexing, _indexing, new OpenGuard(), TimeProvider.System))
            .AddSingleton<ITenantDirectory>(_tenants).AddScoped<IVerb, TenantsVerb>();
        return await VerbRunner.RunAsync(
            VerbLine.Parse(["tenants", .. args]), new VerbStreams(TextReader.Null, _out, _error),
            _ => Task.FromResult<IServiceProvider>(services.BuildServiceProvider()), Cancel);
    }
}
