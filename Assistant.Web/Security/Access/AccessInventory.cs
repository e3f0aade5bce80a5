// Read from what the running program would serve, not from its source: an endpoint that somebody maps in a new way is listed too.
using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Web.Verbs;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.StaticAssets;

namespace Assistant.Web.Security.Access;

/// <summary>The kinds of doors, in the order the inventory lists them.</summary>
internal enum DoorKind { Page, Endpoint, HubMethod, Channel, Verb, Worker }

/// <summary>A way in to the product.</summary>
/// <param name="Name">What it is known by: a path, a method, a verb, a type.</param>
/// <param name="Words">Who may come in; <see langword="null"/> when the door states nothing, which is a mistake.</param>
/// <param name="Audits">The actions of the events it can cause; <see langword="null"/> when the door states nothing, which is a mistake too.</param>
/// <param name="NotAudited">Why it causes none.</param>
/// <param name="Handler">What is behind it (<c>Namespace.Type::Method</c>, <c>Namespace.Type</c> or <c>Namespace.*</c>), for a check against the code; empty for a framework's own.</param>
internal sealed record Door(
    DoorKind Kind, string Name, string? Permission, string? Words, IReadOnlyList<string>? Audits = null, string? NotAudited = null, string Handler = "")
{
    [JsonIgnore]
    public bool IsStated => Permission is not null || Words is not null;

    [JsonIgnore]
    public bool IsAuditStated => Audits is not null;

    /// <summary>What it leaves in the audit log, in the words of the document.</summary>
    [JsonIgnore]
    public string AuditWords => Audits is null ? "**not stated**" : NotAudited is { } why ? $"none: {why}" : $"`{string.Join("` `", Audits)}`";
}

/// <summary>Every page, endpoint, hub method, channel, verb and worker, with what it asks of who comes in and what it leaves in the audit log.</summary>
internal static class AccessInventory
{
    /// <param name="app">The application with everything mapped; it need not run.</param>
    /// <param name="services">A scope of it.</param>
    public static IReadOnlyList<Door> Read(IEndpointRouteBuilder app, IServiceProvider services)
    {
        var endpoints = app.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().ToList();
        return
        [
            .. endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null).Select(OfEndpoint)
                .Concat(StaticAssets(endpoints))
                .Concat(endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<HubMetadata>()?.HubType).OfType<Type>().Distinct().SelectMany(OfHub))
                .Concat(services.GetRequiredService<IChannelCatalog>().All.Select(OfChannel))
                .Concat(services.GetServices<IVerb>().Select(verb => OfType(DoorKind.Verb, $"assistant {verb.Name}", verb.GetType())))
                .Concat(services.GetServices<IHostedService>().Select(worker => worker.GetType()).Where(IsOurs)
                    .Select(type => OfType(DoorKind.Worker, type.Name, type)))
                .DistinctBy(door => (door.Kind, door.Name, door.Permission, door.Words, door.Handler)).OrderBy(door => door.Kind).ThenBy(door => door.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>The inventory as a document.</summary>
    public static string ToMarkdown(IReadOnlyList<Door> doors)
    {
        var text = new StringBuilder("""
            # Permissions

            Every way in to the product, what it asks of who comes in and which audit events it causes, read from the program itself
            (`assistant permissions --markdown`). A permission named here is asked for again in the use case behind the door. Nothing is let
            in by omission: an endpoint that states nothing is closed, and a door that states nothing fails the tests. The events are held
            against the code behind each door: a door can neither name one it does not reach nor leave all out
            ([ADR 65](adr/0065-every-door-states-what-it-audits.md)).

            """);
        foreach (var kind in doors.GroupBy(door => door.Kind))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n## {Title(kind.Key)}\n\n| door | permission | who may come in | audit events |\n|---|---|---|---|\n");
            foreach (var door in kind)
            {
                var permission = door.Permission is { } needed ? $"`{needed}`" : "";
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{door.Name}` | {permission} | {door.Words ?? "**not stated**"} | {door.AuditWords} |\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The door of a class that states <see cref="ActsForAttribute"/>.</summary>
    internal static Door OfType(DoorKind kind, string name, Type type)
        => WithAudit(
            new(kind, name, null, type.GetCustomAttribute<ActsForAttribute>() is { } acts ? $"acts for {acts.Whom}" : null, Handler: type.FullName!),
            type.GetCustomAttributes().OfType<IAuditStatement>().SingleOrDefault());

    // A channel is a folder; its sessions do the work.
    private static Door OfChannel(IChannel channel)
        => OfType(DoorKind.Channel, channel.Manifest.Type, channel.GetType()) with { Handler = $"{channel.GetType().Namespace}.*" };

    /// <summary>The doors of a hub of ours: what a client may call. A framework's hub is stated where it is mapped.</summary>
    internal static IEnumerable<Door> OfHub(Type hub) => !IsOurs(hub)
        ? []
        : hub.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => !method.IsSpecialName && method.GetBaseDefinition().DeclaringType == hub)
            .Select(method => WithAudit(
                Of(DoorKind.HubMethod, $"{hub.Name}.{method.Name}", method.GetCustomAttributes().OfType<IAccessStatement>().SingleOrDefault(), HandlerOf(method)),
                method.GetCustomAttributes().OfType<IAuditStatement>().SingleOrDefault()));

    /// <summary>The door of an endpoint; the statement nearest to it counts.</summary>
    internal static Door OfEndpoint(RouteEndpoint endpoint)
    {
        var path = "/" + endpoint.RoutePattern.RawText?.TrimStart('/');
        var statement = endpoint.Metadata.GetMetadata<IAccessStatement>();
        var audit = endpoint.Metadata.GetMetadata<IAuditStatement>();
        if (endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is { } page)
        {
            return WithAudit(Of(DoorKind.Page, path, statement, page.Type.FullName!), audit);
        }

        var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];
        var name = methods.Count == 0 ? $"* {path}" : $"{string.Join('|', methods.Order(StringComparer.Ordinal))} {path}";
        return WithAudit(Of(DoorKind.Endpoint, name, statement, HandlerOf(endpoint.Metadata.GetMetadata<MethodInfo>())), audit);
    }

    // A few hundred files under two statements would hide the rest.
    private static IEnumerable<Door> StaticAssets(IEnumerable<RouteEndpoint> endpoints) => endpoints
        .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
        .Select(endpoint => WithAudit(
            Of(DoorKind.Endpoint, "GET (bundled files)", endpoint.Metadata.GetMetadata<IAccessStatement>()), endpoint.Metadata.GetMetadata<IAuditStatement>()));

    private static Door Of(DoorKind kind, string name, IAccessStatement? statement, string handler = "")
        => new(kind, name, statement?.Permission, statement?.Words, Handler: handler);

    private static Door WithAudit(Door door, IAuditStatement? statement)
        => door with { Audits = statement?.Actions, NotAudited = statement?.Why };

    private static string HandlerOf(MethodInfo? method)
        => method?.DeclaringType is { } type && IsOurs(type) ? $"{type.FullName}::{method.Name}" : "";

    private static bool IsOurs(Type type) => type.Assembly.GetName().Name?.StartsWith("Assistant.", StringComparison.Ordinal) == true;

    private static string Title(DoorKind kind) => kind switch
    {
        DoorKind.Page => "Pages",
        DoorKind.Endpoint => "Endpoints",
        DoorKind.HubMethod => "Hub methods",
        DoorKind.Channel => "Channels",
        DoorKind.Verb => "Verbs",
        DoorKind.Worker => "Workers",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
