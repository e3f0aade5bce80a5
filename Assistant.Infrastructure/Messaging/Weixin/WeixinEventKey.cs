using System.Security.Cryptography;
using System.Text;

namespace Assistant.Infrastructure.Messaging.Weixin;

/// <summary>What an event is recognised by when it is delivered again: events have no id of their own.</summary>
internal static class WeixinEventKey
{
    /// <summary>A key of bounded length. Person and second alone would take two events of one second for one.</summary>
    /// <param name="fields">What tells events of one person in one second apart.</param>
    public static string Of(string person, WeixinXml xml, params IReadOnlyList<string> fields)
    {
        var rest = string.Join('\n', fields.Select(field => xml[field]));
        return $"event/{person}/{xml["CreateTime"]}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rest)))[..32]}";
    }
}
