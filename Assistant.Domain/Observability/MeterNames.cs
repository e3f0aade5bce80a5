namespace Assistant.Domain.Observability;

/// <summary>Names of the meters; everything under <see cref="All"/> is exported.</summary>
public static class MeterNames
{
    /// <summary>Every meter of the product, as a pattern.</summary>
    public const string All = "Assistant.*";

    /// <summary>Receiving, answering, sending.</summary>
    public const string Messaging = "Assistant.Messaging";

    /// <summary>Engines, under the OpenTelemetry GenAI names.</summary>
    public const string Ai = "Assistant.Ai";
}
