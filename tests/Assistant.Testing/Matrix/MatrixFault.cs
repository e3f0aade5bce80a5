namespace Assistant.Testing.Matrix;

/// <summary>What goes wrong with one call of a homeserver.</summary>
public abstract record MatrixFault
{
    private MatrixFault() { }

    /// <summary>A refusal in the server's form.</summary>
    /// <param name="RetryAfterMilliseconds">Said in the body, as older servers do.</param>
    public sealed record Refusal(int Status, string Code, int? RetryAfterMilliseconds = null, string? RetryAfterHeader = null) : MatrixFault;

    /// <summary>Answered with this text.</summary>
    public sealed record Answer(int Status, string Body) : MatrixFault;

    /// <summary>It is carried out, and the line is cut before the answer.</summary>
    public sealed record Cut : MatrixFault;

    /// <summary>An answer of this many bytes that nobody wants to read.</summary>
    public sealed record Flood(int Bytes) : MatrixFault;
}
