namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>One program for those tests of a class that leave it as it is, or touch nothing but what is theirs: a start costs more than most of them.</summary>
public sealed class SharedHouse : IAsyncDisposable
{
    private TestInstallation? _house;

    /// <summary>The class's program, started by whoever asks first.</summary>
    internal async Task<TestInstallation> OpenAsync(Func<Task<TestInstallation>> start) => _house ??= await start();

    public ValueTask DisposeAsync() => _house?.DisposeAsync() ?? ValueTask.CompletedTask;
}
