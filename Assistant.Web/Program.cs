using Assistant.Infrastructure;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Channels.WebChat;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Provisioning;
using Assistant.Infrastructure.Security;
using Assistant.Web.Components;
using Assistant.Web.Endpoints;
using Assistant.Web.Hubs;

var builder = WebApplication.CreateBuilder(args);
builder.Configuration.AddEnvironmentVariables();
if (builder.Configuration["urls"] is null or "")
{
    builder.WebHost.UseUrls("http://localhost:8080");
}

var folder = new DataFolder(Path.GetFullPath(builder.Configuration["ASSISTANT_DATA"] ?? "data"));
var services = builder.Services;

services.AddPersistence(folder);
services.AddSecurity();
services.AddHouse();
services.AddMessaging();
services.AddWebChat();
services.AddConversations();
services.AddEngines();
services.AddProvisioning(folder.Path);
services.AddConversationWorkers();
services.AddMessagingWorkers();
services.AddRestApi();
services.AddChatHub();
services.AddConsole();

var app = builder.Build();
var installation = app.Services.GetRequiredService<Installation>();
await installation.PrepareAsync(CancellationToken.None);
await installation.RecoverAsync(CancellationToken.None);

app.UseRestApi();
app.MapConsole();
app.MapRestApi();
app.MapWebChat();
await app.RunAsync();
