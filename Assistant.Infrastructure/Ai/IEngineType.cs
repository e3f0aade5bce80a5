using Assistant.Domain.Ai;
using Assistant.Domain.Settings;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai;

/// <summary>One kind of engine: its folder holds all that is known of its vendor.</summary>
internal interface IEngineType
{
    EngineManifest Manifest { get; }

    /// <summary>Makes a bare client. Does no I/O; the settings have passed the manifest's check and carry its defaults.</summary>
    IChatClient Create(SettingValues settings);
}
