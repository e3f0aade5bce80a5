using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Assistant.Web.Security;

/// <summary>What one request may cost before anybody looks at who sent it.</summary>
internal static class RequestLimits
{
    /// <summary>Only a file for a person and a messenger's callback may be larger, and the doors they come through say so: a call of the API has a few kilobytes.</summary>
    public const long MaxBodyBytes = 1 << 20;

    /// <summary>Fields of one form; the largest of ours has six, among them a passkey's answer.</summary>
    private const int MaxFormFields = 32;

    private const int MaxFormFieldLength = 128 * 1024;

    public static IServiceCollection AddRequestLimits(this IServiceCollection services)
    {
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxBodyBytes;
            options.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            options.Limits.MaxRequestHeaderCount = 100;
            options.Limits.MaxRequestLineSize = 8 * 1024;
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            options.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        });
        services.Configure<FormOptions>(options =>
        {
            options.ValueCountLimit = MaxFormFields;
            options.ValueLengthLimit = MaxFormFieldLength;
            options.KeyLengthLimit = 256;
            options.BufferBodyLengthLimit = MaxBodyBytes;
            options.MultipartBodyLengthLimit = MaxBodyBytes;
        });
        return services;
    }
}
