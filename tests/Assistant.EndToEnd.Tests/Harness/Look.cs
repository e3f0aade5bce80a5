namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>One way to look at the product.</summary>
internal sealed record Look(int Width, bool IsDark, bool IsChinese)
{
    private const int DeskWidth = 1440;
    private const int PhoneWidth = 390;

    /// <summary>A desk and a phone in each language, by day. A device turns dark where it stands: <see cref="Turned"/>.</summary>
    public static IReadOnlyList<Look> Devices { get; } =
    [
        new(DeskWidth, IsDark: false, IsChinese: true),
        new(DeskWidth, IsDark: false, IsChinese: false),
        new(PhoneWidth, IsDark: false, IsChinese: true),
        new(PhoneWidth, IsDark: false, IsChinese: false),
    ];

    public bool IsPhone => Width == PhoneWidth;

    public int Height => IsPhone ? 844 : 900;

    public string Locale => IsChinese ? "zh-CN" : "en-US";

    /// <summary>The same device, light when it was dark.</summary>
    public Look Turned => this with { IsDark = !IsDark };

    public override string ToString() => $"{Width}-{(IsDark ? "dark" : "light")}-{(IsChinese ? "zh" : "en")}";
}
