using Assistant.Infrastructure;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Attachments;
using Assistant.Infrastructure.Audit;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Diagnostics;
using Assistant.Infrastructure.Forgetting;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Channels.DingTalk;
using Assistant.Infrastructure.Messaging.Channels.Discord;
using Assistant.Infrastructure.Messaging.Channels.Email;
using Assistant.Infrastructure.Messaging.Channels.Feishu;
using Assistant.Infrastructure.Messaging.Channels.GoogleChat;
using Assistant.Infrastructure.Messaging.Channels.Line;
using Assistant.Infrastructure.Messaging.Channels.Irc;
using Assistant.Infrastructure.Messaging.Channels.Messenger;
using Assistant.Infrastructure.Messaging.Channels.Mqtt;
using Assistant.Infrastructure.Messaging.Channels.Qq;
using Assistant.Infrastructure.Messaging.Channels.Slack;
using Assistant.Infrastructure.Messaging.Channels.Teams;
using Assistant.Infrastructure.Messaging.Channels.Telegram;
using Assistant.Infrastructure.Messaging.Channels.Twilio;
using Assistant.Infrastructure.Messaging.Channels.WebChat;
using Assistant.Infrastructure.Messaging.Channels.Webhook;
using Assistant.Infrastructure.Messaging.Channels.WeChat;
using Assistant.Infrastructure.Messaging.Channels.WeCom;
using Assistant.Infrastructure.Messaging.Channels.WhatsApp;
using Assistant.Infrastructure.Messaging.Channels.Xmpp;
using Assistant.Infrastructure.Messaging.Channels.Signal;
using Assistant.Infrastructure.Messaging.Channels.Matrix;
using Assistant.Infrastructure.Messaging.Channels.Mattermost;
using Assistant.Infrastructure.People;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Provisioning;
using Assistant.Infrastructure.Security;
using Assistant.Infrastructure.Security.OpenIdConnect;
using Assistant.Web;
using Assistant.Web.Components;
using Assistant.Web.Composition;
using Assistant.Web.Endpoints;
using Assistant.Web.Hubs;
using Assistant.Web.Security;
using Assistant.Web.Verbs;

var line = VerbLine.Parse(args);
WebApplicationBuilder builder;
try
{
    builder = WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = line.IsServe ? [.. line.Args] : [],
        // Settings and assets lie beside the program, whichever folder it is started from.
        ContentRootPath = AppContext.BaseDirectory,
    });
}
catch (Exception error)
{
    return await StartFault.ReportAsync(error, Console.Error); // the settings beside the program cannot be read
}

builder.WebHost.UseStaticWebAssets(); // `dotnet run` serves them in every environment; a published build has them in place
builder.Configuration["DisableStaticAssetNotFoundRuntimeFallback"] = "true"; // an endpoint of the framework's that states nothing about who may come in
if (builder.Configuration[WebHostDefaults.ServerUrlsKey] is not { } urls || urls.Trim(';', ' ').Length == 0)
{
    builder.WebHost.UseUrls("http://localhost:8080");
}

var folder = DataFolder.Named(builder.Configuration["ASSISTANT_DATA"]);
var services = builder.Services;

services.AddPersistence(folder);
services.AddSecurity();
services.AddIdentityProviders();
services.AddHouse();
services.AddMessaging();
services.AddEmail();
services.AddIrc();
services.AddMqtt();
services.AddTelegram();
services.AddWeCom();
services.AddWeChat();
services.AddSlack();
services.AddWebChat();
services.AddLine();
services.AddXmpp();
services.AddSignal();
services.AddWebhook();
services.AddWhatsApp();
services.AddMessenger();
services.AddTwilio();
services.AddFeishu();
services.AddDingTalk();
services.AddTeams();
services.AddGoogleChat();
services.AddDiscord();
services.AddQq();
services.AddMatrix();
services.AddMattermost();
services.AddConversations();
services.AddAttachments();
services.AddForgetting();
services.AddEngines();
services.AddProvisioning(folder.Path);
services.AddPersistenceWorkers();
services.AddConversationWorkers();
services.AddAttachmentWorkers();
services.AddSecurityWorkers();
services.AddMessagingWorkers();
services.AddAuditWorker();
services.AddForgettingWorker();
services.AddPersonActWorker();
services.AddRestApi();
services.AddChatHub();
services.AddConsole();
services.AddTrustedProxies();
services.AddRequestLimits();
services.AddWebSecurity();
services.AddDiagnostics();
services.AddVerbs();
services.AddSecurityVerbs();
services.AddHostedService<FirstRun>();

if (!line.IsServe)
{
    // Standard output belongs to the verb.
    builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);
    return await VerbRunner.RunAsync(line, new VerbStreams(Console.In, Console.Out, Console.Error), ComposeAsync, CancellationToken.None);
}

// The host would log a failed start with its stack trace; what is wrong is said once, below.
var isStarting = true;
builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Warning && !isStarting);
services.AddTimeToEnd(); // a verb sends nothing

return await Serving.RunAsync(builder.Build, PrepareAsync, () => isStarting = false, Console.Error);

async Task PrepareAsync(WebApplication app)
{
    folder.Prepare();
    var installation = app.Services.GetRequiredService<Installation>();
    await installation.PrepareAsync(CancellationToken.None);
    await installation.RecoverAsync(CancellationToken.None);
    StartWarnings.Tell(app.Logger, app.Configuration);
    Map(app);
}

async Task<IServiceProvider> ComposeAsync(CancellationToken cancellationToken)
{
    var composed = builder.Build();
    if (line.Name == BackupVerb.VerbName && !BackupVerb.WantsPreparation(line.Args))
    {
        folder.Prepare(); // the rest may be what is restored
        await composed.Services.GetRequiredService<Installation>().FinishRestoreAsync(cancellationToken);
    }
    else if (line.Name != "doctor") // it examines the installation as it is
    {
        folder.Prepare();
        await composed.Services.GetRequiredService<Installation>().PrepareAsync(cancellationToken);
    }

    if (line.Name == "permissions")
    {
        Map(composed); // it lists what would be served
    }

    return composed.Services;
}

static void Map(WebApplication app)
{
    app.UseTrustedProxies();
    app.UseSecurityHeaders();
    app.UseOriginGuard();
    app.UseRestApi();
    app.UseAuthentication();
    app.UseAuthorization();
    app.MapConsole();
    app.MapAccount();
    app.MapRestApi();
    app.MapWebChat();
    app.Services.GetRequiredService<MappedDoors>().Open(app);
}
