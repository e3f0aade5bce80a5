using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tests.Persistence;

namespace Assistant.Infrastructure.Tests.Security;

/// <summary>The keys of a database as one process has them: a second one of these stands for a second process, or for a restart.</summary>
internal sealed class Sealing
{
    /// <param name="master">Without one, a key that is always the same.</param>
    /// <param name="writes">The writer of another process.</param>
    public Sealing(Stores stores, MasterKey? master = null, TimeProvider? clock = null, IWriteQueue? writes = null)
    {
        var time = clock ?? TimeProvider.System;
        var queue = writes ?? stores.Writes;
        Master = master ?? Key(1);
        Installation = new InstallationKey(Master, stores.Reads, queue, time);
        Keys = new DataKeys(Master, Installation, stores.Reads, queue, time);
        Sealer = new EnvelopeSealer(Keys);
        Writes = new SealedWrites(queue, Sealer);
        People = new PersonSealer(stores.Reads, queue, Sealer, Writes, time);
        Rotation = new KeyRotation(
            Keys, Sealer, new KeyInventory(Master, stores.Reads), new MasterRotation(Master, queue, time), stores.Reads, queue);
    }

    public MasterKey Master { get; }

    public InstallationKey Installation { get; }

    public DataKeys Keys { get; }

    public EnvelopeSealer Sealer { get; }

    public SealedWrites Writes { get; }

    public PersonSealer People { get; }

    public KeyRotation Rotation { get; }

    /// <summary>A master key of this byte alone.</summary>
    public static MasterKey Key(byte value) => new([.. Enumerable.Repeat(value, MasterKey.Size)], "The master key of this test");
}
