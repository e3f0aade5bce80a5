using Assistant.Testing.Contracts;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Matrix;

public sealed class MatrixPasswordContractTests : ChannelContract
{
    protected override async Task<ChannelRig> NewRigAsync() => await MatrixRig.NewAsync();
}

public sealed class MatrixTokenContractTests : ChannelContract
{
    protected override async Task<ChannelRig> NewRigAsync() => await MatrixRig.NewAsync(hasPassword: false);
}
