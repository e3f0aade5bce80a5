using System.Net;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>The one place that turns technical failures of engines into words and fixes.</summary>
internal static class FaultWords
{
    public static EngineFault NoConnection(Uri? address, HttpRequestException cause)
    {
        var host = address?.Authority ?? "?";
        if (cause.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError))
        {
            return new(EngineFaultKind.BrokenOff, new($"{host} closed the connection without an answer.", $"{host} 没有应答就断开了连接。"));
        }

        var reason = cause.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new LocalizedText(
                $"The name '{host}' cannot be found. Check the base URL.", $"找不到主机“{host}”。请检查服务地址。"),
            HttpRequestError.SecureConnectionError => new LocalizedText(
                $"The secure connection to {host} failed. Check its certificate, or use http if it has none.",
                $"与 {host} 建立安全连接失败。请检查证书；如果服务没有证书，请使用 http。"),
            _ => new LocalizedText(
                $"No server answers at {host}. Is it running, and is the base URL right?", $"{host} 没有服务应答。它在运行吗？服务地址对吗？"),
        };
        return new(EngineFaultKind.Unreachable, reason);
    }

    public static EngineFault FromStatus(HttpStatusCode status, string message, TimeSpan? retryAfter)
    {
        var code = (int)status;
        var says = message.Length > 0 ? $": {message}" : ".";
        var saysChinese = message.Length > 0 ? $"：{message}" : "。";
        return code switch
        {
            401 or 403 => new(EngineFaultKind.Misconfigured, new(
                $"The server refused the API key ({code}). Enter a valid key.", $"服务拒绝了 API 密钥（{code}）。请填写有效的密钥。")),
            402 => OutOfCredit(code),
            429 when message.Contains("quota", StringComparison.OrdinalIgnoreCase) => OutOfCredit(code),
            404 when message.Contains("model", StringComparison.OrdinalIgnoreCase) => new(EngineFaultKind.Misconfigured, new(
                $"The server does not have this model{says} Check the model's name, or load it there.",
                $"服务上没有这个模型{saysChinese} 请检查模型名称，或先在服务上加载它。")),
            404 or 405 => new(EngineFaultKind.Misconfigured, new(
                $"The server has no chat API at this address ({code}). Check the base URL; it usually ends in /v1.",
                $"这个地址没有对话接口（{code}）。请检查服务地址，通常以 /v1 结尾。")),
            >= 300 and < 400 => new(EngineFaultKind.Misconfigured, new(
                $"The server redirects elsewhere ({code}), which is not followed with a key. Enter the final address.",
                $"服务要求跳转（{code}），为保护密钥不会跟随。请填写最终地址。")),
            429 => new(EngineFaultKind.RateLimited, new(
                $"Too many requests ({code}){says}", $"请求过多（{code}）{saysChinese}"), retryAfter),
            408 or >= 500 => new(EngineFaultKind.ServerFault, new(
                $"The server has a fault ({code}){says}", $"服务出错（{code}）{saysChinese}"), retryAfter),
            _ => new(EngineFaultKind.Refused, new(
                $"The server refused the request ({code}){says}", $"服务拒绝了请求（{code}）{saysChinese}")),
        };
    }

    public static EngineFault WebPage { get; } = new(EngineFaultKind.Misconfigured, new(
        "This address answers with a web page, not with an API. Check the base URL; it usually ends in /v1.",
        "这个地址返回的是网页，不是接口。请检查服务地址，通常以 /v1 结尾。"));

    public static EngineFault NoFirstToken(TimeSpan limit) => new(EngineFaultKind.TimedOut, new(
        $"No answer began within {Seconds(limit)} s. Is the model still loading, or the server overloaded?",
        $"{Seconds(limit)} 秒内没有开始回答。模型还在加载，还是服务过载？"));

    public static EngineFault Stalled(TimeSpan limit) => new(EngineFaultKind.TimedOut, new(
        $"The answer stopped for {Seconds(limit)} s.", $"回答中断了 {Seconds(limit)} 秒。"));

    public static EngineFault TooLong(TimeSpan limit) => new(EngineFaultKind.TimedOut, new(
        $"The answer was not finished within {Seconds(limit)} s.", $"{Seconds(limit)} 秒内没有完成回答。"));

    public static EngineFault BrokenOff { get; } = new(EngineFaultKind.BrokenOff, new(
        "The connection was cut in the middle of the answer.", "回答到一半连接断开了。"));

    public static EngineFault Empty { get; } = new(EngineFaultKind.Malformed, new(
        "The answer was empty.", "回答是空的。"));

    public static EngineFault Endless { get; } = new(EngineFaultKind.Malformed, new(
        "The answer did not come to an end. Set a longest answer for this engine.", "回答没完没了。请为这个引擎设置最长回答。"));

    public static EngineFault Filtered { get; } = new(EngineFaultKind.Refused, new(
        "The server's content filter withheld the answer.", "服务的内容过滤器拦下了回答。"));

    public static EngineFault Malformed { get; } = new(EngineFaultKind.Malformed, new(
        "The server answered in a form that is not understood. Is it compatible with this engine type?",
        "服务的应答格式无法理解。它与这种引擎类型兼容吗？"));

    public static EngineFault Reported(string message) => new(EngineFaultKind.ServerFault, new(
        $"The server reported a fault during the answer: {message}", $"服务在回答中途报告出错：{message}"));

    public static EngineFault Resting(DateTimeOffset? retryAt, string? lastError)
    {
        var time = retryAt is { } at ? at.ToString("HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture) : "the running probe";
        var timeChinese = retryAt is null ? "正在进行的试探结束" : time;
        return new(EngineFaultKind.Resting, new(
            $"Not called until {time} after repeated failures. Last: {lastError}", $"多次失败后暂停调用，直到{timeChinese}。最近一次：{lastError}"));
    }

    public static EngineFault NothingToSay { get; } = new(EngineFaultKind.NoAnswer, new(
        "It works without a language model and knows no answer to this.", "它不使用语言模型，不知道如何回答。"));

    private static EngineFault OutOfCredit(int code) => new(EngineFaultKind.Misconfigured, new(
        $"The account has no credit left ({code}). Top it up at the provider.", $"账户余额不足（{code}）。请到服务商处充值。"));

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#", System.Globalization.CultureInfo.InvariantCulture);
}
