namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>One way to look at the product.</summary>
internal sealed record Look(int Width, bool IsDark, bool IsChinese)
{
    private const int DeskWidth = 1440;
    private const int PhoneWidth = 390;

    /// <summary>Each pair of width, scheme and language once: what goes wrong does so by one of them, or by two together.</summary>
    public static IReadOnlyList<Look> All { get; } =
    [
        new(DeskWidth, IsDark: false, IsChinese: true),
        new(DeskWidth, IsDark: true, IsChinese: false),
        new(PhoneWidth, IsDark: false, IsChinese: false),
        new(PhoneWidth, IsDark: true, IsChinese: true),
    ];

    public bool IsPhone => Width == PhoneWidth;

    public int Height => IsPhone ? 844 : 900;

    public string Locale => IsChinese ? "zh-CN" : "en-US";

    public override string ToString() => $"{Width}-{(IsDark ? "dark" : "light")}-{(IsChinese ? "zh" : "en")}";
}
