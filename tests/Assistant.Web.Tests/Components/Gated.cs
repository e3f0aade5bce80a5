using System.Reflection;

namespace Assistant.Web.Tests.Components;

/// <summary>A port over another whose answers of one method are held back until they are let go, or fail: a store that is slow or away.</summary>
internal static class Gated
{
    /// <param name="method">Whose calls wait while the gate is closed.</param>
    public static (TPort Port, Gate Gate) Over<TPort>(TPort inner, string method)
        where TPort : class
    {
        var gate = new Gate();
        var port = DispatchProxy.Create<TPort, GatedPort>();
        ((GatedPort)(object)port).Begin(inner, method, gate);
        return (port, gate);
    }
}

/// <summary>Open until it is closed; what waits goes on when it is opened again, in the order it came.</summary>
internal sealed class Gate
{
    private TaskCompletionSource? _closed;
    private Exception? _failure;

    public Task PassAsync() => Interlocked.Exchange(ref _failure, null) is { } failure ? Task.FromException(failure) : _closed?.Task ?? Task.CompletedTask;

    /// <summary>Has who comes next fail.</summary>
    public void FailNext(Exception failure) => _failure = failure;

    public void Close() => _closed = new TaskCompletionSource();

    /// <summary>Lets go of what waits; who comes later is not held.</summary>
    public void Open()
    {
        var closed = _closed;
        _closed = null;
        closed?.SetResult();
    }

    /// <summary>Holds who has come so far, and nobody later.</summary>
    /// <returns>Lets them go.</returns>
    public Action HoldWhoCame()
    {
        var closed = _closed;
        _closed = null;
        return () => closed?.SetResult();
    }
}

/// <summary>Made by <see cref="Gated"/>.</summary>
public class GatedPort : DispatchProxy
{
    private static readonly MethodInfo Wait = typeof(GatedPort).GetMethod(nameof(WaitAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private object _inner = default!;
    private string _method = "";
    private Gate _gate = default!;

    internal void Begin(object inner, string method, Gate gate) => (_inner, _method, _gate) = (inner, method, gate);

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name == _method
        ? Wait.MakeGenericMethod(targetMethod.ReturnType.GenericTypeArguments[0]).Invoke(this, [targetMethod, args])
        : targetMethod.Invoke(_inner, args);

    private async Task<T> WaitAsync<T>(MethodInfo method, object?[]? args)
    {
        await _gate.PassAsync();
        return await (Task<T>)method.Invoke(_inner, args)!;
    }
}
