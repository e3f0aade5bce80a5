// A device that is new, or looks different from the last time, is news for its person: it is told on their other open pages and at their
// next sign-in, until they say from another device that it is theirs. What a device says of itself opens nothing.
using Assistant.Domain.Audit;

namespace Assistant.Domain.Security.Sessions;

/// <summary>On which devices people signed in: noting it, asking whether it was they, and forgetting one.</summary>
public sealed class DeviceDesk(IKnownDeviceStore store, TimeProvider clock)
{
    /// <summary>Raised after a device was seen for the first time, changed, confirmed or forgotten, on any thread; a handler must not wait.</summary>
    public event Action? Changed;

    /// <summary>Whether the account signed in on the device before, and has not forgotten it.</summary>
    public async Task<bool> IsKnownAsync(string email, Guid device, CancellationToken cancellationToken)
        => await store.FindAsync(email, device, cancellationToken) is not null;

    /// <summary>Notes that the user signed in on a device.</summary>
    /// <returns>Whether the person is to be told: it is new or changed, and not the first they ever used.</returns>
    public async Task<bool> SeeAsync(User user, Guid device, DeviceLook look, string address, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var others = await store.ListAsync(user.Id, cancellationToken);
        var before = others.FirstOrDefault(known => known.Id == device);
        var isNews = before is null ? others.Count > 0 : before.Look != look;
        var seen = new KnownDevice(device, user.Id, user.Tenant, look, address, before?.FirstSeenAt ?? now, now, isNews ? null : before is null ? now : before.ToldAt);
        var details = new Dictionary<string, string> { ["browser"] = look.Browser, ["platform"] = look.Platform, ["was"] = before is null ? "new" : "changed" };
        await store.SeeAsync(
            seen, isNews ? new AuditDraft(user.Tenant, now, user.AsActor, AuditActions.DeviceSeen, $"user/{user.Id}", address, details) : null, cancellationToken);
        Changed?.Invoke();
        return isNews;
    }

    /// <summary>The caller's own devices, the one seen last first.</summary>
    public Task<IReadOnlyList<KnownDevice>> ListAsync(Caller caller, CancellationToken cancellationToken) => store.ListAsync(Self(caller), cancellationToken);

    /// <summary>Devices the caller is to be asked about, the device at hand left out: whoever sits there would only say yes.</summary>
    /// <returns>None where the caller's answer would not count: on a device that is news itself, or on none.</returns>
    public async Task<IReadOnlyList<KnownDevice>> ListNewAsync(Caller caller, CancellationToken cancellationToken)
    {
        var own = await store.ListAsync(Self(caller), cancellationToken);
        return Counts(own, caller.Device) ? [.. own.Where(device => device.ToldAt is null && device.Id != caller.Device)] : [];
    }

    /// <summary>The caller says that another device is theirs, too.</summary>
    /// <returns><see langword="false"/> when there is no such device, or their word does not count where they sit.</returns>
    public async Task<bool> ConfirmAsync(Caller caller, Guid device, CancellationToken cancellationToken)
    {
        var isDone = device != caller.Device && Counts(await store.ListAsync(Self(caller), cancellationToken), caller.Device)
            && await store.ConfirmAsync(Self(caller), device, clock.GetUtcNow(), cancellationToken);
        Changed?.Invoke();
        return isDone;
    }

    /// <summary>Forgets one of the caller's devices.</summary>
    public async Task<bool> ForgetAsync(Caller caller, Guid device, CancellationToken cancellationToken)
    {
        var self = Self(caller);
        var audit = caller.AtHome.Audit(clock.GetUtcNow(), AuditActions.DeviceForgotten, $"user/{self}");
        var isDone = await store.ForgetAsync(self, device, audit, cancellationToken);
        Changed?.Invoke();
        return isDone;
    }

    // Two new devices must not vouch for each other, nor one for itself without its cookie. Where none is confirmed, the first has the word: it was
    // there before whoever came later, and somebody has to be asked.
    private static bool Counts(IReadOnlyList<KnownDevice> own, Guid? device)
        => own.FirstOrDefault(known => known.Id == device) is { } here
            && (here.ToldAt is not null || own.All(known => known.ToldAt is null && known.FirstSeenAt >= here.FirstSeenAt));

    private static UserId Self(Caller caller) => caller.Actor.Kind == "user" ? caller.AsUser.Id : throw new PermissionDeniedException("user");
}
