using Assistant.Domain.Security.EndToEnd;
using Assistant.Infrastructure.Security.EndToEnd;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;

namespace Assistant.Infrastructure.Tests.Security;

public sealed class SodiumKeyAgreementTests : KeyAgreementContract
{
    protected override IKeyAgreement Create() => new SodiumKeyAgreement();
}

public sealed class PlainKeyAgreementTests : KeyAgreementContract
{
    protected override IKeyAgreement Create() => new PlainKeyAgreement();
}
