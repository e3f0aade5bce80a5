using System.ComponentModel.DataAnnotations;

namespace Assistant.Web.Endpoints;

/// <summary>Limits of the REST API.</summary>
internal sealed class ApiOptions
{
    public const string Section = "Assistant:Api";

    /// <summary>Requests one caller may make per minute, spread evenly; a tenth of it at once. Default 1200.</summary>
    [Range(60, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 1200;
}
