namespace Assistant.Testing.Feishu;

/// <summary>What goes wrong with one call.</summary>
public abstract record FeishuFault
{
    private FeishuFault() { }

    /// <summary>Feishu's own refusal: status 400, and a code.</summary>
    public sealed record Code(int Number, string Says = "refused") : FeishuFault;

    /// <summary>A pause, asked for in Feishu's own header.</summary>
    public sealed record Flood(int Seconds, int WithStatus = 429) : FeishuFault;

    /// <summary>Another status than 200, and nothing else.</summary>
    public sealed record Status(int Number) : FeishuFault;

    /// <summary>It is carried out, and the line is cut before the answer.</summary>
    public sealed record Cut : FeishuFault;

    /// <summary>The answer waits for as long as the caller does.</summary>
    public sealed record Hang : FeishuFault;

    /// <summary>Answered with this text.</summary>
    public sealed record Answer(string Body) : FeishuFault;
}
