using System.Globalization;
using Assistant.Domain.Ai;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai;

/// <summary>The engine types of this build, and a real round trip for settings that are not stored yet.</summary>
internal sealed class EngineCatalog(IEnumerable<IEngineType> types, EnginePipeline pipeline, TimeProvider time) : IEngineCatalog
{
    private const int MaxAnswerChars = 500;

    private readonly IReadOnlyList<IEngineType> _types = [.. types];

    /// <inheritdoc />
    public IReadOnlyList<EngineManifest> All => [.. _types.Select(type => type.Manifest)];

    /// <inheritdoc />
    public EngineManifest? Find(string type) => TypeOf(type)?.Manifest;

    /// <inheritdoc />
    public async Task<EngineTest> TestAsync(string type, SettingValues settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (TypeOf(type) is not { } engine)
        {
            var known = string.Join(", ", _types.Select(t => t.Manifest.Type));
            return new(null, Phrase.Of("engine.type-unknown", ("type", type), ("known", known)), TimeSpan.Zero);
        }

        if (settings.Check(engine.Manifest.Settings) is { Count: > 0 } problems)
        {
            return new(null, Phrase.Of("engine.settings-wrong", ("problems", string.Join(" ", problems.Select(problem => problem.Message)))), TimeSpan.Zero);
        }

        return await AskAsync(engine, settings.WithDefaults(engine.Manifest.Settings), cancellationToken);
    }

    private async Task<EngineTest> AskAsync(IEngineType type, SettingValues settings, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        try
        {
            using var client = pipeline.BuildForTest(type.Create(settings));
            // Asked as every message is: there are models that take no system message, and would pass without one.
            var response = await client.GetResponseAsync(
                [new(ChatRole.System, "You are an assistant."), new(ChatRole.User, "This is a connection test. Greet the operator in one short sentence.")],
                options: null, cancellationToken);
            var answer = Said(response).Trim();
            return new(Legible.Cut(answer, MaxAnswerChars, "…"), null, time.GetElapsedTime(start));
        }
        catch (EngineFaultException exception)
        {
            return new(null, exception.Reason, time.GetElapsedTime(start));
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return new(null, Phrase.Of("engine.settings-wrong", ("problems", exception.Message)), time.GetElapsedTime(start));
        }
    }

    private static string Said(ChatResponse response)
    {
        var contents = response.Messages.SelectMany(message => message.Contents).ToList();
        return string.Concat(contents.Skip(contents.FindLastIndex(content => content is VoidContent) + 1).OfType<TextContent>().Select(content => content.Text));
    }

    private IEngineType? TypeOf(string type) => _types.FirstOrDefault(t => t.Manifest.Type == type);
}
