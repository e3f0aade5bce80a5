using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.FileProviders;

namespace Assistant.Web.Endpoints.WebChat;

/// <summary>The bundled scripts and styles of the web chat, as built into <c>wwwroot/js/chat</c>. Safe for concurrent use.</summary>
internal sealed class ChatAssets(IWebHostEnvironment environment)
{
    private const string Folder = "js/chat/";
    private readonly ConcurrentDictionary<string, string> _addresses = new();

    /// <summary>The script put on other sites, or <see langword="null"/> when it was not built.</summary>
    public string? Widget { get; } = Read(environment.WebRootFileProvider.GetFileInfo(Folder + "widget.js"));

    /// <summary>The address of a file, changing with its content, below the application's path base.</summary>
    public string AddressOf(string name) => _addresses.GetOrAdd(name, MakeAddress);

    private string MakeAddress(string name)
    {
        var content = Read(environment.WebRootFileProvider.GetFileInfo(Folder + name)) ?? "";
        var version = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(content)))[..12];
        return $"/{Folder}{name}?v={version}";
    }

    private static string? Read(IFileInfo file)
    {
        if (!file.Exists)
        {
            return null;
        }

        using var reader = new StreamReader(file.CreateReadStream());
        return reader.ReadToEnd();
    }
}
