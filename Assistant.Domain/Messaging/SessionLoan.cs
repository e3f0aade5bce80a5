namespace Assistant.Domain.Messaging;

/// <summary>A session lent for one send. It does not end before it is given back, which disposing of the loan does, once.</summary>
/// <param name="GiveBack">Told that it is given back; <see langword="null"/> where nobody counts.</param>
public readonly record struct SessionLoan(IChannelSession Session, Action? GiveBack) : IDisposable
{
    public void Dispose() => GiveBack?.Invoke();
}
