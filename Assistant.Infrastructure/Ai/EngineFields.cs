using System.Globalization;
using Assistant.Domain.Settings;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai;

/// <summary>Settings that engine types share, described once.</summary>
internal static class EngineFields
{
    private const string InputPriceKey = "inputPrice";
    private const string OutputPriceKey = "outputPrice";
    private const double LongestAnswer = 10_000_000;

    public static SettingField Temperature { get; } = new(
        "temperature", new("Temperature", "温度"),
        new("0 for the same answer every time, higher for more variety. Empty: the model's own.", "0 表示每次回答一致，越高越多样。留空则用模型默认值。"),
        SettingKind.Number);

    public static SettingField MaxTokens { get; } = new(
        "maxTokens", new("Longest answer", "最长回答"),
        new("In tokens; about four letters or one Chinese character each. Empty: the model's own.", "以词元计，约四个字母或一个汉字为一个词元。留空则用模型默认值。"),
        SettingKind.Number, Range: new(1, LongestAnswer));

    public static SettingField InputPrice { get; } = new(
        InputPriceKey, new("Price of input", "输入价格"),
        new("Per million tokens, in your currency. Used to show what a reply cost.", "每百万词元的价格，以您的货币计。用于显示每次回复的费用。"),
        SettingKind.Number, Range: new(0));

    public static SettingField OutputPrice { get; } = new(
        OutputPriceKey, new("Price of output", "输出价格"),
        new("Per million tokens, in your currency.", "每百万词元的价格，以您的货币计。"),
        SettingKind.Number, Range: new(0));

    public static SettingField Model(LocalizedText help) => new("model", new("Model", "模型"), help, IsRequired: true);

    public static SettingField ApiKey(LocalizedText help, bool isRequired) => new("apiKey", new("API key", "API 密钥"), help, SettingKind.Secret, isRequired, IsPlain: true);

    public static SettingField BaseUrl(LocalizedText help, string @default)
        => new("baseUrl", new("Base URL", "服务地址"), help, SettingKind.Url, IsRequired: true, @default);

    /// <summary>The prices, or <see langword="null"/> when none is set.</summary>
    public static TokenPrices? Prices(SettingValues settings)
    {
        var (input, output) = (Decimal(settings, InputPriceKey), Decimal(settings, OutputPriceKey));
        return input is null && output is null ? null : new TokenPrices(input ?? 0, output ?? 0);
    }

    public static int? MaxTokensOf(SettingValues settings)
        => settings.Find(MaxTokens.Key) is { } value ? (int)Math.Clamp(double.Parse(value, CultureInfo.InvariantCulture), 1, LongestAnswer) : null;

    public static float? TemperatureOf(SettingValues settings)
        => settings.Find(Temperature.Key) is { } value ? float.Parse(value, CultureInfo.InvariantCulture) : null;

    /// <summary>Sets the engine's own sampling settings on every call, when there are any.</summary>
    public static IChatClient WithSampling(this IChatClient client, SettingValues settings, Action<ChatOptions, int> setMaxTokens)
    {
        var (temperature, maxTokens) = (TemperatureOf(settings), MaxTokensOf(settings));
        return temperature is null && maxTokens is null ? client : client.AsBuilder().ConfigureOptions(options =>
        {
            options.Temperature = temperature;
            if (maxTokens is { } limit)
            {
                setMaxTokens(options, limit);
            }
        }).Build();
    }

    private static decimal? Decimal(SettingValues settings, string key)
        => decimal.TryParse(settings.Find(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= 0 ? value : null;
}

/// <summary>Prices per million tokens.</summary>
internal sealed record TokenPrices(decimal Input, decimal Output)
{
    private const decimal Million = 1_000_000m;

    public decimal Of(long inputTokens, long outputTokens) => (inputTokens * Input + outputTokens * Output) / Million;
}
