using Assistant.Infrastructure;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Telegram;
using Assistant.Infrastructure.Messaging.Channels.WebChat;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Provisioning;
using Assistant.Infrastructure.Security;
using Assistant.Web;
using Assistant.Web.Components;
using Assistant.Web.Endpoints;
using Assistant.Web.Hubs;
using Assistant.Web.Security;

var builder = WebApplication.CreateBuilder(args);
if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
{
    builder.WebHost.UseUrls("http://localhost:8080");
}

var folder = new DataFolder(Path.GetFullPath(builder.Configuration["ASSISTANT_DATA"] ?? "data"));
var services = builder.Services;

services.AddPersistence(folder);
services.AddSecurity();
services.AddHouse();
services.AddMessaging();
services.AddTelegram();
services.AddWebChat();
services.AddConversations();
services.AddEngines();
services.AddProvisioning(folder.Path);
services.AddConversationWorkers();
services.AddMessagingWorkers();
services.AddRestApi();
services.AddChatHub();
services.AddConsole();
services.AddWebSecurity();
services.AddHostedService<FirstRun>();

var app = builder.Build();
var installation = app.Services.GetRequiredService<Installation>();
await installation.PrepareAsync(CancellationToken.None);
await installation.RecoverAsync(CancellationToken.None);

app.UseRestApi();
app.UseAuthentication();
app.UseAuthorization();
app.MapConsole();
app.MapAccount();
app.MapRestApi();
app.MapWebChat();
await app.RunAsync();
